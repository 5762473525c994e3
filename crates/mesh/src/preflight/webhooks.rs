//! P20 for one cluster: no webhook is left whose Service has no endpoint, so that pods would be rejected.
//!
//! The check fails when the webhook matches the namespace of the plan; otherwise it is a warning.

use super::{Finding, PreflightContext};
use crate::{
    doctor::p20_leftover_webhooks::evaluate,
    facts::WebhookFacts,
    gather::{
        lists::{MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS},
        read,
    },
};
use cluster::Kind;
use std::collections::BTreeMap;
use wire::check::CheckStatus;

const KINDS: [Kind<'static>; 2] = [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS];

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let namespaces = [namespace_labels(context).await?];
    let mut details = Vec::new();
    let mut worst = CheckStatus::Passed;
    for kind in KINDS {
        let configurations = context.cluster().list_objects(kind, None, "").await?;
        for webhook in read::all(&configurations, read::webhooks)? {
            // The endpoints are read only for a webhook that would be a finding without them.
            if is_planned(context, &webhook) || evaluate(&webhook, false, &namespaces).is_none() {
                continue;
            }
            let is_served = is_served(context, &webhook).await?;
            if let Some((status, detail)) = evaluate(&webhook, is_served, &namespaces) {
                worst = worst.max(status);
                details.push(detail);
            }
        }
    }
    let count = details.len();
    Ok(Finding::new(worst)
        .with("webhooks", count)
        .with_details(details))
}

/// Whether the plan contains this configuration and so replaces it.
fn is_planned(context: PreflightContext<'_>, webhook: &WebhookFacts) -> bool {
    webhook.release.as_deref() == Some(context.key.release.as_str())
        && context.plan.objects().any(|object| {
            object.kind() == webhook.kind.word() && object.name() == webhook.configuration
        })
}

async fn is_served(
    context: PreflightContext<'_>,
    webhook: &WebhookFacts,
) -> Result<bool, cluster::Error> {
    let Some((namespace, service)) = &webhook.service else {
        return Ok(true);
    };
    let labels = format!("kubernetes.io/service-name={service}");
    let slices = context
        .cluster()
        .list_objects(Kind::ENDPOINT_SLICE, Some(namespace), &labels)
        .await?;
    let endpoints = read::all(&slices, read::endpoints)?;
    Ok(endpoints.iter().any(|endpoint| endpoint.ready))
}

async fn namespace_labels(
    context: PreflightContext<'_>,
) -> Result<BTreeMap<String, String>, cluster::Error> {
    let name = context.key.namespace.as_str();
    let reference = Kind::NAMESPACE.object(None, name);
    let live = context.cluster().get(&reference).await?;
    let live = live.as_ref().map(read::namespace).transpose()?;
    let mut labels = live.map(|live| live.labels).unwrap_or_default();
    labels.insert("kubernetes.io/metadata.name".into(), name.into());
    Ok(labels)
}
