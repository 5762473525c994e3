//! Backs up CRDs and their custom resources as YAML for `kubectl apply`.

use super::{Plan, crds::Crd};
use crate::{error::Error, membership::names};
use cluster::{AsUser, Cluster, Identity as _, Kind, Object, ObjectRef};
use release::{BackupText, MAX_BACKUP_BYTES};

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
    Ok(text.0.into_text())
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

struct Text(BackupText);

impl Text {
    fn begin(cluster: &str) -> Self {
        Self(BackupText::new(format!(
            "# The CRDs of Istio on cluster {cluster} and all their custom resources, as they were before the deletion.\n\
             # Secrets are not included.\n\
             # To restore: kubectl apply --server-side -f THIS_FILE, and again when the cluster serves the\n\
             # CRDs. Namespaces that are not included have to exist.\n"
        )))
    }

    /// Adds the current object; an object that no longer exists is left out.
    async fn add(&mut self, cluster: &Cluster, plan: &Plan, at: &ObjectRef) -> Result<(), Error> {
        let found = cluster.get(at).await.map_err(Error::at(plan.scope.side))?;
        found.map_or(Ok(()), |found| self.write(&found))
    }

    fn write(&mut self, object: &Object) -> Result<(), Error> {
        if !self.0.add(object) {
            return Err(Error::BackupTooLarge {
                limit: MAX_BACKUP_BYTES,
            });
        }
        Ok(())
    }
}
