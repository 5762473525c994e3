//! Restarts the workloads with a sidecar, since a sidecar keeps the addresses of its start.
//!
//! Start at [`restart`].

use crate::{error::Error, istio::PROXY_CONTAINER, step::Side};
use cluster::{AsUser, Identity as _, Kind, Object, ObjectRef};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeSet;

/// Restarts the Deployments of a remote whose pods have a sidecar, and returns them.
///
/// # Errors
/// [`Error::Cluster`] when pods cannot be listed or a Deployment cannot be changed.
pub async fn restart(remote: &AsUser, now: Timestamp) -> Result<Vec<ObjectRef>, Error> {
    let remote = remote.cluster();
    let failed = Error::at(Side::Remote);
    let (pods, sets) = tokio::join!(
        remote.list_objects(Kind::POD, None, ""),
        remote.list_objects(Kind::REPLICA_SET, None, ""),
    );
    let found = deployments(&pods.map_err(&failed)?, &sets.map_err(&failed)?);
    for deployment in &found {
        remote.restart(deployment, now).await.map_err(&failed)?;
    }
    Ok(found)
}

/// The Deployments behind pods with a sidecar, each once.
fn deployments(pods: &[Object], sets: &[Object]) -> Vec<ObjectRef> {
    let injected = pods.iter().filter(|pod| has_sidecar(pod));
    let owners = injected.filter_map(|pod| {
        let set = controller(pod, "ReplicaSet")?;
        let same = |object: &&Object| object.name() == set && object.namespace() == pod.namespace();
        let deployment = controller(sets.iter().find(same)?, "Deployment")?;
        Some((pod.namespace()?.to_owned(), deployment.to_owned()))
    });
    let owners: BTreeSet<(String, String)> = owners.collect();
    let named = owners
        .into_iter()
        .map(|(namespace, name)| Kind::DEPLOYMENT.object(Some(&namespace), &name));
    named.collect()
}

/// Whether a pod has a sidecar.
pub(crate) fn has_sidecar(pod: &Object) -> bool {
    let lists = ["/spec/containers", "/spec/initContainers"];
    let mut containers = lists.iter().flat_map(|list| pod.list(list));
    containers
        .any(|container| container.get("name").and_then(Value::as_str) == Some(PROXY_CONTAINER))
}

pub(crate) fn controller<'a>(object: &'a Object, kind: &str) -> Option<&'a str> {
    let found = object.owners().find(|owner| owner.kind == kind)?;
    Some(found.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(kind: &str, name: &str, owner: (&str, &str), containers: &[&str]) -> Object {
        let containers: Vec<Value> = containers
            .iter()
            .map(|name| json!({"name": name}))
            .collect();
        let object = Object::new(json!({
            "apiVersion": "v1", "kind": kind,
            "metadata": {"name": name, "namespace": "bookinfo",
                "ownerReferences": [{"kind": owner.0, "name": owner.1}]},
            "spec": {"containers": containers},
        }));
        object.expect("an object")
    }

    #[test]
    fn only_deployments_with_a_sidecar_restart_and_once() {
        let set = ("ReplicaSet", "details-1");
        let pods = [
            object("Pod", "a", set, &["details", "istio-proxy"]),
            object("Pod", "b", set, &["details", "istio-proxy"]),
            object("Pod", "c", ("ReplicaSet", "plain-1"), &["plain"]),
            object("Pod", "d", ("Job", "once"), &["istio-proxy"]),
        ];
        let sets = [
            object("ReplicaSet", "details-1", ("Deployment", "details"), &[]),
            object("ReplicaSet", "plain-1", ("Deployment", "plain"), &[]),
        ];
        let found = deployments(&pods, &sets);
        let names: Vec<&str> = found
            .iter()
            .map(|deployment| deployment.name.as_str())
            .collect();
        assert_eq!(names, ["details"]);
    }
}
