//! The kinds of jobs and their subjects; one job at a time runs on a subject.

use crate::{ClusterName, release::ReleaseRef};
use serde::{Deserialize, Serialize};

/// The kind of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobKind {
    /// Installs a chart.
    Install,
    /// Upgrades a release to its next revision.
    Upgrade,
    /// Uninstalls a release.
    Uninstall,
    /// Joins a remote to a primary.
    Join,
    /// Rotates the token of a remote's reader.
    Rotate,
    /// Puts the token back that a remote's reader had before its last rotation.
    RestoreToken,
    /// Removes a remote from its mesh.
    Leave,
    /// Deletes what a mesh left on a cluster.
    #[serde(alias = "Clear")]
    Cleanup,
}

impl JobKind {
    /// The verb of the kind, as its title in English begins.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Upgrade => "upgrade",
            Self::Uninstall => "uninstall",
            Self::Join => "join",
            Self::Rotate => "rotate",
            Self::RestoreToken => "restore the token",
            Self::Leave => "leave",
            Self::Cleanup => "cleanup",
        }
    }
}

/// A remote cluster as a member of a mesh, with the primary cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MemberRef {
    /// The cluster with the control plane.
    pub primary: ClusterName,
    /// The cluster that the control plane reads.
    pub remote: ClusterName,
}

/// The subject of a job. One job at a time runs on a subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Subject {
    /// A release.
    Release(ReleaseRef),
    /// The membership of a cluster in a mesh.
    Member(MemberRef),
    /// A whole cluster: no other job runs on it at the same time.
    Cluster(ClusterName),
}

impl Subject {
    /// The cluster of the subject.
    pub fn cluster(&self) -> &ClusterName {
        match self {
            Self::Release(at) => &at.cluster,
            Self::Member(member) => &member.remote,
            Self::Cluster(cluster) => cluster,
        }
    }

    /// Whether the subject involves a cluster.
    pub fn touches(&self, cluster: &ClusterName) -> bool {
        match self {
            Self::Release(at) => at.cluster == *cluster,
            Self::Member(member) => member.primary == *cluster || member.remote == *cluster,
            Self::Cluster(own) => own == cluster,
        }
    }

    /// Whether jobs on both subjects must not run at the same time.
    pub fn clashes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Cluster(cluster), at) | (at, Self::Cluster(cluster)) => at.touches(cluster),
            _ => self == other,
        }
    }

    /// The release, if the subject is one.
    pub fn release(&self) -> Option<&ReleaseRef> {
        match self {
            Self::Release(at) => Some(at),
            Self::Member(_) | Self::Cluster(_) => None,
        }
    }

    /// The display name: of the release, of the primary cluster or of the cluster.
    pub fn name(&self) -> &str {
        match self {
            Self::Release(at) => at.release.as_str(),
            Self::Member(member) => member.primary.as_str(),
            Self::Cluster(cluster) => cluster.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_on_a_cluster_clashes_with_every_job_on_it() {
        let name = |name: &str| ClusterName::new(name).expect("a name");
        let cluster = Subject::Cluster(name("east"));
        let member = Subject::Member(MemberRef {
            primary: name("east"),
            remote: name("west"),
        });
        assert!(cluster.clashes(&member) && member.clashes(&cluster));
        assert!(cluster.clashes(&cluster) && member.clashes(&member));
        assert!(!cluster.clashes(&Subject::Cluster(name("west"))));
    }

    #[test]
    fn a_subject_is_deserialized_as_it_was_serialized() {
        let cluster = Subject::Cluster(ClusterName::new("east").expect("a name"));
        let text = serde_json::to_string(&cluster).expect("a text");
        assert_eq!(text, "\"east\"");
        assert_eq!(
            serde_json::from_str::<Subject>(&text).expect("read"),
            cluster
        );
    }
}
