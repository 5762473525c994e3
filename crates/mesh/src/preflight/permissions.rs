//! May the credential write every kind that the manifest names? Asked by access reviews.

use super::{Finding, PreflightContext, view};
use cluster::{Ask, Cluster};
use std::{collections::BTreeSet, time::Instant};
use wire::{
    Problem,
    check::{CheckCode, CheckView, Group, Verdict},
};

/// What installing and removing an object takes; server-side apply is `patch`.
const VERBS: &[&str] = &["get", "create", "patch", "delete"];

pub(super) async fn look(ground: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let asks = asks(ground).await?;
    let kinds: BTreeSet<String> = asks
        .iter()
        .map(|ask| format!("{}.{}", ask.resource, ask.group))
        .collect();
    let rights = ground.cluster.may_all(asks.into_iter().collect()).await?;
    let missing: Vec<String> = rights
        .iter()
        .filter(|right| !right.allowed)
        .map(|right| right.ask.to_string())
        .collect();
    let verdict = if missing.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Blocked
    };
    Ok(Finding::of(verdict)
        .with("kinds", kinds.len())
        .with("missing", missing.len())
        .found(missing))
}

/// The same check on its own, for the review.
pub async fn rights(
    ground: PreflightContext<'_>,
    word: impl Fn(&cluster::Error) -> Problem,
) -> CheckView {
    let start = Instant::now();
    let outcome = look(ground).await;
    view(CheckCode::Rights, Group::Access, outcome, word, start)
}

/// One question a kind, namespace and verb; the records of the release are Secrets.
async fn asks(ground: PreflightContext<'_>) -> Result<BTreeSet<Ask>, cluster::Error> {
    let kinds = ground.cluster.kinds().await?;
    let own = ground.place.namespace.as_str();
    let mut asks = BTreeSet::new();
    let mut ask = |api_version: &str, kind: &str, namespace: Option<&str>| {
        if let Some(known) = kinds.find(api_version, kind) {
            asks.extend(VERBS.iter().map(|verb| Ask::on(known, verb, namespace)));
        }
    };
    ask("v1", "Secret", Some(own));
    for object in ground.plan.crds.iter().chain(ground.plan.objects()) {
        ask(object.api_version(), object.kind(), object.namespace());
    }
    for hook in &ground.manifests.hooks {
        let namespace = hook.manifest.namespace.as_deref().or(Some(own));
        ask(&hook.manifest.api_version, &hook.manifest.kind, namespace);
    }
    for (group, resource) in to_come(ground, &kinds) {
        let namespace = Some(own.to_owned());
        let new = VERBS.iter().map(|verb| Ask {
            verb,
            group: group.clone(),
            resource: resource.clone(),
            namespace: namespace.clone(),
        });
        asks.extend(new);
    }
    if namespace_is_absent(ground.cluster, own).await? {
        asks.extend(
            kinds
                .find("v1", "Namespace")
                .map(|kind| Ask::on(kind, "create", None)),
        );
    }
    Ok(asks)
}

/// Group and plural of kinds that the chart's own definitions bring and its objects use.
fn to_come(ground: PreflightContext<'_>, kinds: &cluster::Kinds) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for object in ground.plan.objects() {
        if kinds.find(object.api_version(), object.kind()).is_some() {
            continue;
        }
        let group = object.api_version().split('/').next().unwrap_or_default();
        let crd = ground.plan.crds.iter().find(|crd| {
            crd.text("/spec/group") == group && crd.text("/spec/names/kind") == object.kind()
        });
        if let Some(crd) = crd {
            found.insert((group.to_owned(), crd.text("/spec/names/plural").to_owned()));
        }
    }
    found
}

async fn namespace_is_absent(cluster: &Cluster, name: &str) -> Result<bool, cluster::Error> {
    match cluster.namespace_state(name).await {
        Ok(state) => Ok(state == cluster::NamespaceState::Absent),
        Err(error) if error.is_forbidden() => Ok(false),
        Err(error) => Err(error),
    }
}
