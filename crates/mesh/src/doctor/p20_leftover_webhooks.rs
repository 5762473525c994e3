//! P20: no webhook is left whose Service has no endpoint, so that the API server rejects pods or objects.
//!
//! The check fails when the webhook matches a namespace of the plan or an injected namespace; otherwise it
//! is a warning. The webhooks of an installed control plane are not left over: D27 reports that it has no ready pod.

use crate::{
    facts::{ClusterFacts, EndpointFacts, FailurePolicy, MeshFacts, WebhookFacts},
    finding::{Finding, Tally, detail},
};
use std::collections::BTreeMap;
use wire::check::{CheckStatus, Detail, Remedy};

/// The finding about one webhook: `is_served` tells whether its Service has a ready endpoint,
/// `namespaces` contains the labels of the namespaces of the mesh.
pub(crate) fn evaluate(
    webhook: &WebhookFacts,
    is_served: bool,
    namespaces: &[BTreeMap<String, String>],
) -> Option<(CheckStatus, Detail)> {
    let (namespace, name) = webhook.service.as_ref()?;
    if webhook.failure == FailurePolicy::Ignore || is_served {
        return None;
    }
    let is_used = namespaces
        .iter()
        .any(|labels| webhook.namespaces.matches(labels));
    let status = if is_used {
        CheckStatus::Failed
    } else {
        CheckStatus::Warning
    };
    let detail = detail!(WebhookWithoutEndpoint {
        webhook: format!("{} {}", webhook.kind.word(), webhook.configuration),
        service: format!("{namespace}/{name}"),
        release: webhook.release.as_deref().unwrap_or_default(),
    });
    Some((status, detail))
}

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let webhooks = tally.known(format!("{}: webhooks", cluster.name), &cluster.webhooks);
        let endpoints = tally.known(format!("{}: Endpoints", cluster.name), &cluster.endpoints);
        let (Some(webhooks), Some(endpoints)) = (webhooks, endpoints) else {
            continue;
        };
        let namespaces = namespaces_of_mesh(cluster);
        for webhook in webhooks
            .iter()
            .filter(|webhook| !is_installed(cluster, webhook))
        {
            let is_served = is_served(webhook, endpoints);
            if let Some((status, detail)) = evaluate(webhook, is_served, &namespaces) {
                tally.report(status, detail.on(&cluster.name), Remedy::DeleteWebhook);
            }
        }
    }
    tally.finding()
}

/// Whether a webhook calls an existing Service in the namespace of an installed control plane.
fn is_installed(cluster: &ClusterFacts, webhook: &WebhookFacts) -> bool {
    let Some((namespace, name)) = &webhook.service else {
        return false;
    };
    let plane = cluster.installed_control_plane();
    let mut services = cluster.services.iter().flatten();
    plane.is_some_and(|plane| plane.namespace == *namespace)
        && services.any(|service| service.namespace == *namespace && service.name == *name)
}

fn is_served(webhook: &WebhookFacts, endpoints: &[EndpointFacts]) -> bool {
    let Some((namespace, service)) = &webhook.service else {
        return true;
    };
    endpoints.iter().any(|endpoint| {
        endpoint.ready && &endpoint.namespace == namespace && &endpoint.service == service
    })
}

/// The labels of the planned namespaces, present or not, and of the injected namespaces.
fn namespaces_of_mesh(cluster: &ClusterFacts) -> Vec<BTreeMap<String, String>> {
    let present = cluster.namespaces.as_deref().unwrap_or_default();
    let is_planned = |name: &str| {
        let plan = &cluster.planned;
        let mut planned = plan.namespaces.iter().chain(&plan.injected);
        planned.any(|planned| planned == name)
    };
    let mut labels: Vec<BTreeMap<String, String>> = present
        .iter()
        .filter(|namespace| is_planned(&namespace.name) || namespace.injection_enabled())
        .map(|namespace| namespace.labels.clone())
        .collect();
    let injected = cluster.planned.injected.iter();
    let absent = injected.filter(|name| cluster.namespace(name).is_none());
    labels.extend(absent.map(|name| {
        BTreeMap::from([
            ("istio-injection".to_owned(), "enabled".to_owned()),
            ("kubernetes.io/metadata.name".to_owned(), name.clone()),
        ])
    }));
    labels
}

#[cfg(test)]
mod tests;
