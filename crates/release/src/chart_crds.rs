//! The CRDs that a release brought, and their custom resources in the cluster.
//!
//! Helm does not delete the CRDs of the folder crds/, those of `crd-install` hooks (Helm 2), and those of templates with
//! the annotation `helm.sh/resource-policy: keep`. The record has the files of the parent chart only: the folders of
//! subcharts are not known. Start at [`crd_usage`].

use crate::{
    Error, Owner, Release, foreign_owner, hooks,
    status::{manifest_values, release_key, split_documents},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{AsUser, Cluster, Identity as _, Kind, Object, ObjectRef};
use futures::{StreamExt as _, TryStreamExt as _, future::BoxFuture};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wire::release::CrdOrigin;

/// CRDs that are read at the same time.
const CONCURRENCY: usize = 8;
/// The annotation of objects that Helm does not delete.
pub(crate) const RESOURCE_POLICY: &str = "helm.sh/resource-policy";

/// A CRD that a release brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrdUsage {
    /// The CRD.
    pub object: ObjectRef,
    /// How the release brought it.
    pub origin: CrdOrigin,
    /// What is in the cluster; none when the CRD does not exist.
    pub live: Option<LiveCrd>,
}

/// A CRD in the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveCrd {
    /// The API group of its custom resources.
    pub group: String,
    /// Their kind.
    pub kind: String,
    /// The API version in which they are read; none when no version is served.
    pub api_version: Option<String>,
    /// The release that owns the CRD by its annotations, if another one does.
    pub owner: Option<String>,
    /// The number of custom resources by namespace, "" for those without; or why they cannot be counted.
    pub resources: Result<BTreeMap<String, u32>, String>,
}

impl LiveCrd {
    /// The number of all custom resources, as far as they can be counted.
    pub fn total(&self) -> u32 {
        let counts = self.resources.iter().flat_map(BTreeMap::values);
        counts.fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// The CRDs that a release brought and Helm does not delete, with the number of their custom resources.
///
/// # Errors
/// [`Error::Cluster`] or [`Error::Record`].
pub async fn crd_usage(user: &AsUser, release: &Release) -> Result<Vec<CrdUsage>, Error> {
    let crds = crds_of(release)?;
    let each: Vec<BoxFuture<'_, _>> = crds
        .into_iter()
        .map(|(object, origin)| Box::pin(usage(user, release, object, origin)) as BoxFuture<'_, _>)
        .collect();
    futures::stream::iter(each)
        .buffered(CONCURRENCY)
        .try_collect()
        .await
}

async fn usage(
    user: &AsUser,
    release: &Release,
    object: ObjectRef,
    origin: CrdOrigin,
) -> Result<CrdUsage, Error> {
    let found = user.cluster().get(&object).await?;
    let live = match found {
        None => None,
        Some(crd) => Some(live(user.cluster(), release, &crd).await?),
    };
    Ok(CrdUsage {
        object,
        origin,
        live,
    })
}

async fn live(cluster: &Cluster, release: &Release, crd: &Object) -> Result<LiveCrd, Error> {
    let owner = other_release(crd, release);
    let api_version = served_version(crd);
    let kind = crd.text("/spec/names/kind").to_owned();
    let resources = match count(cluster, crd, api_version.as_deref(), &kind).await {
        Err(error) if error.is_unreachable() => return Err(error.into()),
        Err(error) => Err(wire::error_chain(&error)),
        Ok(counts) => counts.ok_or_else(|| "no version of the CRD is served".to_owned()),
    };
    Ok(LiveCrd {
        group: crd.text("/spec/group").to_owned(),
        kind,
        api_version,
        owner,
        resources,
    })
}

/// The other release that owns a CRD by its annotations, such as `shop/web`.
fn other_release(crd: &Object, release: &Release) -> Option<String> {
    match foreign_owner(crd, &release_key(release)?) {
        Some(Owner::Release { name, namespace })
            if (name.as_str(), namespace.as_str()) != (&*release.name, &*release.namespace) =>
        {
            Some(format!("{namespace}/{name}"))
        }
        _ => None,
    }
}

/// The number of custom resources of a CRD, when it exists and they can be counted.
pub(crate) async fn resource_count(cluster: &Cluster, crd: &Object) -> Option<u32> {
    let (version, kind) = (served_version(crd), crd.text("/spec/names/kind"));
    let counts = count(cluster, crd, version.as_deref(), kind).await.ok()??;
    Some(counts.values().fold(0, |sum, n| sum.saturating_add(*n)))
}

/// Counts the custom resources of a CRD by namespace, from their metadata. None when no version is served.
async fn count(
    cluster: &Cluster,
    crd: &Object,
    api_version: Option<&str>,
    kind: &str,
) -> Result<Option<BTreeMap<String, u32>>, cluster::Error> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    let Some(api_version) = api_version else {
        return Ok(None);
    };
    let kind = Kind::new(api_version, kind);
    let listed = cluster.list_metadata(kind, None, "", |metadata| {
        *counts
            .entry(metadata.namespace.unwrap_or_default())
            .or_default() += 1;
        None::<()>
    });
    match listed.await {
        // A CRD that was never established has no custom resources.
        Err(cluster::Error::NoSuchKind { .. }) if !is_established(crd) => Ok(Some(counts)),
        listed => listed.map(|_| Some(counts)),
    }
}

/// The version in which custom resources are stored, or another one that is served.
fn served_version(crd: &Object) -> Option<String> {
    let versions = crd.list("/spec/versions").iter();
    let is = |version: &Value, key: &str| version.get(key).and_then(Value::as_bool) == Some(true);
    let served: Vec<&Value> = versions.filter(|version| is(version, "served")).collect();
    let stored = served.iter().find(|version| is(version, "storage"));
    let name = stored.or(served.first())?.get("name")?.as_str()?;
    Some(format!("{}/{name}", crd.text("/spec/group")))
}

fn is_established(crd: &Object) -> bool {
    let text = |condition: &Value, key: &str| condition[key].as_str().map(str::to_owned);
    crd.list("/status/conditions").iter().any(|condition| {
        text(condition, "type").as_deref() == Some("Established")
            && text(condition, "status").as_deref() == Some("True")
    })
}

/// The texts of the chart's crds/ folder, which the record has among its files.
pub(crate) fn crd_files(release: &Release) -> impl Iterator<Item = String> {
    let files = release.chart.files.as_array().into_iter().flatten();
    files.filter_map(|file| {
        let text = |key: &str| file.get(key).and_then(Value::as_str);
        text("name").filter(|name| name.starts_with("crds/"))?;
        let bytes = STANDARD.decode(text("data").unwrap_or_default());
        Some(String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned())
    })
}

/// The CRDs of the chart's crds/ folder.
pub(crate) fn crds_of_folder(release: &Release) -> Vec<ObjectRef> {
    let texts = crd_files(release);
    texts
        .flat_map(|text| objects(&text).collect::<Vec<_>>())
        .collect()
}

/// The references to the objects of a text.
fn objects(text: &str) -> impl Iterator<Item = ObjectRef> {
    split_documents(text).filter_map(|document| {
        let values = chart::Values::parse(document).ok()?;
        let object = Object::new(values.to_json()).ok()?;
        Some(object.reference())
    })
}

/// Each CRD that a release brought and Helm does not delete, once.
fn crds_of(release: &Release) -> Result<Vec<(ObjectRef, CrdOrigin)>, Error> {
    let folder = crds_of_folder(release).into_iter();
    let mut found: Vec<_> = folder.map(|crd| (crd, CrdOrigin::Folder)).collect();
    for hook in hooks::hooks_for_event(&release.hooks, "crd-install") {
        found.extend(objects(&hook.manifest).map(|crd| (crd, CrdOrigin::Hook)));
    }
    for value in manifest_values(release)? {
        if let Ok(object) = Object::new(value)
            && is_kept(&object)
        {
            found.push((object.reference(), CrdOrigin::Template));
        }
    }
    let mut names = BTreeSet::new();
    found.retain(|(crd, _)| crd.kind == Kind::CRD.kind && names.insert(crd.name.clone()));
    for (crd, _) in &mut found {
        // What the chart calls v1beta1 is read as v1.
        *crd = Kind::CRD.object(None, &crd.name);
    }
    Ok(found)
}

/// Whether Helm does not delete an object of a manifest.
pub(crate) fn is_kept(object: &Object) -> bool {
    object.annotation(RESOURCE_POLICY).map(str::trim) == Some("keep")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record_codec::tests::release;
    use serde_json::json;

    #[test]
    fn crds_of_the_folder_of_old_hooks_and_of_kept_templates_are_found_once() {
        let crd = |name: &str, keep: &str| {
            format!(
                "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n\
                 metadata:\n  name: {name}\n  annotations: {{helm.sh/resource-policy: {keep}}}\n"
            )
        };
        let mut record = release();
        let data = STANDARD.encode(crd("a.example.io", "none"));
        record.chart.files = json!([{"name": "crds/a.yaml", "data": data},
            {"name": "README.md", "data": data}]);
        let kept = [crd("a.example.io", "keep"), crd("b.example.io", "keep")];
        record.manifest = kept.concat() + &crd("deleted.example.io", "none");
        let hook = json!({"name": "c", "kind": "CustomResourceDefinition", "path": "c.yaml",
            "manifest": crd("c.example.io", "none"), "events": ["crd-install"]});
        record.hooks = vec![serde_json::from_value(hook).expect("a hook")];
        let found = crds_of(&record).expect("readable");
        let found = found.iter();
        let found: Vec<_> = found
            .map(|(crd, from)| (crd.name.as_str(), *from))
            .collect();
        let expected = [
            ("a.example.io", CrdOrigin::Folder),
            ("c.example.io", CrdOrigin::Hook),
            ("b.example.io", CrdOrigin::Template),
        ];
        assert_eq!(found, expected);
    }
}
