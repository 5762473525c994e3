//! Deletes what a mesh left on one cluster after every release and every join is removed.
//!
//! Helm keeps the CRDs of `crds/`, and the objects that a control plane created while it ran belong to no
//! release. [`plan`] finds both, and the mesh's namespaces; [`backup`] writes the CRDs and their custom
//! resources as YAML; [`execute`] deletes the selected parts in the order of [`Part`]. Nothing is deleted
//! while a control plane uses the cluster.

mod backup;
mod crds;
mod execute;
mod namespaces;
mod runtime_objects;

pub use backup::backup;
pub use crds::{Crd, CrdObject, CrdRelease};
pub use execute::execute;
pub use namespaces::MeshNamespace;

use crate::{
    error::Error,
    gather::read,
    istio::{CONTROL_PLANE_CLUSTERS_ANNOTATION, control_plane_clusters},
    membership::names::namespace_ref,
    step::Side,
};
use cluster::{AsUser, Cluster, Identity as _, Kind, ObjectRef};
use wire::job::PhaseName;

/// The cluster of a cleanup, and the namespaces of its mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanupScope {
    /// The cluster.
    pub side: Side,
    /// The namespace of the control plane and the reader.
    pub istio_namespace: String,
    /// All namespaces of the mesh, that one among them.
    pub namespaces: Vec<String>,
}

/// The parts of a cleanup, in the order of their deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The objects that the control plane created while it ran, and webhooks without endpoints.
    RuntimeObjects,
    /// The custom resources of the CRDs.
    CustomResources,
    /// The CRDs.
    Crds,
    /// The namespaces.
    Namespaces,
}

impl Part {
    /// The phase of a job in which the part is deleted.
    pub fn phase(self) -> PhaseName {
        match self {
            Self::RuntimeObjects => PhaseName::RuntimeObjects,
            Self::CustomResources => PhaseName::CustomResources,
            Self::Crds => PhaseName::CrdDeletion,
            Self::Namespaces => PhaseName::Namespaces,
        }
    }
}

/// The parts that are deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The objects that the control plane created while it ran.
    pub runtime_objects: Disposition,
    /// The CRDs with all their custom resources.
    pub crds: Disposition,
    /// The names of the deleted namespaces.
    pub namespaces: Vec<String>,
}

/// Whether a part is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// The part is kept.
    Keep,
    /// The part is deleted.
    Delete,
}

impl Default for Selection {
    /// Deletes the runtime objects, and keeps everything that a user wrote.
    fn default() -> Self {
        Self {
            runtime_objects: Disposition::Delete,
            crds: Disposition::Keep,
            namespaces: Vec::new(),
        }
    }
}

/// The objects that a mesh left.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The cluster and the namespaces.
    pub scope: CleanupScope,
    /// The control planes that use the cluster: Deployments in it, or IDs of clusters elsewhere.
    pub led_by: Vec<String>,
    /// The objects that a control plane created while it ran, and the settings of releases that are gone, in the order
    /// of their deletion.
    pub runtime_objects: Vec<ObjectRef>,
    /// The CRDs of Istio.
    pub crds: Vec<Crd>,
    /// The namespaces of the mesh.
    pub namespaces: Vec<MeshNamespace>,
}

impl Plan {
    /// Whether the mesh left nothing.
    pub fn is_empty(&self) -> bool {
        self.runtime_objects.is_empty() && self.crds.is_empty() && self.namespaces.is_empty()
    }

    /// The objects of a part that a selection deletes.
    pub fn objects(&self, part: Part, selection: &Selection) -> Vec<ObjectRef> {
        let is_deleted = |disposition| disposition == Disposition::Delete;
        match part {
            Part::RuntimeObjects if is_deleted(selection.runtime_objects) => {
                self.runtime_objects.clone()
            }
            Part::CustomResources if is_deleted(selection.crds) => {
                let all = self.crds.iter().flat_map(Crd::known);
                all.map(|listed| listed.object.clone()).collect()
            }
            Part::Crds if is_deleted(selection.crds) => {
                let all = self.crds.iter();
                all.map(|listed| listed.object.clone()).collect()
            }
            Part::Namespaces => {
                let all = self.namespaces.iter();
                let chosen = all.filter(|namespace| selection.namespaces.contains(&namespace.name));
                chosen
                    .map(|namespace| namespace_ref(&namespace.name))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// The objects in a namespace that a selection keeps; with any, the namespace is kept too.
    ///
    /// # Errors
    /// [`Error::NamespaceNotEmpty`] with the reason when they are not known.
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
                    objects: vec![unknown.reason],
                })?;
        let is_inside = |object: &&ObjectRef| object.namespace.as_deref() == Some(&namespace.name);
        if selection.crds == Disposition::Keep {
            let known = self.crds.iter().flat_map(Crd::known);
            all.extend(
                known
                    .map(|listed| &listed.object)
                    .filter(is_inside)
                    .cloned(),
            );
        }
        if selection.runtime_objects == Disposition::Keep {
            all.extend(self.runtime_objects.iter().filter(is_inside).cloned());
        }
        Ok(all)
    }
}

/// Reads a cluster and finds what its mesh left; changes nothing.
///
/// # Errors
/// [`Error::Cluster`].
pub async fn plan(user: &AsUser, scope: &CleanupScope) -> Result<Plan, Error> {
    let cluster = user.cluster();
    let failed = Error::at(scope.side);
    let led_by = control_planes(cluster, &scope.istio_namespace)
        .await
        .map_err(&failed)?;
    let runtime_objects = runtime_objects::find(cluster, &scope.istio_namespace).await;
    let mut runtime_objects = runtime_objects.map_err(&failed)?;
    let orphans = runtime_objects::orphans_of_releases(cluster, &scope.namespaces).await;
    runtime_objects.extend(orphans.map_err(&failed)?);
    let crds = crds::find(cluster).await.map_err(&failed)?;
    let namespaces = namespaces::find(cluster, &scope.namespaces, &runtime_objects).await;
    Ok(Plan {
        scope: scope.clone(),
        led_by,
        runtime_objects,
        crds,
        namespaces: namespaces.map_err(failed)?,
    })
}

/// The control planes that use the cluster: in it, or elsewhere by the annotation of its namespace.
async fn control_planes(
    cluster: &Cluster,
    istio_namespace: &str,
) -> Result<Vec<String>, cluster::Error> {
    let deployments = cluster.list_objects(Kind::DEPLOYMENT, None, "").await?;
    let mut all = Vec::new();
    for deployment in &deployments {
        if read::control_plane(std::slice::from_ref(deployment))?.is_some() {
            all.push(deployment.reference().to_string());
        }
    }
    let namespace = cluster.get(&namespace_ref(istio_namespace)).await?;
    if let Some(namespace) = namespace {
        all.extend(control_plane_clusters(
            namespace.annotation(CONTROL_PLANE_CLUSTERS_ANNOTATION),
        ));
    }
    Ok(all)
}
