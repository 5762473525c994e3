//! The CRDs of the folder crds/, compared with those in the cluster before an upgrade.
//!
//! Helm applies them at the installation only. Here they are shown apart and applied when the operator chooses it: new
//! ones by default. A CRD is refused when objects may be stored in a version that it does not have, and when the one in
//! the cluster is newer. Start at [`review_crds`].

use crate::{Error, chart_crds::resource_count, field_manager::Revision};
use cluster::{Apply, AsUser, Identity as _, Object};
use futures::{StreamExt as _, TryStreamExt as _, future::BoxFuture};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wire::{
    Problem,
    decision::{CrdRefusal, CrdReview},
};

/// CRDs that are compared at the same time.
const CONCURRENCY: usize = 8;
/// Lost fields that are named.
const MAX_FIELDS: usize = 20;
/// The deepest level of a schema that is compared.
const MAX_DEPTH: usize = 40;

/// How a CRD is applied: at an upgrade the operator chose to replace the fields of whoever applied it before.
pub(crate) fn mode(revision: Revision) -> Apply {
    match revision {
        Revision::First => Apply::Persist,
        Revision::Next => Apply::Force,
    }
}

/// The CRDs of a chart that are new, or differ from those in the cluster. `decided` tells by name which are applied.
///
/// # Errors
/// [`Error::Cluster`]; a rejection of the API server is a [`CrdRefusal`].
pub async fn review_crds(
    user: &AsUser,
    crds: &[Object],
    decided: &BTreeMap<String, bool>,
) -> Result<Vec<CrdReview>, Error> {
    let each: Vec<BoxFuture<'_, _>> = crds
        .iter()
        .map(|crd| Box::pin(review(user, crd, decided)) as BoxFuture<'_, _>)
        .collect();
    let reviewed: Vec<Option<CrdReview>> = futures::stream::iter(each)
        .buffered(CONCURRENCY)
        .try_collect()
        .await?;
    Ok(reviewed.into_iter().flatten().collect())
}

async fn review(
    user: &AsUser,
    crd: &Object,
    decided: &BTreeMap<String, bool>,
) -> Result<Option<CrdReview>, Error> {
    let live = user.cluster().get(&crd.reference()).await?;
    let rejected = match user.cluster().apply(crd, Apply::ForcedDryRun).await {
        Err(error) if error.is_unreachable() => return Err(error.into()),
        Err(error) => Some(CrdRefusal::Rejected(Problem::from(&error))),
        Ok(after) if live.as_ref().is_some_and(|live| is_same(live, &after)) => return Ok(None),
        Ok(_) => None,
    };
    let compared = compared(live.as_ref(), crd);
    let refused = compared.refused.or(rejected);
    let resources = match &live {
        Some(live) => resource_count(user.cluster(), live).await,
        None => None,
    };
    let is_chosen = decided.get(crd.name()).copied();
    Ok(Some(CrdReview {
        is_applied: refused.is_none() && is_chosen.unwrap_or(compared.is_new),
        refused,
        resources,
        ..compared
    }))
}

/// Whether two states of a CRD define the same.
fn is_same(live: &Object, after: &Object) -> bool {
    let defined = |crd: &Object| crd.value().get("spec").cloned();
    defined(live) == defined(after)
}

/// A CRD of a chart beside the one in the cluster.
fn compared(live: Option<&Object>, crd: &Object) -> CrdReview {
    let (before, after) = (live.map(versions).unwrap_or_default(), versions(crd));
    let names = |versions: &BTreeMap<String, &Value>, other: &BTreeMap<String, &Value>| {
        let only = versions.keys().filter(|name| !other.contains_key(*name));
        only.cloned().collect::<Vec<String>>()
    };
    let (mut added, mut lost) = (0, Vec::new());
    for (version, schema) in &after {
        let Some(earlier) = before.get(version) else {
            continue;
        };
        let (earlier, later) = (fields(earlier), fields(schema));
        added += later.difference(&earlier).count();
        let fields = earlier.difference(&later);
        lost.extend(fields.map(|field| format!("{version}: {field}")));
    }
    let more = lost.len().saturating_sub(MAX_FIELDS);
    lost.truncate(MAX_FIELDS);
    let conversion = |crd: &Object| {
        let strategy = crd.text("/spec/conversion/strategy");
        if strategy.is_empty() {
            "None"
        } else {
            strategy
        }
        .to_owned()
    };
    let conversions = live.map(|live| (conversion(live), conversion(crd)));
    CrdReview {
        name: crd.name().to_owned(),
        is_new: live.is_none(),
        versions: after.keys().cloned().collect(),
        versions_added: names(&after, &before),
        versions_removed: names(&before, &after),
        fields_added: u32::try_from(added).unwrap_or(u32::MAX),
        fields_lost: lost,
        more_fields_lost: u32::try_from(more).unwrap_or(u32::MAX),
        resources: None,
        conversion: conversions.filter(|(before, after)| before != after),
        refused: live.and_then(|live| refusal(live, crd, &after)),
        is_applied: false,
    }
}

/// Why a CRD must not replace the one in the cluster.
fn refusal(live: &Object, crd: &Object, after: &BTreeMap<String, &Value>) -> Option<CrdRefusal> {
    let stored = live.list("/status/storedVersions").iter();
    let stored = stored.filter_map(Value::as_str);
    let lost: Vec<String> = stored
        .filter(|version| !after.contains_key(*version))
        .map(str::to_owned)
        .collect();
    if !lost.is_empty() {
        return Some(CrdRefusal::StoredVersions(lost));
    }
    let (from, to) = (release_of(live)?, release_of(crd)?);
    (number(&from)? > number(&to)?).then_some(CrdRefusal::Downgrade { from, to })
}

/// The versions of a CRD with their schemas.
fn versions(crd: &Object) -> BTreeMap<String, &Value> {
    let versions = crd.list("/spec/versions").iter();
    let named = versions.filter_map(|version| {
        let schema = version.pointer("/schema/openAPIV3Schema");
        let name = version.get("name")?.as_str()?.to_owned();
        Some((name, schema.unwrap_or(&Value::Null)))
    });
    named.collect()
}

/// The paths of all fields of a schema.
fn fields(schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(schema, "", 0, &mut found);
    found
}

fn collect(schema: &Value, path: &str, depth: usize, found: &mut BTreeSet<String>) {
    if depth > MAX_DEPTH {
        return;
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, schema) in properties.into_iter().flatten() {
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        collect(schema, &path, depth + 1, found);
        found.insert(path);
    }
    if let Some(items) = schema.get("items") {
        collect(items, &format!("{path}[]"), depth + 1, found);
    }
    if let Some(values) = schema.get("additionalProperties") {
        collect(values, &format!("{path}.*"), depth + 1, found);
    }
}

/// The version of the release that a CRD comes from, as it tells: by the label of Kubernetes or the annotation of the
/// Gateway API.
fn release_of(crd: &Object) -> Option<String> {
    let label = crd.label("app.kubernetes.io/version");
    let bundle = || crd.annotation("gateway.networking.k8s.io/bundle-version");
    label.or_else(bundle).map(str::to_owned)
}

/// The numbers of a version, which are compared one by one; none when it has no number.
fn number(version: &str) -> Option<Vec<u64>> {
    let version = version.trim_start_matches('v');
    let version = version.split(['-', '+']).next()?;
    version.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn crd(versions: &[(&str, Value)], stored: &[&str], release: &str) -> Object {
        let versions: Vec<Value> = versions
            .iter()
            .map(|(name, properties)| {
                json!({"name": name, "schema": {"openAPIV3Schema": {"properties": properties}}})
            })
            .collect();
        Object::new(json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": "shops.example.io", "labels": {
                "app.kubernetes.io/version": release}},
            "spec": {"versions": versions}, "status": {"storedVersions": stored},
        }))
        .expect("an object")
    }

    #[test]
    fn fields_and_versions_are_compared_by_version() {
        let before = json!({"spec": {"properties": {"size": {}, "tags": {"items": {
            "properties": {"name": {}, "old": {}}}}}}});
        let after = json!({"spec": {"properties": {"size": {}, "colour": {}, "tags": {"items": {
            "properties": {"name": {}}}}}}});
        let live = crd(
            &[("v1", before.clone()), ("v1alpha1", json!({}))],
            &["v1"],
            "1.0.0",
        );
        let new = crd(&[("v1", after), ("v2", json!({}))], &[], "1.1.0");
        let found = compared(Some(&live), &new);
        assert_eq!((found.is_new, found.fields_added), (false, 1));
        assert_eq!(found.fields_lost, ["v1: spec.tags[].old"]);
        assert_eq!(
            (found.versions_added, found.versions_removed),
            (vec!["v2".to_owned()], vec!["v1alpha1".to_owned()])
        );
        assert_eq!((found.refused, found.conversion), (None, None));
        assert!(compared(None, &new).is_new);
    }

    #[test]
    fn a_crd_that_loses_a_stored_version_or_is_older_is_refused() {
        let v1 = || ("v1", json!({}));
        let live = crd(&[("v1beta1", json!({})), v1()], &["v1beta1", "v1"], "1.9.0");
        let lost = compared(Some(&live), &crd(&[v1()], &[], "1.10.0")).refused;
        assert_eq!(
            lost,
            Some(CrdRefusal::StoredVersions(vec!["v1beta1".into()]))
        );
        let live = crd(&[v1()], &["v1"], "v1.10.0");
        let older = compared(Some(&live), &crd(&[v1()], &[], "v1.9.2")).refused;
        assert!(
            matches!(older, Some(CrdRefusal::Downgrade { .. })),
            "{older:?}"
        );
        for release in ["v1.10.0", "1.11.0-rc.1", "unknown"] {
            assert_eq!(
                compared(Some(&live), &crd(&[v1()], &[], release)).refused,
                None
            );
        }
    }
}
