//! The objects that a mesh leaves on a cluster, and the parts that a cleanup deletes. Start at
//! [`CleanupPlanView`].

use crate::{ClusterName, MeshName, ObjectName, Problem, ReviewRef};
use serde::{Deserialize, Serialize};

/// The objects that a mesh left on one of its clusters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanupPlanView {
    /// What is shown, to delete parts of exactly that; none when it is blocked.
    pub review: Option<ReviewRef>,
    /// The mesh.
    pub mesh: MeshName,
    /// The cluster.
    pub cluster: ClusterName,
    /// The objects that a control plane created while it ran, webhooks without endpoints, and the settings of releases
    /// that another tool uninstalled.
    pub runtime_objects: Vec<ObjectName>,
    /// The CRDs of Istio.
    pub crds: Vec<CrdView>,
    /// The namespaces of the mesh.
    pub namespaces: Vec<MeshNamespaceView>,
    /// The problem that blocks the cleanup.
    pub problem: Option<Problem>,
}

/// A CRD of Istio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrdView {
    /// The name, `gateways.networking.istio.io`.
    pub name: String,
    /// The number of custom resources in each namespace; "" for those without a namespace.
    pub objects: Vec<(String, u32)>,
    /// The Helm releases that use the CRD.
    pub users: Vec<CrdReleaseView>,
    /// The reason why its custom resources cannot be read.
    pub unreadable: Option<String>,
}

/// A Helm release that uses a CRD.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CrdReleaseView {
    /// Its name.
    pub release: String,
    /// The namespace; empty when only the label of an older chart names the release.
    pub namespace: String,
    /// The number of custom resources of the release.
    pub objects: u32,
    /// Whether the release is still installed.
    pub installed: bool,
}

/// A namespace of the mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshNamespaceView {
    /// Its name.
    pub name: String,
    /// The objects of users in it.
    pub foreign_objects: Vec<ObjectName>,
    /// The custom resources in it; the namespace can be deleted only together with the CRDs.
    pub custom_resources: u32,
    /// The runtime objects in it; the namespace can be deleted only together with them.
    pub runtime_objects: u32,
    /// The reason why its objects are unknown.
    pub unknown: Option<String>,
}

impl MeshNamespaceView {
    /// Whether the namespace can be deleted with a selection: no kept object would be in it.
    pub fn can_be_deleted(&self, runtime_objects: bool, crds: bool) -> bool {
        let others = self.unknown.is_none() && self.foreign_objects.is_empty();
        others
            && (crds || self.custom_resources == 0)
            && (runtime_objects || self.runtime_objects == 0)
    }
}

impl CleanupPlanView {
    /// Whether the mesh left nothing.
    pub fn is_empty(&self) -> bool {
        self.runtime_objects.is_empty() && self.crds.is_empty() && self.namespaces.is_empty()
    }
}

/// The parts that a cleanup deletes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanupRequest {
    /// The mesh.
    pub mesh: MeshName,
    /// The cluster.
    pub cluster: ClusterName,
    /// Whether the runtime objects are deleted.
    #[serde(alias = "made")]
    pub runtime_objects: bool,
    /// Whether the CRDs are deleted with all their custom resources, after a backup.
    #[serde(alias = "definitions")]
    pub crds: bool,
    /// The namespaces that are deleted.
    pub namespaces: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_goes_only_with_everything_in_it() {
        let namespace = MeshNamespaceView {
            name: "istio-system".into(),
            foreign_objects: Vec::new(),
            custom_resources: 1,
            runtime_objects: 2,
            unknown: None,
        };
        assert!(namespace.can_be_deleted(true, true));
        assert!(!namespace.can_be_deleted(true, false) && !namespace.can_be_deleted(false, true));
        let unknown = MeshNamespaceView {
            unknown: Some("forbidden".into()),
            ..namespace.clone()
        };
        assert!(!unknown.can_be_deleted(true, true));
    }
}
