//! The clusters of a new mesh: what is known of each, and what speaks against a selection.
//!
//! The page and the server apply the same rules; the server decides. Start at [`inspect`].

use super::NewMeshRequest;
use crate::{
    BadName, ClusterName, MeshName,
    catalog::VersionsView,
    cluster::{ClusterState, MeshMembership, Role},
    range::Range,
};
use serde::{Deserialize, Serialize};

/// A registered cluster that a mesh may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshCandidate {
    /// The name.
    pub name: ClusterName,
    /// Its state.
    pub state: ClusterState,
    /// The Kubernetes version, as far as it is known.
    pub version: Option<String>,
    /// The role that its charts give it.
    pub role: Option<Role>,
    /// The name of its network; none when it has none, or when it is unknown.
    pub network: Option<String>,
    /// The pod CIDRs, as far as they are known.
    pub pods: Vec<String>,
    /// The service CIDRs, as far as they are known.
    pub services: Vec<String>,
    /// Its memberships in meshes of this console.
    pub meshes: Vec<MeshMembership>,
}

/// What a new mesh is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshOptionsView {
    /// The clusters, by name.
    pub candidates: Vec<MeshCandidate>,
    /// The names of the meshes of this console.
    pub names: Vec<MeshName>,
    /// The versions of Istio that a mesh may have.
    pub istio: VersionsView,
}

impl MeshOptionsView {
    fn candidate(&self, name: &ClusterName) -> Option<&MeshCandidate> {
        self.candidates.iter().find(|known| known.name == *name)
    }
}

/// Which addresses of two clusters overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RangeKind {
    /// Those of pods.
    Pods,
    /// Those of Services.
    Services,
}

/// What speaks against a new mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeshFinding {
    /// The name is invalid.
    BadName(BadName),
    /// A mesh of this name exists.
    NameTaken(MeshName),
    /// No primary is selected.
    NoPrimary,
    /// No remote is selected.
    NoRemote,
    /// A cluster is selected twice.
    Twice(ClusterName),
    /// A cluster is not registered any more.
    NotRegistered(ClusterName),
    /// The stored cluster cannot be used.
    Unusable(ClusterName),
    /// A cluster is unreachable.
    Unreachable(ClusterName),
    /// A cluster is a member of another mesh.
    InMesh(ClusterName, MeshMembership),
    /// Two clusters on one network use the same addresses.
    Overlap {
        /// The cluster.
        cluster: ClusterName,
        /// The other one, which is selected before it.
        other: ClusterName,
        /// The addresses.
        kind: RangeKind,
        /// The range of the cluster.
        range: String,
        /// The range of the other one.
        other_range: String,
    },
}

impl MeshFinding {
    /// Whether the mesh cannot be created; the other findings are warnings that an operator may accept.
    pub fn is_blocking(&self) -> bool {
        !matches!(
            self,
            Self::Unreachable(_) | Self::InMesh(..) | Self::Overlap { .. }
        )
    }

    /// The cluster that it concerns; none when it concerns the name or the number of clusters.
    pub fn cluster(&self) -> Option<&ClusterName> {
        match self {
            Self::BadName(_) | Self::NameTaken(_) | Self::NoPrimary | Self::NoRemote => None,
            Self::Twice(cluster)
            | Self::NotRegistered(cluster)
            | Self::Unusable(cluster)
            | Self::Unreachable(cluster)
            | Self::InMesh(cluster, _)
            | Self::Overlap { cluster, .. } => Some(cluster),
        }
    }
}

/// The clusters that are selected for a new mesh.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeshSelection {
    /// The name of the mesh.
    pub name: String,
    /// The cluster with the control plane.
    pub primary: Option<ClusterName>,
    /// The remotes, in the order in which they join.
    pub remotes: Vec<ClusterName>,
}

impl From<&NewMeshRequest> for MeshSelection {
    fn from(request: &NewMeshRequest) -> Self {
        Self {
            name: request.name.clone(),
            primary: Some(request.primary.clone()),
            remotes: request.remotes.clone(),
        }
    }
}

/// What speaks against a selection: findings of the name first, then of each cluster.
pub fn inspect(selection: &MeshSelection, options: &MeshOptionsView) -> Vec<MeshFinding> {
    let mut findings = Vec::new();
    match MeshName::new(selection.name.trim()) {
        Err(error) => findings.push(MeshFinding::BadName(error)),
        Ok(name) if options.names.contains(&name) => findings.push(MeshFinding::NameTaken(name)),
        Ok(_) => {}
    }
    if selection.primary.is_none() {
        findings.push(MeshFinding::NoPrimary);
    }
    if selection.remotes.is_empty() {
        findings.push(MeshFinding::NoRemote);
    }
    let mut before: Vec<&MeshCandidate> = Vec::new();
    for name in selection.primary.iter().chain(&selection.remotes) {
        let Some(candidate) = options.candidate(name) else {
            findings.push(MeshFinding::NotRegistered(name.clone()));
            continue;
        };
        if before.iter().any(|other| other.name == *name) {
            findings.push(MeshFinding::Twice(name.clone()));
            continue;
        }
        findings.extend(of_cluster(candidate));
        for other in &before {
            findings.extend(overlaps(candidate, other));
        }
        before.push(candidate);
    }
    findings
}

/// What speaks against one cluster.
fn of_cluster(candidate: &MeshCandidate) -> Vec<MeshFinding> {
    let name = &candidate.name;
    let state = match &candidate.state {
        ClusterState::Ready | ClusterState::Connecting => None,
        ClusterState::Unreachable(_) => Some(MeshFinding::Unreachable(name.clone())),
        ClusterState::Unusable(_) => Some(MeshFinding::Unusable(name.clone())),
    };
    let memberships = candidate.meshes.iter();
    let memberships = memberships.map(|mesh| MeshFinding::InMesh(name.clone(), mesh.clone()));
    state.into_iter().chain(memberships).collect()
}

/// The ranges of two clusters that overlap, unless the clusters are on different networks.
fn overlaps(candidate: &MeshCandidate, other: &MeshCandidate) -> Vec<MeshFinding> {
    if let (Some(network), Some(other_network)) = (&candidate.network, &other.network)
        && network != other_network
    {
        return Vec::new();
    }
    let kinds = [
        (RangeKind::Pods, &candidate.pods, &other.pods),
        (RangeKind::Services, &candidate.services, &other.services),
    ];
    let first_overlap = |(kind, ranges, others): (RangeKind, &Vec<String>, &Vec<String>)| {
        let pairs = ranges
            .iter()
            .flat_map(|range| others.iter().map(move |other| (range, other)));
        let mut overlapping = pairs.filter(|(range, other)| overlap(range, other));
        let (range, other_range) = overlapping.next()?;
        Some(MeshFinding::Overlap {
            cluster: candidate.name.clone(),
            other: other.name.clone(),
            kind,
            range: range.clone(),
            other_range: other_range.clone(),
        })
    };
    kinds.into_iter().filter_map(first_overlap).collect()
}

/// Whether two ranges share an address; what is no range shares none.
fn overlap(range: &str, other: &str) -> bool {
    match (Range::new(range), Range::new(other)) {
        (Ok(range), Ok(other)) => range.overlaps(&other),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Problem};

    fn name(text: &str) -> ClusterName {
        ClusterName::new(text).expect("a name")
    }

    fn candidate(cluster: &str, pods: &str, network: Option<&str>) -> MeshCandidate {
        MeshCandidate {
            name: name(cluster),
            state: ClusterState::Ready,
            version: None,
            role: None,
            network: network.map(str::to_owned),
            pods: vec![pods.to_owned()],
            services: Vec::new(),
            meshes: Vec::new(),
        }
    }

    fn selection(mesh: &str, primary: Option<&str>, remotes: &[&str]) -> MeshSelection {
        MeshSelection {
            name: mesh.to_owned(),
            primary: primary.map(name),
            remotes: remotes.iter().map(|remote| name(remote)).collect(),
        }
    }

    fn options(candidates: Vec<MeshCandidate>) -> MeshOptionsView {
        MeshOptionsView {
            candidates,
            istio: VersionsView::default(),
            names: vec![MeshName::new("shop").expect("a name")],
        }
    }

    #[test]
    fn the_name_and_the_number_of_clusters_are_inspected() {
        let options = options(vec![
            candidate("east", "10.1.0.0/16", None),
            candidate("west", "10.2.0.0/16", None),
        ]);
        let found = inspect(&selection("", None, &[]), &options);
        assert_eq!(
            found,
            [
                MeshFinding::BadName(BadName::Empty),
                MeshFinding::NoPrimary,
                MeshFinding::NoRemote
            ]
        );
        let found = inspect(&selection(" shop ", Some("east"), &["west"]), &options);
        let shop = options.names[0].clone();
        assert_eq!(found, [MeshFinding::NameTaken(shop)]);
        let found = inspect(&selection("new", Some("east"), &["east", "gone"]), &options);
        assert_eq!(
            found,
            [
                MeshFinding::Twice(name("east")),
                MeshFinding::NotRegistered(name("gone"))
            ]
        );
        assert!(found.iter().all(MeshFinding::is_blocking));
        assert_eq!(
            inspect(&selection("new", Some("east"), &["west"]), &options),
            []
        );
    }

    #[test]
    fn an_unreachable_cluster_and_a_member_of_another_mesh_are_warnings() {
        let mut east = candidate("east", "10.1.0.0/16", None);
        east.state = ClusterState::Unreachable(Problem::new(Code::Unreachable));
        let mut west = candidate("west", "10.2.0.0/16", None);
        let membership = MeshMembership {
            mesh: MeshName::new("shop").expect("a name"),
            role: Role::Remote,
        };
        west.meshes.push(membership.clone());
        let mut broken = candidate("broken", "10.3.0.0/16", None);
        broken.state = ClusterState::Unusable(Problem::new(Code::UnusableCluster));
        let options = options(vec![east, west, broken]);
        let found = inspect(
            &selection("new", Some("east"), &["west", "broken"]),
            &options,
        );
        assert_eq!(
            found,
            [
                MeshFinding::Unreachable(name("east")),
                MeshFinding::InMesh(name("west"), membership),
                MeshFinding::Unusable(name("broken")),
            ]
        );
        let blocking: Vec<bool> = found.iter().map(MeshFinding::is_blocking).collect();
        assert_eq!(blocking, [false, false, true]);
    }

    #[test]
    fn ranges_overlap_on_one_network_only() {
        let found = |network: Option<&str>, other_network: Option<&str>| {
            let options = options(vec![
                candidate("east", "10.1.0.0/16", network),
                candidate("west", "10.1.4.0/24", other_network),
                candidate("north", "10.9.0.0/16", None),
            ]);
            inspect(
                &selection("new", Some("east"), &["west", "north"]),
                &options,
            )
        };
        let overlap = MeshFinding::Overlap {
            cluster: name("west"),
            other: name("east"),
            kind: RangeKind::Pods,
            range: "10.1.4.0/24".to_owned(),
            other_range: "10.1.0.0/16".to_owned(),
        };
        assert_eq!(found(None, None), std::slice::from_ref(&overlap));
        assert_eq!(found(Some("n1"), None), std::slice::from_ref(&overlap));
        assert_eq!(found(Some("n1"), Some("n1")), [overlap]);
        assert_eq!(found(Some("n1"), Some("n2")), []);
    }
}
