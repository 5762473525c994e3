//! The current status of the objects of a release.

use crate::{Error, Release, ReleaseKey, list_object::flatten};
use chart::Values;
use cluster::{
    AsUser, Cluster, Identity as _, Kind, KubernetesEvent, Object, ObjectRef, Readiness,
    ready::{ReadinessContext, readiness},
};
use futures::StreamExt as _;
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc};

/// The status of one object.
#[derive(Debug)]
pub struct ResourceStatus {
    /// The object.
    pub object: ObjectRef,
    /// The live object; none when it does not exist.
    pub live: Result<Option<Object>, cluster::Error>,
    /// Its readiness, when it exists.
    pub readiness: Option<Readiness>,
}

/// The objects of a release's manifest as they were rendered, in its order.
///
/// # Errors
/// [`Error::Record`] when the manifest cannot be read.
pub fn manifest_values(release: &Release) -> Result<Vec<Value>, Error> {
    let mut objects = Vec::new();
    for document in split_documents(&release.manifest) {
        let values = Values::parse(document).map_err(|error| Error::Record {
            secret: release.name.clone(),
            reason: error.to_string(),
        })?;
        objects.extend(flatten(&values.to_json()));
    }
    Ok(objects)
}

/// The objects of a release's manifest, with their namespaces, in its order.
///
/// # Errors
/// [`Error::Record`] when the manifest cannot be read, [`Error::Cluster`] when kinds cannot.
pub(crate) async fn manifest_objects(
    cluster: &Cluster,
    release: &Release,
) -> Result<Vec<Object>, Error> {
    let kinds = cluster.kinds().await?;
    let mut objects = Vec::new();
    for value in manifest_values(release)? {
        let Ok(mut object) = Object::new(value) else {
            continue;
        };
        let kind = kinds.find(&object);
        if kind.is_none_or(|kind| kind.namespaced) && object.namespace().is_none() {
            object.value_mut()["metadata"]["namespace"] = release.namespace.as_str().into();
        }
        objects.push(object);
    }
    Ok(objects)
}

/// The documents of a manifest, as Helm writes one: each begins with a line `---`.
pub(crate) fn split_documents(manifest: &str) -> impl Iterator<Item = &str> {
    let parts = manifest
        .split("\n---\n")
        .map(|part| part.trim_start_matches("---\n"));
    parts.filter(|part| {
        part.lines()
            .any(|line| !line.trim().is_empty() && !line.starts_with('#'))
    })
}

/// Whether the manifest of a release has an object.
///
/// # Errors
/// As [`resources`].
pub async fn has_object(
    user: &AsUser,
    release: &Release,
    object: &ObjectRef,
) -> Result<bool, Error> {
    let objects = manifest_objects(user.cluster(), release).await?;
    Ok(objects.iter().any(|found| found.reference() == *object))
}

/// The status of each object of a release.
///
/// # Errors
/// As for reading the record; the error of one object is in its own status.
pub async fn resources(user: &AsUser, release: &Release) -> Result<Vec<ResourceStatus>, Error> {
    let cluster = user.cluster();
    let objects = manifest_objects(cluster, release).await?;
    let namespaces: BTreeSet<String> = objects
        .iter()
        .filter_map(|object| object.namespace().map(str::to_owned))
        .collect();
    let (mut pods, mut events): (Vec<Arc<Object>>, Vec<KubernetesEvent>) = (Vec::new(), Vec::new());
    for namespace in &namespaces {
        let listed = cluster.list_objects(Kind::POD, Some(namespace), "").await;
        pods.extend(listed.unwrap_or_default().into_iter().map(Arc::new));
        events.extend(cluster.events(namespace).await.unwrap_or_default());
    }
    let around = ReadinessContext {
        pods: &pods,
        events: &events,
    };
    let each = futures::stream::iter(objects).map(async |object| {
        let reference = object.reference();
        let live = match cluster.get(&reference).await {
            Err(cluster::Error::NoSuchKind { .. }) => Ok(None),
            live => live,
        };
        let there = live.as_ref().ok().and_then(Option::as_ref);
        let readiness = there.map(|live| readiness(live, around));
        ResourceStatus {
            object: reference,
            live,
            readiness,
        }
    });
    Ok(each.buffered(8).collect().await)
}

/// The key of a release.
pub(crate) fn release_key(release: &Release) -> Option<ReleaseKey> {
    Some(ReleaseKey {
        namespace: wire::Namespace::new(release.namespace.clone()).ok()?,
        release: wire::ReleaseName::new(release.name.clone()).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_falls_apart_into_its_documents() {
        let manifest = "---\n# Source: a\nkind: A\n---\n# Source: b\nkind: B\n---\n# nothing\n";
        assert_eq!(split_documents(manifest).count(), 2);
    }
}
