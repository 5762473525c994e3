//! P20 for one cluster: whether a webhook without endpoints would reject pods.
//!
//! The check fails when the webhook applies to pods of the release's namespace, else it warns.

use super::{Finding, PreflightContext};
use crate::{
    doctor::p20_leftover_webhooks::judge,
    facts::WebhookFacts,
    gather::{
        lists::{MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS},
        read,
    },
};
use cluster::Kind;
use std::collections::BTreeMap;
use wire::check::Verdict;

const KINDS: [Kind<'static>; 2] = [MUTATING_WEBHOOKS, VALIDATING_WEBHOOKS];

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let used = [namespace_labels(context).await?];
    let mut left = Vec::new();
    let mut worst = Verdict::Passed;
    for kind in &KINDS {
        let found = context.cluster.list_objects(*kind, None, "").await?;
        for webhook in found.iter().flat_map(read::webhooks) {
            // Only a webhook that would be reported without endpoints needs its endpoints read.
            if ours(context, &webhook) || judge(&webhook, false, &used).is_none() {
                continue;
            }
            let serves = serves(context, &webhook).await?;
            if let Some((weight, line)) = judge(&webhook, serves, &used) {
                worst = worst.max(weight);
                left.push(line);
            }
        }
    }
    Ok(Finding::of(worst).with("webhooks", left.len()).found(left))
}

/// Whether the plan itself replaces this configuration.
fn ours(context: PreflightContext<'_>, webhook: &WebhookFacts) -> bool {
    webhook.release.as_deref() == Some(context.key.release.as_str())
        && context.plan.objects().any(|object| {
            object.kind() == webhook.kind.word() && object.name() == webhook.configuration
        })
}

async fn serves(
    context: PreflightContext<'_>,
    webhook: &WebhookFacts,
) -> Result<bool, cluster::Error> {
    let Some((namespace, service)) = &webhook.service else {
        return Ok(true);
    };
    let labels = format!("kubernetes.io/service-name={service}");
    let slices = context
        .cluster
        .list_objects(Kind::ENDPOINT_SLICE, Some(namespace), &labels)
        .await?;
    let mut endpoints = slices.iter().flat_map(read::endpoints);
    Ok(endpoints.any(|endpoint| endpoint.ready))
}

async fn namespace_labels(
    context: PreflightContext<'_>,
) -> Result<BTreeMap<String, String>, cluster::Error> {
    let name = context.key.namespace.as_str();
    let reference = cluster::ObjectRef {
        kind: "Namespace".into(),
        api_version: "v1".into(),
        namespace: None,
        name: name.to_owned(),
    };
    let live = context.cluster.get(&reference).await?;
    let mut labels = live.map_or_else(BTreeMap::new, |live| read::namespace(&live).labels);
    labels.insert("kubernetes.io/metadata.name".into(), name.into());
    Ok(labels)
}
