//! Backs up CRDs and their custom resources as YAML for `kubectl apply`.

use super::{Plan, crds::Crd};
use crate::{error::Error, membership::names};
use cluster::{AsUser, Cluster, Identity as _, Kind, Object, ObjectRef};
use serde_json::{Map, Value};

/// The largest backup, in bytes.
pub const MAX_BACKUP_BYTES: usize = 32 << 20;
/// The fields that the API server maintains, and references to objects that may be deleted.
const SERVER_FIELDS: [&str; 8] = [
    "managedFields",
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "ownerReferences",
];
/// An annotation with a copy of the object; `kubectl apply` writes it again.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Reads the CRDs, the namespaces, the custom resources and the ConfigMaps of the control plane as one YAML
/// text. It contains no Secret.
///
/// # Errors
/// [`Error::Unreadable`] when some objects cannot be read, [`Error::Changed`] when one is not as it was
/// planned, [`Error::BackupTooLarge`], or [`Error::Cluster`].
pub async fn backup(user: &AsUser, plan: &Plan) -> Result<String, Error> {
    let cluster = user.cluster();
    let mut text = Text::begin(cluster.name().as_str());
    for crd in &plan.crds {
        text.add(cluster, plan, &crd.object).await?;
    }
    for namespace in &plan.namespaces {
        text.add(cluster, plan, &names::namespace_ref(&namespace.name))
            .await?;
    }
    for crd in &plan.crds {
        for object in unchanged(cluster, plan, crd).await? {
            text.write(&object)?;
        }
    }
    for object in plan
        .runtime_objects
        .iter()
        .filter(|object| object.kind == "ConfigMap")
    {
        text.add(cluster, plan, object).await?;
    }
    Ok(text.0)
}

/// The custom resources of a CRD, which must be those of the plan.
pub(super) async fn unchanged(
    cluster: &Cluster,
    plan: &Plan,
    crd: &Crd,
) -> Result<Vec<Object>, Error> {
    let planned = crd.objects.as_ref().map_err(|unknown| Error::Unreadable {
        crd: crd.object.name.clone(),
        reason: unknown.reason.clone(),
    })?;
    let listed = cluster.list_objects(Kind::new(&crd.api_version, &crd.kind), None, "");
    let now = match listed.await {
        Err(cluster::Error::NoSuchKind { .. }) if planned.is_empty() => Vec::new(),
        now => now.map_err(Error::at(plan.scope.side))?,
    };
    let other = now.iter().find(|object| {
        let is = |listed: &&super::CrdObject| listed.object == object.reference();
        let version = planned
            .iter()
            .find(is)
            .map(|listed| listed.version.as_str());
        version != Some(object.resource_version())
    });
    match other {
        None => Ok(now),
        Some(object) => Err(Error::Changed {
            side: plan.scope.side,
            object: object.reference(),
        }),
    }
}

struct Text(String);

impl Text {
    fn begin(cluster: &str) -> Self {
        Self(format!(
            "# The CRDs of Istio on cluster {cluster} and all their custom resources, as they were before the deletion.\n\
             # Secrets are not included.\n\
             # To restore: kubectl apply --server-side -f THIS_FILE, and again when the cluster serves the\n\
             # CRDs. Namespaces that are not included have to exist.\n"
        ))
    }

    /// Adds the current object; an object that no longer exists is left out.
    async fn add(&mut self, cluster: &Cluster, plan: &Plan, at: &ObjectRef) -> Result<(), Error> {
        let found = cluster.get(at).await.map_err(Error::at(plan.scope.side))?;
        found.map_or(Ok(()), |found| self.write(&found))
    }

    fn write(&mut self, object: &Object) -> Result<(), Error> {
        let value = chart::Values::from_json(&portable(object));
        self.0.push_str("---\n");
        self.0.push_str(&value.to_yaml());
        if self.0.len() > MAX_BACKUP_BYTES {
            return Err(Error::BackupTooLarge {
                limit: MAX_BACKUP_BYTES,
            });
        }
        Ok(())
    }
}

/// An object without status and server fields.
fn portable(object: &Object) -> Value {
    let mut value = object.value().clone();
    let part = |value: &mut Value, remove: &[&str]| {
        if let Some(map) = value.as_object_mut() {
            map.retain(|key, _| !remove.contains(&key.as_str()));
        }
    };
    part(&mut value, &["status"]);
    if object.kind() == "Namespace" {
        part(&mut value, &["spec"]);
    }
    if let Some(metadata) = value.get_mut("metadata") {
        part(metadata, &SERVER_FIELDS);
        let marks = metadata
            .get_mut("annotations")
            .and_then(Value::as_object_mut);
        if let Some(annotations) = marks {
            annotations.remove(LAST_APPLIED);
        }
        if metadata
            .get("annotations")
            .and_then(Value::as_object)
            .is_some_and(Map::is_empty)
        {
            part(metadata, &["annotations"]);
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn status_and_server_fields_are_left_out() {
        let object = Object::new(json!({
            "apiVersion": "networking.istio.io/v1", "kind": "Gateway",
            "metadata": {"name": "web", "namespace": "shop", "uid": "1", "resourceVersion": "2",
                "generation": 3, "creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": [{}],
                "ownerReferences": [{"kind": "Shop", "uid": "9"}],
                "labels": {"app": "web"}, "annotations": {LAST_APPLIED: "{}"}},
            "spec": {"selector": {"istio": "ingress"}}, "status": {"seen": true}}));
        assert_eq!(
            portable(&object.expect("an object")),
            json!({"apiVersion": "networking.istio.io/v1", "kind": "Gateway",
                "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
                "spec": {"selector": {"istio": "ingress"}}})
        );
    }
}
