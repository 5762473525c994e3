//! Whether the credentials may write every kind of the manifest, by access reviews.

use super::{Finding, PreflightContext, view};
use cluster::{AccessReview, Cluster};
use std::{collections::BTreeSet, time::Instant};
use wire::check::{CheckCode, CheckView, Group, Verdict};

/// The verbs for installing and removing an object; server-side apply is `patch`.
const VERBS: &[&str] = &["get", "create", "patch", "delete"];

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let reviews = access_reviews(context).await?;
    let kinds: BTreeSet<String> = reviews
        .iter()
        .map(|ask| format!("{}.{}", ask.resource, ask.group))
        .collect();
    let rights = context
        .cluster
        .check_access_all(reviews.into_iter().collect())
        .await?;
    let missing: Vec<String> = rights
        .iter()
        .filter(|right| !right.allowed)
        .map(|right| right.review.to_string())
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

/// The check alone, for the review.
pub async fn rights(context: PreflightContext<'_>) -> CheckView {
    let start = Instant::now();
    let outcome = check(context).await;
    view(CheckCode::Rights, Group::Access, outcome, start)
}

/// One review per kind, namespace and verb; the records of the release are Secrets.
async fn access_reviews(
    context: PreflightContext<'_>,
) -> Result<BTreeSet<AccessReview>, cluster::Error> {
    let kinds = context.cluster.kinds().await?;
    let own = context.key.namespace.as_str();
    let mut reviews = BTreeSet::new();
    let mut ask = |api_version: &str, kind: &str, namespace: Option<&str>| {
        if let Some(known) = kinds.find(api_version, kind) {
            reviews.extend(
                VERBS
                    .iter()
                    .map(|verb| AccessReview::new(known, verb, namespace)),
            );
        }
    };
    ask("v1", "Secret", Some(own));
    for object in context.plan.crds.iter().chain(context.plan.objects()) {
        ask(object.api_version(), object.kind(), object.namespace());
    }
    for hook in &context.manifests.hooks {
        let namespace = hook.manifest.namespace.as_deref().or(Some(own));
        ask(&hook.manifest.api_version, &hook.manifest.kind, namespace);
    }
    for (group, resource) in new_kinds(context, &kinds) {
        let namespace = Some(own.to_owned());
        let new = VERBS.iter().map(|verb| AccessReview {
            verb,
            group: group.clone(),
            resource: resource.clone(),
            namespace: namespace.clone(),
        });
        reviews.extend(new);
    }
    if namespace_is_absent(context.cluster, own).await? {
        reviews.extend(
            kinds
                .find("v1", "Namespace")
                .map(|kind| AccessReview::new(kind, "create", None)),
        );
    }
    Ok(reviews)
}

/// The group and plural of the kinds that the chart's own CRDs define and its objects use.
fn new_kinds(context: PreflightContext<'_>, kinds: &cluster::Kinds) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for object in context.plan.objects() {
        if kinds.find(object.api_version(), object.kind()).is_some() {
            continue;
        }
        let group = object.api_version().split('/').next().unwrap_or_default();
        let crd = context.plan.crds.iter().find(|crd| {
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
