//! The kinds of jobs and their subjects; one job at a time runs on a subject.

use crate::{ChartName, ClusterName, Namespace, ReleaseName, release::ReleaseRef};
use serde::{Deserialize, Serialize};

/// The kind of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobKind {
    /// Installs a chart.
    Install,
    /// Upgrades a release to its next revision.
    Upgrade,
    /// Rolls a release back to an earlier revision.
    Rollback,
    /// Runs the tests of a release.
    Test,
    /// Marks a revision as failed that an interrupted operation left pending.
    MarkFailed,
    /// Uninstalls a release.
    Uninstall,
    /// Joins a remote to a primary.
    Join,
    /// Rotates the token of a remote's reader.
    Rotate,
    /// Puts the token back that a remote's reader had before its last rotation.
    RestoreToken,
    /// Adopts the join of another tool.
    Adopt,
    /// Removes the marks of an adoption.
    UndoAdoption,
    /// Removes a remote from its mesh.
    Leave,
    /// Executes the remedy of a check on a cluster.
    Repair,
    /// Deletes what a mesh left on a cluster.
    #[serde(alias = "Clear")]
    Cleanup,
    /// Installs the releases of a bundle.
    InstallBundle,
    /// Uninstalls the releases of a bundle, in reverse order.
    UninstallBundle,
}

impl JobKind {
    /// The verb of the kind, as its title in English begins.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Upgrade => "upgrade",
            Self::Rollback => "roll back",
            Self::Test => "test",
            Self::MarkFailed => "mark as failed",
            Self::Uninstall => "uninstall",
            Self::Join => "join",
            Self::Rotate => "rotate",
            Self::RestoreToken => "restore the token",
            Self::Adopt => "adopt",
            Self::UndoAdoption => "undo the adoption",
            Self::Leave => "leave",
            Self::Repair => "repair",
            Self::Cleanup => "cleanup",
            Self::InstallBundle => "install",
            Self::UninstallBundle => "uninstall",
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

/// The releases of a bundle in a namespace of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BundleRef {
    /// The cluster.
    pub cluster: ClusterName,
    /// The namespace.
    pub namespace: Namespace,
    /// The card of the catalog that installs them.
    pub bundle: ChartName,
    /// The releases, in the order of their installation.
    pub releases: Vec<ReleaseName>,
}

impl BundleRef {
    /// One of the releases.
    pub fn release(&self, release: &ReleaseName) -> ReleaseRef {
        ReleaseRef {
            cluster: self.cluster.clone(),
            namespace: self.namespace.clone(),
            release: release.clone(),
        }
    }

    /// Whether a release is one of the bundle.
    fn has(&self, at: &ReleaseRef) -> bool {
        self.cluster == at.cluster
            && self.namespace == at.namespace
            && self.releases.contains(&at.release)
    }

    /// Whether both have a release in common.
    fn overlaps(&self, other: &Self) -> bool {
        self.releases
            .iter()
            .any(|release| other.has(&self.release(release)))
    }
}

/// The subject of a job. One job at a time runs on a subject.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Subject {
    /// A release.
    Release(ReleaseRef),
    /// The releases of a bundle.
    Bundle(BundleRef),
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
            Self::Bundle(bundle) => &bundle.cluster,
            Self::Member(member) => &member.remote,
            Self::Cluster(cluster) => cluster,
        }
    }

    /// Whether the subject involves a cluster.
    pub fn touches(&self, cluster: &ClusterName) -> bool {
        match self {
            Self::Release(at) => at.cluster == *cluster,
            Self::Bundle(bundle) => bundle.cluster == *cluster,
            Self::Member(member) => member.primary == *cluster || member.remote == *cluster,
            Self::Cluster(own) => own == cluster,
        }
    }

    /// Whether a job on this subject is one on the other: the same subject, or a bundle with the release.
    pub fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bundle(bundle), Self::Release(at)) => bundle.has(at),
            _ => self == other,
        }
    }

    /// Whether jobs on both subjects must not run at the same time.
    pub fn clashes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Cluster(cluster), at) | (at, Self::Cluster(cluster)) => at.touches(cluster),
            (Self::Bundle(bundle), Self::Release(at))
            | (Self::Release(at), Self::Bundle(bundle)) => bundle.has(at),
            (Self::Bundle(bundle), Self::Bundle(other)) => bundle.overlaps(other),
            _ => self == other,
        }
    }

    /// The release, if the subject is one.
    pub fn release(&self) -> Option<&ReleaseRef> {
        match self {
            Self::Release(at) => Some(at),
            Self::Bundle(_) | Self::Member(_) | Self::Cluster(_) => None,
        }
    }

    /// The bundle, if the subject is one.
    pub fn bundle(&self) -> Option<&BundleRef> {
        match self {
            Self::Bundle(bundle) => Some(bundle),
            _ => None,
        }
    }

    /// The display name: of the release, of the bundle, of the primary cluster or of the cluster.
    pub fn name(&self) -> &str {
        match self {
            Self::Release(at) => at.release.as_str(),
            Self::Bundle(bundle) => bundle.bundle.as_str(),
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
    fn a_job_on_a_bundle_clashes_with_jobs_on_its_releases() {
        let bundle = BundleRef {
            cluster: ClusterName::new("east").expect("a name"),
            namespace: Namespace::new("istio-system").expect("a name"),
            bundle: ChartName::new("ack-istio").expect("a name"),
            releases: vec![ReleaseName::new("istiod").expect("a name")],
        };
        let release =
            |name: &str| Subject::Release(bundle.release(&ReleaseName::new(name).expect("a name")));
        let subject = Subject::Bundle(bundle.clone());
        assert!(subject.clashes(&release("istiod")) && release("istiod").clashes(&subject));
        assert!(!subject.clashes(&release("bookinfo")));
        let text = serde_json::to_string(&subject).expect("a text");
        let read: Subject = serde_json::from_str(&text).expect("read");
        assert_eq!(read, subject);
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
