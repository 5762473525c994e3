//! The namespaces that a mesh had to itself, and what lives in them that is not the mesh's.

use super::crds::is_istio_group;
use crate::{
    facts::{Fact, gather::why},
    join::names::{self, TOKEN},
};
use cluster::{Cluster, Error, Object, ObjectRef, ServedKind};
use futures::future::try_join_all;
use std::collections::BTreeSet;

/// Kinds that are asked for at a time.
const CONCURRENCY: usize = 8;

/// A namespace of the mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeshNamespace {
    /// Its name.
    pub name: String,
    /// What lives in it besides what a control plane made and objects of Istio's definitions; or why
    /// that is not known.
    pub foreign_objects: Fact<Vec<ObjectRef>>,
}

/// Whether a namespace is the cluster's own, which no mesh ever had to itself.
fn is_the_clusters(name: &str) -> bool {
    name == "default" || name.starts_with("kube-")
}

/// Those of `wanted` that are there.
pub(super) async fn find(
    cluster: &Cluster,
    wanted: &[String],
    runtime_objects: &[ObjectRef],
) -> Result<Vec<MeshNamespace>, Error> {
    let mut namespaces = Vec::new();
    for name in wanted.iter().filter(|name| !is_the_clusters(name)) {
        if cluster.get(&names::namespace_ref(name)).await?.is_none() {
            continue;
        }
        let foreign_objects = foreign_objects(cluster, name, runtime_objects).await;
        namespaces.push(MeshNamespace {
            name: name.clone(),
            foreign_objects: foreign_objects.map_err(|error| why(&error)),
        });
    }
    Ok(namespaces)
}

/// Everything in a namespace that somebody else may want to keep.
async fn foreign_objects(
    cluster: &Cluster,
    namespace: &str,
    runtime_objects: &[ObjectRef],
) -> Result<Vec<ObjectRef>, Error> {
    let kinds = cluster.refresh_kinds().await?;
    let mut seen = BTreeSet::new();
    let asked = kinds.all().filter(|kind| {
        let lives = kind.namespaced && kind.listable && !passes(kind);
        lives && seen.insert((kind.group().to_owned(), kind.kind().to_owned()))
    });
    let asked: Vec<&ServedKind> = asked.collect();
    let mut found: Vec<Vec<Object>> = Vec::new();
    for some in asked.chunks(CONCURRENCY) {
        let lists: Vec<_> = some
            .iter()
            .map(|kind| Box::pin(of_kind(cluster, kind, namespace)))
            .collect();
        found.extend(try_join_all(lists).await?);
    }
    let found = found.iter().flatten().filter(|one| is_somebodys(one));
    let found = found.map(Object::reference);
    Ok(found.filter(|one| !runtime_objects.contains(one)).collect())
}

async fn of_kind(
    cluster: &Cluster,
    kind: &ServedKind,
    namespace: &str,
) -> Result<Vec<Object>, Error> {
    let listed = cluster.list(kind.api_version(), kind.kind(), Some(namespace), "");
    match listed.await {
        // Its definition went since the kinds were asked for.
        Err(Error::NoSuchKind { .. }) => Ok(Vec::new()),
        Err(error) if error.is_not_found() => Ok(Vec::new()),
        found => found,
    }
}

/// Kinds that say nothing about who lives there: counted elsewhere, or made by the cluster.
fn passes(kind: &ServedKind) -> bool {
    let group = kind.group();
    is_istio_group(group)
        || group == "metrics.k8s.io"
        || matches!((group, kind.kind()), (_, "Event") | ("", "Endpoints"))
}

/// Whether an object was put there by somebody: not by the cluster, and not by another object.
fn is_somebodys(object: &Object) -> bool {
    let account = object.annotation(names::ACCOUNT);
    let by_the_cluster = match object.kind() {
        "ConfigMap" => object.name() == "kube-root-ca.crt",
        "ServiceAccount" => object.name() == "default",
        "Secret" => object.text("/type") == TOKEN && account == Some("default"),
        _ => false,
    };
    !by_the_cluster && object.list("/metadata/ownerReferences").is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_clusters_own_namespaces_are_never_a_meshs() {
        assert!(is_the_clusters("default") && is_the_clusters("kube-system"));
        assert!(is_the_clusters("kube-node-lease") && !is_the_clusters("istio-system"));
    }

    #[test]
    fn what_the_cluster_or_another_object_made_is_nobodys() {
        let object = |kind: &str, name: &str, owners: serde_json::Value| {
            Object::new(json!({"apiVersion": "v1", "kind": kind,
                "metadata": {"name": name, "ownerReferences": owners}}))
            .expect("an object")
        };
        assert!(!is_somebodys(&object(
            "ConfigMap",
            "kube-root-ca.crt",
            json!([])
        )));
        assert!(!is_somebodys(&object(
            "ServiceAccount",
            "default",
            json!([])
        )));
        assert!(!is_somebodys(&object(
            "Pod",
            "web-1",
            json!([{"kind": "ReplicaSet"}])
        )));
        assert!(is_somebodys(&object("ConfigMap", "settings", json!([]))));
        assert!(is_somebodys(&object("Secret", "cacerts", json!([]))));
    }
}
