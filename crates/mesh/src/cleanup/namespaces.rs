//! The namespaces of a mesh, and the objects in them that do not belong to the mesh.

use crate::{
    facts::{Fact, Unknown},
    istio::is_istio_group,
    membership::names::{SERVICE_ACCOUNT_ANNOTATION, TOKEN_SECRET_TYPE, namespace_ref},
};
use cluster::{Cluster, Error, Kind, Object, ObjectRef, ServedKind};
use futures::future::try_join_all;
use std::collections::BTreeSet;

/// The number of concurrent list calls.
const CONCURRENCY: usize = 8;

/// A namespace of the mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeshNamespace {
    /// Its name.
    pub name: String,
    /// The objects besides runtime objects and Istio's custom resources, or the reason why they are not
    /// known.
    pub foreign_objects: Fact<Vec<ObjectRef>>,
}

/// Whether a namespace belongs to the cluster itself.
fn is_system_namespace(name: &str) -> bool {
    name == "default" || name.starts_with("kube-")
}

/// The wanted namespaces that exist.
pub(super) async fn find(
    cluster: &Cluster,
    wanted: &[String],
    runtime_objects: &[ObjectRef],
) -> Result<Vec<MeshNamespace>, Error> {
    let mut namespaces = Vec::new();
    for name in wanted.iter().filter(|name| !is_system_namespace(name)) {
        if cluster.get(&namespace_ref(name)).await?.is_none() {
            continue;
        }
        let foreign_objects = foreign_objects(cluster, name, runtime_objects).await;
        namespaces.push(MeshNamespace {
            name: name.clone(),
            foreign_objects: foreign_objects.map_err(Unknown::from),
        });
    }
    Ok(namespaces)
}

/// The objects in a namespace that users may want to keep.
async fn foreign_objects(
    cluster: &Cluster,
    namespace: &str,
    runtime_objects: &[ObjectRef],
) -> Result<Vec<ObjectRef>, Error> {
    let kinds = cluster.refresh_kinds().await?;
    let mut seen = BTreeSet::new();
    let selected = kinds.all().filter(|kind| {
        let is_listed = kind.namespaced && kind.listable && !is_ignored(kind);
        is_listed && seen.insert((kind.group().to_owned(), kind.kind().to_owned()))
    });
    let selected: Vec<&ServedKind> = selected.collect();
    let mut found: Vec<Vec<Object>> = Vec::new();
    for batch in selected.chunks(CONCURRENCY) {
        let lists: Vec<_> = batch
            .iter()
            .map(|kind| list_kind(cluster, kind, namespace))
            .collect();
        found.extend(try_join_all(lists).await?);
    }
    let found = found
        .iter()
        .flatten()
        .filter(|object| is_user_object(object));
    let found = found.map(Object::reference);
    Ok(found
        .filter(|object| !runtime_objects.contains(object))
        .collect())
}

async fn list_kind(
    cluster: &Cluster,
    kind: &ServedKind,
    namespace: &str,
) -> Result<Vec<Object>, Error> {
    let listed = cluster.list_objects(
        Kind::new(kind.api_version(), kind.kind()),
        Some(namespace),
        "",
    );
    match listed.await {
        // Its CRD was deleted after the discovery.
        Err(Error::NoSuchKind { .. }) => Ok(Vec::new()),
        Err(error) if error.is_not_found() => Ok(Vec::new()),
        found => found,
    }
}

/// Kinds that are counted elsewhere, or that the cluster creates.
fn is_ignored(kind: &ServedKind) -> bool {
    let group = kind.group();
    is_istio_group(group)
        || group == "metrics.k8s.io"
        || matches!((group, kind.kind()), (_, "Event") | ("", "Endpoints"))
}

/// Whether a user created an object: neither the cluster nor a controller did.
fn is_user_object(object: &Object) -> bool {
    let account = object.annotation(SERVICE_ACCOUNT_ANNOTATION);
    let is_default = match object.kind() {
        "ConfigMap" => object.name() == "kube-root-ca.crt",
        "ServiceAccount" => object.name() == "default",
        "Secret" => object.text("/type") == TOKEN_SECRET_TYPE && account == Some("default"),
        _ => false,
    };
    !is_default && object.owners().next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn system_namespaces_belong_to_no_mesh() {
        assert!(is_system_namespace("default") && is_system_namespace("kube-system"));
        assert!(is_system_namespace("kube-node-lease") && !is_system_namespace("istio-system"));
    }

    #[test]
    fn default_and_owned_objects_are_no_user_objects() {
        let object = |kind: &str, name: &str, owners: serde_json::Value| {
            Object::new(json!({"apiVersion": "v1", "kind": kind,
                "metadata": {"name": name, "ownerReferences": owners}}))
            .expect("an object")
        };
        assert!(!is_user_object(&object(
            "ConfigMap",
            "kube-root-ca.crt",
            json!([])
        )));
        assert!(!is_user_object(&object(
            "ServiceAccount",
            "default",
            json!([])
        )));
        assert!(!is_user_object(&object(
            "Pod",
            "web-1",
            json!([{"kind": "ReplicaSet"}])
        )));
        assert!(is_user_object(&object("ConfigMap", "settings", json!([]))));
        assert!(is_user_object(&object("Secret", "cacerts", json!([]))));
    }
}
