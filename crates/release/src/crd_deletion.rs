//! The deletion of the CRDs that a release brought, after a backup of them and of their custom resources.
//!
//! Nothing is deleted that is not in the backup: custom resources are deleted by UID, and a CRD with a later one stays.
//! Start at [`back_up_crds`], whose result [`crate::uninstall()`] takes.

use crate::{BackupText, CrdUsage, Error, Event, MAX_BACKUP_BYTES, Operation, await_deletion};
use cluster::{AsUser, Cluster, Identity as _, Kind, Object, ObjectRef, Propagation};
use serde_json::json;
use wire::job::PhaseName;

/// CRDs that are deleted with a release; none by default.
#[derive(Clone, Debug, Default)]
pub struct CrdDeletion {
    crds: Vec<SavedCrd>,
}

/// A CRD that is in a backup, with its custom resources.
#[derive(Clone, Debug)]
struct SavedCrd {
    crd: Object,
    api_version: String,
    kind: String,
    /// References and UIDs only.
    resources: Vec<Object>,
}

/// Reads CRDs and their custom resources as one YAML text, and gives with it the right to delete exactly these. CRDs that
/// do not exist are left out.
///
/// # Errors
/// [`Error::CrdUnreadable`], [`Error::BackupTooLarge`] or [`Error::Cluster`].
pub async fn back_up_crds(
    user: &AsUser,
    crds: &[CrdUsage],
) -> Result<(String, CrdDeletion), Error> {
    let cluster = user.cluster();
    let mut text = BackupText::new(format!(
        "# CRDs on cluster {} and all their custom resources, as they were before the deletion.\n\
         # To restore: kubectl apply --server-side -f THIS_FILE, and again when the cluster serves the\n\
         # CRDs. The namespaces of the custom resources have to exist.\n",
        cluster.name()
    ));
    let mut add = |object: &Object| {
        let limit = MAX_BACKUP_BYTES;
        let fits = text.add(object);
        fits.then_some(()).ok_or(Error::BackupTooLarge { limit })
    };
    let mut saved = Vec::new();
    let mut all = Vec::new();
    for usage in crds {
        let Some(crd) = cluster.get(&usage.object).await? else {
            continue;
        };
        add(&crd)?;
        let resources = custom_resources(cluster, usage).await?;
        let live = usage.live.as_ref();
        saved.push(SavedCrd {
            api_version: live
                .and_then(|live| live.api_version.clone())
                .unwrap_or_default(),
            kind: live.map(|live| live.kind.clone()).unwrap_or_default(),
            resources: resources.iter().map(identity).collect::<Result<_, _>>()?,
            crd: identity(&crd)?,
        });
        all.extend(resources);
    }
    for object in &all {
        add(object)?;
    }
    Ok((text.into_text(), CrdDeletion { crds: saved }))
}

/// The custom resources of a CRD.
async fn custom_resources(cluster: &Cluster, usage: &CrdUsage) -> Result<Vec<Object>, Error> {
    let unreadable = |reason: String| Error::CrdUnreadable {
        crd: usage.object.name.clone(),
        reason,
    };
    let Some(live) = &usage.live else {
        return Ok(Vec::new());
    };
    let counts = live.resources.as_ref();
    let counts = counts.map_err(|reason| unreadable(reason.clone()))?;
    let Some(api_version) = &live.api_version else {
        return Err(unreadable("no version of the CRD is served".into()));
    };
    let kind = Kind::new(api_version, &live.kind);
    match cluster.list_objects(kind, None, "").await {
        Err(cluster::Error::NoSuchKind { .. }) if counts.is_empty() => Ok(Vec::new()),
        Err(error) if error.is_unreachable() => Err(error.into()),
        listed => listed.map_err(|error| unreadable(wire::error_chain(&error))),
    }
}

/// An object with its name and UID only.
fn identity(object: &Object) -> Result<Object, Error> {
    let ObjectRef {
        kind,
        api_version,
        namespace,
        name,
    } = object.reference();
    let metadata = json!({"name": name, "namespace": namespace, "uid": object.uid()});
    let value = json!({"apiVersion": api_version, "kind": kind, "metadata": metadata});
    Ok(Object::new(value)?)
}

impl CrdDeletion {
    /// Deletes the custom resources of the backup, and waits until they are deleted.
    pub(crate) async fn delete_custom_resources(
        &self,
        operation: &Operation<'_>,
    ) -> Result<(), Error> {
        let mut resources: Vec<Object> = Vec::new();
        for saved in &self.crds {
            resources.extend(saved.resources.iter().cloned());
        }
        delete(operation, PhaseName::CustomResources, &resources).await
    }

    /// Deletes the CRDs, which have no other custom resources, and waits until they are deleted.
    pub(crate) async fn delete_crds(&self, operation: &Operation<'_>) -> Result<(), Error> {
        for saved in &self.crds {
            if let Some(object) = saved.later_resource(operation.cluster()).await? {
                return Err(Error::CreatedAfterBackup { object });
            }
        }
        let crds: Vec<Object> = self.crds.iter().map(|saved| saved.crd.clone()).collect();
        delete(operation, PhaseName::CrdDeletion, &crds).await?;
        if !self.crds.is_empty() {
            operation.cluster().refresh_kinds().await?;
        }
        Ok(())
    }
}

impl SavedCrd {
    /// A custom resource that exists still, or again.
    async fn later_resource(&self, cluster: &Cluster) -> Result<Option<ObjectRef>, Error> {
        let kind = Kind::new(&self.api_version, &self.kind);
        match cluster.list_objects(kind, None, "").await {
            Err(cluster::Error::NoSuchKind { .. }) => Ok(None),
            listed => Ok(listed?.first().map(Object::reference)),
        }
    }
}

/// Deletes the objects of a phase by UID, and waits until they are deleted.
async fn delete(
    operation: &Operation<'_>,
    phase: PhaseName,
    objects: &[Object],
) -> Result<(), Error> {
    let (cluster, mut deleted) = (operation.cluster(), Vec::new());
    if objects.is_empty() {
        return Ok(());
    }
    operation.report(Event::Started(phase));
    for object in objects {
        if operation.wait.stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        match cluster.delete_by_uid(object, Propagation::Background).await {
            Err(cluster::Error::NoSuchKind { .. }) => {}
            Err(error) if error.is_conflict() => {
                let object = object.reference();
                return Err(Error::CreatedAfterBackup { object });
            }
            outcome => {
                outcome?;
            }
        }
        deleted.push(object.reference());
    }
    let waiting = (operation.wait, operation.on_event);
    await_deletion(cluster, phase, deleted, waiting).await?;
    operation.report(Event::Finished(phase));
    Ok(())
}
