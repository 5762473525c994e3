//! The errors of use cases.

use wire::{DraftId, JobId};

/// The error of a use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller lacks the permission.
    #[error("{action} is not permitted")]
    NotPermitted {
        /// The action.
        action: &'static str,
    },
    /// The caller has no session.
    #[error("the caller has no session")]
    NotLoggedIn,
    /// The caller has no such session.
    #[error("there is no session {0}")]
    NoSession(String),
    /// No such cluster is registered.
    #[error("there is no cluster {0}")]
    NoCluster(String),
    /// The cluster is no sandbox.
    #[error("the cluster {0} is no sandbox")]
    NoSandbox(String),
    /// A stored cluster cannot be used.
    #[error("cluster {cluster} cannot be used")]
    UnusableCluster {
        /// The cluster.
        cluster: wire::ClusterName,
        /// Why.
        #[source]
        cause: std::sync::Arc<Error>,
    },
    /// A release has no such object, or the object no such pod.
    #[error("the release has no {0}")]
    NoObject(String),
    /// No such draft.
    #[error("there is no draft {0}")]
    NoDraft(DraftId),
    /// The draft was changed since the caller read it.
    #[error("draft {0} was changed meanwhile")]
    DraftChanged(DraftId),
    /// The release has a newer revision than the one that an upgrade was prepared for.
    #[error(
        "release {release} has revision {newest}; the upgrade was prepared for revision {revision}"
    )]
    ReleaseChanged {
        /// The release.
        release: wire::release::ReleaseRef,
        /// The revision that the upgrade was prepared for.
        revision: u32,
        /// The newest revision.
        newest: u32,
    },
    /// An upgrade with another chart than the one that is installed.
    #[error("release {release} was installed from chart {installed}, not {chart}")]
    OtherChart {
        /// The release.
        release: wire::release::ReleaseRef,
        /// The name of the installed chart.
        installed: String,
        /// The chart of the request.
        chart: wire::ChartRef,
    },
    /// Values of an upgrade differ from a default that changed, and the operator has not decided about them.
    #[error("no decision about the values {}", keys.join(", "))]
    ValuesConflicts {
        /// Their keys.
        keys: Vec<String>,
    },
    /// The target of an upgrade cannot be changed.
    #[error("the draft upgrades release {0}")]
    TargetFixed(String),
    /// What is executed was changed since it was shown.
    #[error("{} changed since the plan was shown", if objects.is_empty() { "the plan".to_owned() } else { objects.join(", ") })]
    PlanChanged {
        /// The objects that differ, with their clusters.
        objects: Vec<String>,
    },
    /// The plan was shown too long ago, or never.
    #[error("the plan has to be shown again")]
    NoReview,
    /// The operator has not decided about fields that other managers own, or objects that have to be recreated.
    #[error("{count} choices of the review are not made")]
    Undecided {
        /// The number of missing choices.
        count: usize,
    },
    /// The operator did not type the name that confirms the start.
    #[error("the start was not confirmed with the name {name}")]
    NotConfirmed {
        /// The name.
        name: String,
    },
    /// A check failed, or has a warning that was not accepted.
    #[error("checks block the installation: {checks:?}")]
    ChecksFailed {
        /// The checks.
        checks: Vec<wire::check::CheckCode>,
    },
    /// The job succeeded, was resumed, or a later job worked on the same subject.
    #[error("job {0} cannot be resumed")]
    NotResumable(JobId),
    /// An older version made the draft or job: it has no seed for random values.
    #[error("the draft has no seed for random values and has to be reviewed again")]
    ReviewAgain,
    /// No such job.
    #[error("there is no job {0}")]
    NoJob(JobId),
    /// No such mesh.
    #[error("there is no mesh {0}")]
    NoMesh(wire::MeshName),
    /// No cluster of the mesh has such a Service.
    #[error("no cluster of the mesh has a Service {0}")]
    NoService(String),
    /// The Prometheus server of a mesh could not be asked.
    #[error("the Prometheus server of the mesh could not be asked")]
    Prometheus(#[from] ::mesh::traffic::PrometheusError),
    /// The mesh has as many pinned Services as it can have.
    #[error("mesh {mesh} has {max} pinned Services already")]
    TooManyPinned {
        /// The mesh.
        mesh: wire::MeshName,
        /// The pinned Services that a mesh can have.
        max: usize,
    },
    /// A mesh of that name exists.
    #[error("mesh {0} exists already")]
    MeshExists(wire::MeshName),
    /// An invalid mesh: a cluster is listed twice, or there is no remote.
    #[error("the mesh has {}", cluster.as_ref().map_or("no remote".to_owned(), |name| format!("{name} twice")))]
    BadMesh {
        /// The cluster that is listed twice; none when there is no remote.
        cluster: Option<wire::ClusterName>,
    },
    /// A new mesh has warnings that the operator did not accept.
    #[error("the mesh has {count} warnings that were not accepted")]
    MeshWarnings {
        /// The number of warnings.
        count: usize,
        /// The clusters with a warning.
        clusters: std::collections::BTreeSet<wire::ClusterName>,
    },
    /// A step of the mesh is not undone on a cluster that is to be cleaned up.
    #[error("{step} is still installed on cluster {cluster}")]
    StepNotUndone {
        /// The name of a release, or `join`.
        step: String,
        /// The cluster.
        cluster: wire::ClusterName,
    },
    /// The cluster is in another mesh too.
    #[error("cluster {cluster} is in mesh {mesh} too")]
    ClusterInMesh {
        /// The cluster.
        cluster: wire::ClusterName,
        /// The other mesh.
        mesh: wire::MeshName,
    },
    /// The job has no backup.
    #[error("there is no backup of job {0}")]
    NoBackup(JobId),
    /// A backup could not be compressed or decompressed.
    #[error("the backup could not be compressed or decompressed")]
    Packing(#[source] std::io::Error),
    /// A step that no job can run, or not yet.
    #[error("the step cannot run now")]
    NoStep,
    /// The draft has no target yet.
    #[error("the draft has no cluster yet")]
    NoTarget,
    /// The address that remotes need is public without an allowed source range.
    #[error("{object} has public addresses that every source may dial: {}", addresses.join(", "))]
    ExposedAddress {
        /// The object that has the addresses.
        object: wire::ObjectName,
        /// The addresses.
        addresses: Vec<String>,
    },
    /// The control plane is of another generation of Istio than the chart.
    #[error("the control plane of the mesh is {generation}")]
    OtherGeneration {
        /// The generation of the control plane.
        generation: mesh::facts::IstioGeneration,
    },
    /// An invalid name.
    #[error("{name:?} is not a valid name of a {kind}")]
    BadName {
        /// The field: `cluster`, `namespace`, `release`.
        kind: &'static str,
        /// The name.
        name: String,
        /// Why.
        #[source]
        source: wire::BadName,
    },
    /// The URL of a server has a user, a password, a query or a fragment.
    #[error("the URL of server {server} has a user, a password, a query or a fragment")]
    ServerWithCredentials {
        /// The URL without them.
        server: String,
    },
    /// An invalid CIDR, or an invalid name of a network.
    #[error("{field} is invalid")]
    BadRange {
        /// The field: `network`, `pods`, `services`.
        field: &'static str,
        /// Why.
        #[source]
        source: wire::range::BadRange,
    },
    /// A rejected kubeconfig, or a rejected context of it.
    #[error("the kubeconfig is rejected")]
    Kubeconfig(#[source] cluster::KubeconfigError),
    /// A cluster of that name is registered.
    #[error("cluster {0} exists already")]
    ClusterExists(String),
    /// The new credential belongs to another cluster.
    #[error("the credential does not belong to cluster {0}")]
    OtherCluster(wire::ClusterName),
    /// A repository of that name exists.
    #[error("repository {0} exists already")]
    RepositoryExists(wire::Repository),
    /// The URL of a repository is invalid.
    #[error("the URL of the repository is invalid")]
    BadRepository(#[source] catalog::BadAddress),
    /// The upload is not a chart archive.
    #[error("{file} is not a chart archive")]
    Upload {
        /// The file's name.
        file: String,
        /// Why.
        #[source]
        source: Box<chart::Error>,
    },
    /// The upload is too large.
    #[error("{file} is larger than {max} bytes")]
    UploadTooLarge {
        /// The file's name.
        file: String,
        /// The maximum in bytes.
        max: u32,
    },
    /// The version exists with other contents.
    #[error("{0} exists already, with another digest")]
    UploadExists(wire::ChartRef),
    /// Another job works on the same subject.
    #[error("job {job} works on release {release}")]
    Busy {
        /// The release.
        release: String,
        /// The job.
        job: JobId,
    },
    /// The values are not valid YAML.
    #[error("the values are not valid YAML")]
    Yaml(#[source] chart::yaml::Error),
    /// A value that the form cannot set.
    #[error("{path} cannot be set")]
    Edit {
        /// The keys, joined by dots.
        path: String,
        /// Why.
        #[source]
        source: chart::yaml::Error,
    },
    /// A request to a cluster failed.
    #[error("a request to the cluster failed")]
    Cluster(#[from] cluster::Error),
    /// An operation on a release failed.
    #[error("the operation on the release failed")]
    Release(#[from] release::Error),
    /// An operation on a mesh failed.
    #[error("the operation on the mesh failed")]
    Mesh(#[from] ::mesh::Error),
    /// The chart does not render.
    #[error("the chart does not render")]
    Chart(#[from] chart::Error),
    /// A chart or repository could not be read.
    #[error("the chart could not be read")]
    Catalog(#[from] catalog::Error),
    /// The database failed.
    #[error("the console could not write to the database")]
    Store(#[from] store::Error),
    /// Others work on charts, and none of them ended in time.
    #[error("too many charts are worked on at once")]
    ChartsBusy,
    /// A job panicked.
    #[error("the job panicked: {0}")]
    JobPanicked(String),
    /// A background task ended without a result.
    #[error("a background task ended without a result")]
    Task(#[from] tokio::task::JoinError),
}

impl Error {
    /// Whether the operation was cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        matches!(
            self,
            Self::Release(release::Error::Cancelled) | Self::Mesh(::mesh::Error::Cancelled)
        )
    }
}
