//! What a mesh leaves on a cluster, and what of it is to go. Start at [`ClearPlanView`].

use crate::{ClusterName, MeshName, ObjectName, Problem};
use serde::{Deserialize, Serialize};

/// What is left of a mesh on one of its clusters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearPlanView {
    /// The mesh.
    pub mesh: MeshName,
    /// The cluster.
    pub cluster: ClusterName,
    /// What a control plane made while it ran, and webhooks that nobody answers.
    pub made: Vec<ObjectName>,
    /// Istio's definitions.
    pub definitions: Vec<DefinitionView>,
    /// The mesh's namespaces.
    pub homes: Vec<HomeView>,
    /// Why nothing can go now.
    pub problem: Option<Problem>,
}

/// A definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionView {
    /// Its name, `gateways.networking.istio.io`.
    pub name: String,
    /// How many objects there are in each namespace; "" for those of none.
    pub objects: Vec<(String, u32)>,
    /// Helm releases that brought it or objects of it.
    pub users: Vec<UsedBy>,
    /// Why its objects cannot be read.
    pub unread: Option<String>,
}

/// A Helm release that uses a definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UsedBy {
    /// Its name.
    pub release: String,
    /// Its namespace; empty when only the mark of an old Helm is there.
    pub namespace: String,
    /// How many objects of the definition are its.
    pub objects: u32,
    /// Whether the release is still there.
    pub stands: bool,
}

/// A namespace that the mesh may have to itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeView {
    /// Its name.
    pub name: String,
    /// What somebody else put there.
    pub holds: Vec<ObjectName>,
    /// Objects of the definitions in it: with them there it goes only when the definitions go.
    pub objects: u32,
    /// Objects in it that a control plane made: with them there it goes only when they go.
    pub made: u32,
    /// Why it is not known what lives there.
    pub unknown: Option<String>,
}

impl HomeView {
    /// Whether it can go along with such a choice: nothing would be left in it.
    pub fn is_free(&self, made: bool, definitions: bool) -> bool {
        let others = self.unknown.is_none() && self.holds.is_empty();
        others && (definitions || self.objects == 0) && (made || self.made == 0)
    }
}

impl ClearPlanView {
    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty() && self.definitions.is_empty() && self.homes.is_empty()
    }
}

/// What is to go of what is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearRequest {
    /// The mesh.
    pub mesh: MeshName,
    /// The cluster.
    pub cluster: ClusterName,
    /// Whether what a control plane made goes.
    pub made: bool,
    /// Whether the definitions go, with all their objects, which are saved first.
    pub definitions: bool,
    /// The namespaces that go.
    pub namespaces: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_goes_only_with_everything_in_it() {
        let home = HomeView {
            name: "istio-system".into(),
            holds: Vec::new(),
            objects: 1,
            made: 2,
            unknown: None,
        };
        assert!(home.is_free(true, true));
        assert!(!home.is_free(true, false) && !home.is_free(false, true));
        let unknown = HomeView {
            unknown: Some("forbidden".into()),
            ..home.clone()
        };
        assert!(!unknown.is_free(true, true));
    }
}
