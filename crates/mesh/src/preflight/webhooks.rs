//! P20, asked of one cluster: is a webhook left over whose Service is gone, so that pods would be refused?
//!
//! It blocks when it would be asked about pods of the plan's namespace, else it warns.

use super::{Finding, PreflightContext};
use crate::{
    doctor::p20_leftover_webhooks::judge,
    facts::{WebhookFacts, WebhookKind, read},
};
use std::collections::BTreeMap;
use wire::check::Verdict;

const KINDS: &[WebhookKind] = &[WebhookKind::Mutating, WebhookKind::Validating];

pub(super) async fn look(ground: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let used = [namespace_labels(ground).await?];
    let mut left = Vec::new();
    let mut worst = Verdict::Passed;
    for kind in KINDS {
        let found = ground
            .cluster
            .list("admissionregistration.k8s.io/v1", kind.word(), None, "")
            .await?;
        for webhook in found.iter().flat_map(read::webhooks) {
            // Judged once as if nobody answered: only then is it worth asking who does.
            if ours(ground, &webhook) || judge(&webhook, false, &used).is_none() {
                continue;
            }
            let serves = serves(ground, &webhook).await?;
            if let Some((weight, line)) = judge(&webhook, serves, &used) {
                worst = worst.max(weight);
                left.push(line);
            }
        }
    }
    Ok(Finding::of(worst).with("webhooks", left.len()).found(left))
}

/// Whether the plan itself brings this configuration: then it will be mended.
fn ours(ground: PreflightContext<'_>, webhook: &WebhookFacts) -> bool {
    webhook.release.as_deref() == Some(ground.place.release.as_str())
        && ground.plan.objects().any(|object| {
            object.kind() == webhook.kind.word() && object.name() == webhook.configuration
        })
}

async fn serves(
    ground: PreflightContext<'_>,
    webhook: &WebhookFacts,
) -> Result<bool, cluster::Error> {
    let Some((namespace, service)) = &webhook.service else {
        return Ok(true);
    };
    let labels = format!("kubernetes.io/service-name={service}");
    let slices = ground
        .cluster
        .list(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            Some(namespace),
            &labels,
        )
        .await?;
    let mut endpoints = slices.iter().flat_map(read::endpoints);
    Ok(endpoints.any(|endpoint| endpoint.ready))
}

async fn namespace_labels(
    ground: PreflightContext<'_>,
) -> Result<BTreeMap<String, String>, cluster::Error> {
    let name = ground.place.namespace.as_str();
    let reference = cluster::ObjectRef {
        kind: "Namespace".into(),
        api_version: "v1".into(),
        namespace: None,
        name: name.to_owned(),
    };
    let live = ground.cluster.get(&reference).await?;
    let mut labels = live.map_or_else(BTreeMap::new, |live| read::namespace(&live).labels);
    labels.insert("kubernetes.io/metadata.name".into(), name.into());
    Ok(labels)
}
