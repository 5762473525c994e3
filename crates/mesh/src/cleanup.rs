//! The end of a mesh on one cluster: what is still there when every release and every join is gone.
//!
//! Helm keeps the definitions of `crds/`, and what a control plane made while it ran belongs to no
//! release. [`plan`] finds both, and the namespaces, and changes nothing; [`backup`] says in one text what
//! definitions and their objects are; [`execute`] takes away what was chosen, in the order of
//! [`Part`]. Nothing goes while a control plane leads the cluster. Done twice, the second plan is empty.

mod backup;
mod crds;
mod execute;
mod namespaces;
pub(crate) mod runtime_objects;
mod stuck;

pub use backup::{MAX_BACKUP_BYTES, backup};
pub use crds::{Crd, CrdObject, CrdRelease};
pub use execute::{Event, execute};
pub use namespaces::MeshNamespace;
pub use stuck::{Stuck, describe};

use crate::{error::Error, facts::read, join::names, step::Side};
use cluster::{Cluster, ObjectRef};

/// Which cluster is cleared, and where its mesh lived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanupScope {
    /// Its part in the mesh.
    pub side: Side,
    /// The namespace of control plane and reader.
    pub istio_namespace: String,
    /// The namespaces that the mesh may have to itself, that one among them.
    pub namespaces: Vec<String>,
}

/// What goes together, in the order in which it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// What the control plane made while it ran, and webhooks that nobody answers.
    RuntimeObjects,
    /// The objects of the definitions.
    CustomResources,
    /// The definitions.
    Crds,
    /// The namespaces.
    Namespaces,
}

/// What is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// What the control plane made while it ran.
    pub runtime_objects: Disposition,
    /// The definitions with all their objects.
    pub crds: Disposition,
    /// The namespaces that go, by name.
    pub namespaces: Vec<String>,
}

/// Whether something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// It stays.
    Keep,
    /// It goes.
    Delete,
}

impl Default for Selection {
    /// What may be of use to nobody any more goes; what somebody wrote stays.
    fn default() -> Self {
        Self {
            runtime_objects: Disposition::Delete,
            crds: Disposition::Keep,
            namespaces: Vec::new(),
        }
    }
}

/// What is still there.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where was looked.
    pub scope: CleanupScope,
    /// Control planes that lead the cluster: Deployments in it, or names of those elsewhere.
    pub led_by: Vec<String>,
    /// What a control plane made while it ran, in the order in which it goes.
    pub runtime_objects: Vec<ObjectRef>,
    /// Istio's definitions.
    pub crds: Vec<Crd>,
    /// The mesh's namespaces.
    pub namespaces: Vec<MeshNamespace>,
}

impl Plan {
    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.runtime_objects.is_empty() && self.crds.is_empty() && self.namespaces.is_empty()
    }

    /// What would go of a part.
    pub fn objects(&self, part: Part, selection: &Selection) -> Vec<ObjectRef> {
        let goes = |fate| fate == Disposition::Delete;
        match part {
            Part::RuntimeObjects if goes(selection.runtime_objects) => self.runtime_objects.clone(),
            Part::CustomResources if goes(selection.crds) => {
                let all = self.crds.iter().flat_map(Crd::known);
                all.map(|one| one.object.clone()).collect()
            }
            Part::Crds if goes(selection.crds) => {
                let all = self.crds.iter();
                all.map(|one| one.object.clone()).collect()
            }
            Part::Namespaces => {
                let all = self.namespaces.iter();
                let chosen = all.filter(|namespace| selection.namespaces.contains(&namespace.name));
                chosen
                    .map(|namespace| names::namespace_ref(&namespace.name))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// What a choice leaves in a namespace: with anything there, the namespace stays too.
    ///
    /// # Errors
    /// [`Error::NamespaceNotEmpty`] with the reason when that is not known.
    pub fn foreign_objects(
        &self,
        namespace: &MeshNamespace,
        selection: &Selection,
    ) -> Result<Vec<ObjectRef>, Error> {
        let mut all =
            namespace
                .foreign_objects
                .clone()
                .map_err(|unknown| Error::NamespaceNotEmpty {
                    namespace: namespace.name.clone(),
                    holds: vec![unknown.reason],
                })?;
        let inside = |object: &&ObjectRef| object.namespace.as_deref() == Some(&namespace.name);
        if selection.crds == Disposition::Keep {
            let known = self.crds.iter().flat_map(Crd::known);
            all.extend(known.map(|one| &one.object).filter(inside).cloned());
        }
        if selection.runtime_objects == Disposition::Keep {
            all.extend(self.runtime_objects.iter().filter(inside).cloned());
        }
        Ok(all)
    }
}

/// Looks at a cluster and says what is still there; changes nothing.
///
/// # Errors
/// [`Error::Cluster`].
pub async fn plan(cluster: &Cluster, scope: &CleanupScope) -> Result<Plan, Error> {
    let failed = Error::at(scope.side);
    let led_by = led_by(cluster, &scope.istio_namespace)
        .await
        .map_err(&failed)?;
    let runtime_objects = runtime_objects::find(cluster, &scope.istio_namespace).await;
    let runtime_objects = runtime_objects.map_err(&failed)?;
    let crds = Box::pin(crds::find(cluster)).await.map_err(&failed)?;
    let namespaces = Box::pin(namespaces::find(
        cluster,
        &scope.namespaces,
        &runtime_objects,
    ))
    .await;
    Ok(Plan {
        scope: scope.clone(),
        led_by,
        runtime_objects,
        crds,
        namespaces: namespaces.map_err(failed)?,
    })
}

/// Who leads the cluster: a control plane in it, or one elsewhere that its namespace names.
async fn led_by(cluster: &Cluster, istio_namespace: &str) -> Result<Vec<String>, cluster::Error> {
    let deployments = cluster.list("apps/v1", "Deployment", None, "").await?;
    let planes = deployments.iter().filter(|one| {
        let one = std::slice::from_ref(*one);
        read::control_plane(one).is_some()
    });
    let mut all: Vec<String> = planes.map(|one| one.reference().to_string()).collect();
    let namespace = cluster.get(&names::namespace_ref(istio_namespace)).await?;
    if let Some(namespace) = namespace {
        all.extend(names::led_by(namespace.annotation(names::LED_BY)));
    }
    Ok(all)
}
