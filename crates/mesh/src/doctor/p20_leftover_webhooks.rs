//! P20: is a webhook left over whose Service is gone, so that pods or objects would be refused?
//!
//! It blocks when it would be asked about a namespace of the plan, or one that is injected; else it warns.

use super::{Check, Lines, Needs};
use crate::{
    facts::{ClusterFacts, EndpointFacts, FailurePolicy, MeshFacts, WebhookFacts},
    finding::{Finding, Tally},
};
use std::collections::BTreeMap;
use wire::check::{CheckCode, Group, Remedy, Stage, Verdict};

pub(super) const CHECK: Check = Check {
    code: CheckCode::LeftoverWebhooks,
    group: Group::Conflicts,
    lines: Lines::Both,
    needs: Needs::Nothing,
    reads: Stage::Clusters,
    look,
};

/// Judges one webhook: `serves` says whether a Service has a ready endpoint, `used` holds the labels of
/// each namespace that matters.
pub(crate) fn judge(
    webhook: &WebhookFacts,
    serves: bool,
    used: &[BTreeMap<String, String>],
) -> Option<(Verdict, String)> {
    let (namespace, name) = webhook.service.as_ref()?;
    if webhook.failure == FailurePolicy::Ignore || serves {
        return None;
    }
    let blocks = used.iter().any(|labels| webhook.namespaces.matches(labels));
    let weight = if blocks {
        Verdict::Blocked
    } else {
        Verdict::Warning
    };
    let configuration = format!("{} {}", webhook.kind.word(), webhook.configuration);
    let owner = match &webhook.release {
        Some(release) => format!(", it belongs to release {release}"),
        None => String::new(),
    };
    let line = format!(
        "{configuration} asks Service {namespace}/{name}, which has no ready endpoint{owner}"
    );
    Some((weight, line))
}

fn look(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::new();
    for cluster in &facts.clusters {
        let webhooks = tally.known(&format!("{}: webhooks", cluster.name), &cluster.webhooks);
        let endpoints = tally.known(&format!("{}: endpoints", cluster.name), &cluster.endpoints);
        let (Some(webhooks), Some(endpoints)) = (webhooks, endpoints) else {
            continue;
        };
        let used = used(cluster);
        for webhook in webhooks {
            if let Some((weight, line)) = judge(webhook, serves(webhook, endpoints), &used) {
                let line = format!("{}: {line}", cluster.name);
                tally.say(weight, line, Remedy::DeleteWebhook);
            }
        }
    }
    tally.finding()
}

fn serves(webhook: &WebhookFacts, endpoints: &[EndpointFacts]) -> bool {
    let Some((namespace, service)) = &webhook.service else {
        return true;
    };
    endpoints
        .iter()
        .any(|one| one.ready && &one.namespace == namespace && &one.service == service)
}

/// The labels of the namespaces of the plan, made or not, and of those whose pods are injected.
fn used(cluster: &ClusterFacts) -> Vec<BTreeMap<String, String>> {
    let there = cluster.namespaces.as_deref().unwrap_or_default();
    let planned = |name: &str| {
        let plan = &cluster.planned;
        plan.namespaces
            .iter()
            .chain(&plan.injected)
            .any(|one| one == name)
    };
    let mut used: Vec<BTreeMap<String, String>> = there
        .iter()
        .filter(|one| planned(&one.name) || one.injection_enabled())
        .map(|one| one.labels.clone())
        .collect();
    let injected = cluster.planned.injected.iter();
    let to_come = injected.filter(|name| cluster.namespace(name).is_none());
    used.extend(to_come.map(|name| {
        BTreeMap::from([
            ("istio-injection".to_owned(), "enabled".to_owned()),
            ("kubernetes.io/metadata.name".to_owned(), name.clone()),
        ])
    }));
    used
}

#[cfg(test)]
mod tests {
    use super::{super::samples::*, *};
    use crate::facts::Selector;

    #[test]
    fn a_webhook_without_its_service_blocks_where_it_is_asked() {
        let mut facts = today();
        west(&mut facts).endpoints = Ok(Vec::new());
        let finding = CHECK.run(&facts);
        assert_eq!(finding.verdict, Verdict::Blocked);
        assert_eq!(
            finding.found,
            [
                "west: MutatingWebhookConfiguration istio-sidecar-injector asks Service \
              istio-system/istiod, which has no ready endpoint, it belongs to release istiod"
            ]
        );
    }

    #[test]
    fn a_webhook_for_other_namespaces_is_a_warning() {
        let mut facts = today();
        west(&mut facts).endpoints = Ok(Vec::new());
        let webhooks = west(&mut facts).webhooks.as_mut().expect("known");
        webhooks[0].namespaces = Selector(vec![crate::facts::Requirement::In(
            "team".into(),
            vec!["other".into()],
        )]);
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Warning);
    }

    #[test]
    fn a_webhook_that_may_fail_is_let_be() {
        let mut facts = today();
        west(&mut facts).endpoints = Ok(Vec::new());
        let webhooks = west(&mut facts).webhooks.as_mut().expect("known");
        webhooks[0].failure = FailurePolicy::Ignore;
        assert_eq!(CHECK.run(&facts).verdict, Verdict::Passed);
    }
}
