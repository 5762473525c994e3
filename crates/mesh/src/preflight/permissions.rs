//! W02: the credentials may write every kind of the manifest, by access reviews.

use super::{Finding, PreflightContext, view};
use crate::{finding::detail, gather::read};
use cluster::{AccessReview, Cluster, Kind};
use std::{collections::BTreeSet, time::Instant};
use wire::check::{CheckCode, CheckStatus, CheckView, Group};

/// The verbs that the installation and the removal of an object need; server-side apply is `patch`.
const VERBS: &[&str] = &["get", "create", "patch", "delete"];

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    check_all(&[context]).await
}

/// The check of releases that are installed together on one cluster.
async fn check_all(contexts: &[PreflightContext<'_>]) -> Result<Finding, cluster::Error> {
    let Some(first) = contexts.first() else {
        return Ok(Finding::from_details(CheckStatus::Failed, Vec::new()));
    };
    let mut reviews = BTreeSet::new();
    for context in contexts {
        reviews.extend(access_reviews(*context, contexts).await?);
    }
    let kinds: BTreeSet<String> = reviews
        .iter()
        .map(|review| format!("{}.{}", review.resource, review.group))
        .collect();
    let permissions = first
        .cluster()
        .check_access_all(reviews.into_iter().collect())
        .await?;
    let denied = permissions.iter().filter(|permission| !permission.allowed);
    let details: Vec<_> = denied
        .map(|denied| {
            detail!(PermissionDenied {
                permission: denied.review
            })
        })
        .collect();
    let missing = details.len();
    Ok(Finding::from_details(CheckStatus::Failed, details)
        .with("kinds", kinds.len())
        .with("missing", missing))
}

/// The check alone, for the review of one release, or of several that are installed together on one cluster.
pub async fn permissions(contexts: &[PreflightContext<'_>]) -> CheckView {
    let start = Instant::now();
    let outcome = check_all(contexts).await;
    view(CheckCode::Permissions, Group::Access, outcome, start)
}

/// An access review for each kind, namespace and verb; the records and the settings of a release are Secrets, and are
/// replaced.
async fn access_reviews(
    context: PreflightContext<'_>,
    together: &[PreflightContext<'_>],
) -> Result<BTreeSet<AccessReview>, cluster::Error> {
    let kinds = context.cluster().kinds().await?;
    let release_namespace = context.key.namespace.as_str();
    let mut reviews = BTreeSet::new();
    let mut add = |kind: Kind<'_>, namespace: Option<&str>| {
        if let Some(kind) = kinds.find(kind) {
            reviews.extend(
                VERBS
                    .iter()
                    .map(|verb| AccessReview::new(kind, verb, namespace)),
            );
        }
    };
    add(Kind::SECRET, Some(release_namespace));
    let records = kinds.find(Kind::SECRET);
    let replaced = records.map(|kind| AccessReview::new(kind, "update", Some(release_namespace)));
    for object in context.plan.crds.iter().chain(context.plan.objects()) {
        add(object.into(), object.namespace());
    }
    for hook in &context.manifests.hooks {
        let namespace = hook
            .manifest
            .namespace
            .as_deref()
            .or(Some(release_namespace));
        let kind = Kind::new(&hook.manifest.api_version, &hook.manifest.kind);
        add(kind, namespace);
    }
    reviews.extend(replaced);
    for (group, resource) in planned_resources(context, together, &kinds) {
        let planned = VERBS.iter().map(|verb| AccessReview {
            verb,
            group: group.clone(),
            resource: resource.clone(),
            namespace: Some(release_namespace.to_owned()),
        });
        reviews.extend(planned);
    }
    if namespace_is_absent(context.cluster(), release_namespace).await? {
        let namespace = kinds.find(Kind::NAMESPACE);
        reviews.extend(namespace.map(|kind| AccessReview::new(kind, "create", None)));
    }
    Ok(reviews)
}

/// Group and plural of the kinds that the CRDs of the charts define and the objects of a release use.
fn planned_resources(
    context: PreflightContext<'_>,
    together: &[PreflightContext<'_>],
    kinds: &cluster::Kinds,
) -> BTreeSet<(String, String)> {
    let mut resources = BTreeSet::new();
    for object in context.plan.objects() {
        if kinds.find(object).is_some() {
            continue;
        }
        let group = object.api_version().split('/').next().unwrap_or_default();
        let defined = together.iter().flat_map(|release| &release.plan.crds);
        let mut defined = defined.filter_map(|crd| read::custom_resource(crd).ok());
        let resource = defined.find(|found| found.group == group && found.kind == object.kind());
        if let Some(resource) = resource {
            resources.insert((group.to_owned(), resource.plural));
        }
    }
    resources
}

async fn namespace_is_absent(cluster: &Cluster, name: &str) -> Result<bool, cluster::Error> {
    match cluster.namespace_state(name).await {
        Ok(state) => Ok(state == cluster::NamespaceState::Absent),
        Err(error) if error.is_forbidden() => Ok(false),
        Err(error) => Err(error),
    }
}
