//! What a mesh leaves on a cluster, and what of it is to go. Start at [`CleanupPlanView`].

use crate::{ClusterName, MeshName, ObjectName, Problem};
use serde::{Deserialize, Serialize};

/// What is left of a mesh on one of its clusters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanupPlanView {
    /// The mesh.
    pub mesh: MeshName,
    /// The cluster.
    pub cluster: ClusterName,
    /// What a control plane made while it ran, and webhooks that nobody answers.
    pub runtime_objects: Vec<ObjectName>,
    /// Istio's definitions.
    pub crds: Vec<CrdView>,
    /// The mesh's namespaces.
    pub namespaces: Vec<MeshNamespaceView>,
    /// Why nothing can go now.
    pub problem: Option<Problem>,
}

/// A definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrdView {
    /// Its name, `gateways.networking.istio.io`.
    pub name: String,
    /// How many objects there are in each namespace; "" for those of none.
    pub objects: Vec<(String, u32)>,
    /// Helm releases that brought it or objects of it.
    pub users: Vec<CrdReleaseView>,
    /// Why its objects cannot be read.
    pub unreadable: Option<String>,
}

/// A Helm release that uses a definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CrdReleaseView {
    /// Its name.
    pub release: String,
    /// Its namespace; empty when only the mark of an old Helm is there.
    pub namespace: String,
    /// How many objects of the definition are its.
    pub objects: u32,
    /// Whether the release is still there.
    pub installed: bool,
}

/// A namespace that the mesh may have to itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshNamespaceView {
    /// Its name.
    pub name: String,
    /// What somebody else put there.
    pub foreign_objects: Vec<ObjectName>,
    /// Objects of the definitions in it: with them there it goes only when the definitions go.
    pub custom_resources: u32,
    /// Objects in it that a control plane made: with them there it goes only when they go.
    pub runtime_objects: u32,
    /// Why it is not known what lives there.
    pub unknown: Option<String>,
}

impl MeshNamespaceView {
    /// Whether it can go along with such a choice: nothing would be left in it.
    pub fn can_be_deleted(&self, runtime_objects: bool, crds: bool) -> bool {
        let others = self.unknown.is_none() && self.foreign_objects.is_empty();
        others
            && (crds || self.custom_resources == 0)
            && (runtime_objects || self.runtime_objects == 0)
    }
}

impl CleanupPlanView {
    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.runtime_objects.is_empty() && self.crds.is_empty() && self.namespaces.is_empty()
    }
}

/// What is to go of what is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanupRequest {
    /// The mesh.
    pub mesh: MeshName,
    /// The cluster.
    pub cluster: ClusterName,
    /// Whether what a control plane made goes.
    #[serde(alias = "made")]
    pub runtime_objects: bool,
    /// Whether the definitions go, with all their objects, which are saved first.
    #[serde(alias = "definitions")]
    pub crds: bool,
    /// The namespaces that go.
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
