//! What can go wrong in a use case, and how it is told to a page: a code, arguments, what was said.

mod error_chain;
mod of_catalog;
mod of_cluster;

use error_chain::error_causes;
pub(crate) use error_chain::error_chain;
pub(crate) use of_catalog::of_catalog;
use of_cluster::not_ready;
pub(crate) use of_cluster::of_cluster;

use wire::{Code, DraftId, JobId, Problem};

/// What can go wrong in a use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// This person may not.
    #[error("{action} is not permitted")]
    NotPermitted {
        /// The action's word.
        action: &'static str,
    },
    /// Nobody is logged in.
    #[error("nobody is logged in")]
    NotLoggedIn,
    /// No such cluster here.
    #[error("there is no cluster {0}")]
    NoCluster(String),
    /// No such draft.
    #[error("there is no draft {0}")]
    NoDraft(DraftId),
    /// No such job.
    #[error("there is no job {0}")]
    NoJob(JobId),
    /// No such mesh.
    #[error("there is no mesh {0}")]
    NoMesh(wire::MeshName),
    /// A mesh of that name is there.
    #[error("a mesh {0} is there already")]
    MeshExists(wire::MeshName),
    /// A mesh that cannot be one: a cluster has two parts in it, or there is no remote.
    #[error("the mesh has {}", cluster.as_ref().map_or("no remote".to_owned(), |name| format!("{name} twice")))]
    BadMesh {
        /// The cluster with two parts; none when there is no remote.
        cluster: Option<wire::ClusterName>,
    },
    /// A step of the mesh still stands on a cluster that is to be cleared.
    #[error("{step} still stands on cluster {cluster}")]
    StepStands {
        /// What stands: a release's name, or `join`.
        step: String,
        /// The cluster on which it is.
        cluster: wire::ClusterName,
    },
    /// Another mesh has the cluster too.
    #[error("mesh {mesh} has cluster {cluster} too")]
    ClusterInMesh {
        /// The cluster.
        cluster: wire::ClusterName,
        /// The other mesh.
        mesh: wire::MeshName,
    },
    /// The job saved nothing.
    #[error("there is no backup of job {0}")]
    NoBackup(JobId),
    /// What was saved could not be packed or unpacked.
    #[error("the backup could not be packed or unpacked")]
    Packing(#[source] std::io::Error),
    /// A step that cannot be carried out by a job, or not yet.
    #[error("the step cannot be carried out now")]
    NoStep,
    /// The draft has no target yet.
    #[error("the draft has no cluster yet")]
    NoTarget,
    /// The mesh is led by another Istio than the one whose chart this is.
    #[error("the mesh is led by today's Istio")]
    OtherLine,
    /// A name that cannot be one.
    #[error("{name:?} cannot be a {what}")]
    BadName {
        /// The field: `cluster`, `namespace`, `release`.
        what: &'static str,
        /// As given.
        name: String,
        /// Why.
        #[source]
        source: wire::BadName,
    },
    /// A range, or the name of a network, that cannot be one.
    #[error("{field} cannot be taken")]
    BadRange {
        /// The field: `network`, `pods`, `services`.
        field: &'static str,
        /// Why.
        #[source]
        source: wire::range::BadRange,
    },
    /// A kubeconfig, or a context of it, that is refused.
    #[error("the kubeconfig is refused")]
    Kubeconfig(#[source] cluster::KubeconfigError),
    /// A cluster of that name is there.
    #[error("a cluster {0} is there already")]
    ClusterExists(String),
    /// A new credential leads to another cluster than the old one.
    #[error("the credential does not lead to cluster {0}")]
    OtherCluster(wire::ClusterName),
    /// A repository of that name is there.
    #[error("a repository {0} is there already")]
    RepositoryExists(wire::Repository),
    /// The address of a repository cannot be one.
    #[error("the address of the repository cannot be one")]
    BadRepository(#[source] catalog::BadAddress),
    /// What was uploaded is no archive of a chart.
    #[error("{file} is no archive of a chart")]
    Upload {
        /// The file's name.
        file: String,
        /// Why.
        #[source]
        source: Box<chart::Error>,
    },
    /// What was uploaded is too large.
    #[error("{file} is larger than {most} bytes")]
    UploadTooLarge {
        /// The file's name.
        file: String,
        /// What is taken.
        most: u32,
    },
    /// That version was uploaded before.
    #[error("{0} was uploaded before, with other bytes")]
    UploadExists(wire::ChartRef),
    /// Something else works on the release.
    #[error("job {job} works on release {release}")]
    Busy {
        /// The release.
        release: String,
        /// The job.
        job: JobId,
    },
    /// The values cannot be read.
    #[error("the values cannot be read as YAML")]
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
    /// The cluster.
    #[error("the cluster did not do it")]
    Cluster(#[from] cluster::Error),
    /// The release engine.
    #[error("the release could not be carried out")]
    Release(#[from] release::Error),
    /// A join, a rotation or a leave.
    #[error("the clusters could not be joined or parted")]
    Mesh(#[from] ::mesh::Error),
    /// The chart.
    #[error("the chart does not render")]
    Chart(#[from] chart::Error),
    /// The catalog.
    #[error("the chart could not be had")]
    Catalog(#[from] catalog::Error),
    /// The memory.
    #[error("the console could not remember it")]
    Store(#[from] store::Error),
    /// A job panicked.
    #[error("the job panicked: {0}")]
    JobPanicked(String),
    /// A task of ours ended without an answer.
    #[error("a task of the console ended early")]
    Task(#[from] tokio::task::JoinError),
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::NotPermitted { action } => Self::new(Code::NotPermitted).with("action", action),
            Error::NotLoggedIn => Self::new(Code::NotLoggedIn),
            Error::NoCluster(name) => not_found("cluster", name),
            Error::NoDraft(id) => not_found("draft", id),
            Error::NoJob(id) => not_found("job", id),
            Error::NoMesh(name) => not_found("mesh", name),
            Error::MeshExists(name) => Self::new(Code::MeshExists).with("mesh", name).field("mesh"),
            Error::BadMesh {
                cluster: Some(name),
            } => Self::new(Code::BadMesh)
                .with("cluster", name)
                .field("remotes"),
            Error::BadMesh { cluster: None } => Self::new(Code::BadMesh).field("remotes"),
            Error::StepStands { step, cluster } => Self::new(Code::StepStands)
                .with("step", step)
                .with("cluster", cluster),
            Error::ClusterInMesh { cluster, mesh } => Self::new(Code::ClusterInMesh)
                .with("cluster", cluster)
                .with("mesh", mesh),
            Error::NoBackup(job) => not_found("backup", job),
            Error::Packing(source) => Self::new(Code::Storage).with("what", error).detail(source),
            Error::NoStep => Self::new(Code::StepNotDue),
            Error::OtherLine => Self::new(Code::OtherLine),
            Error::NoTarget => not_found("target", "cluster"),
            Error::BadName { what, name, source } => Self::new(Code::BadName)
                .with("name", name)
                .with("reason", source)
                .field(what),
            Error::BadRange { field, source } => Self::new(Code::BadRange)
                .with("reason", source)
                .field(field),
            Error::Kubeconfig(refusal) => Self::new(Code::BadKubeconfig)
                .with("reason", refusal)
                .field("kubeconfig"),
            Error::ClusterExists(name) => Self::new(Code::ClusterExists)
                .with("cluster", name)
                .field("cluster"),
            Error::OtherCluster(name) => Self::new(Code::OtherCluster)
                .with("server", name)
                .field("kubeconfig"),
            Error::Busy { release, job } => Self::new(Code::Busy)
                .with("release", release)
                .with("job", job),
            Error::Yaml(error) | Error::Edit { source: error, .. } => Self::new(Code::BadYaml)
                .with("line", error.line)
                .with("column", error.column)
                .detail(error),
            Error::Cluster(error) => of_cluster(error),
            Error::Release(error) => of_release(error),
            Error::Mesh(error) => Problem::from(error),
            Error::Chart(error) => of_chart(error),
            Error::RepositoryExists(name) => Self::new(Code::RepositoryExists)
                .with("repository", name)
                .field("repository"),
            Error::BadRepository(bad) => Self::new(Code::BadRepository)
                .with("reason", bad)
                .field("url"),
            Error::Upload { file, source } => Self::new(Code::BadArchive)
                .with("what", file)
                .detail(error_chain(source)),
            Error::UploadTooLarge { file, most } => Self::new(Code::TooLarge)
                .with("url", file)
                .with("most", most),
            Error::UploadExists(chart) => Self::new(Code::UploadExists).with("chart", chart),
            Error::Catalog(error) => of_catalog(error),
            Error::Store(error) => Self::new(Code::Storage)
                .detail(error_causes(error))
                .with("what", error),
            Error::Task(_) | Error::JobPanicked(_) => Self::new(Code::Internal),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

impl Error {
    /// Whether somebody asked for the end.
    pub(crate) fn is_cancelled(&self) -> bool {
        matches!(
            self,
            Self::Release(release::Error::Cancelled) | Self::Mesh(::mesh::Error::Cancelled)
        )
    }
}

fn not_found(what: &str, name: impl ToString) -> Problem {
    Problem::new(Code::NotFound)
        .with("what", what)
        .with("name", name)
}

fn of_release(error: &release::Error) -> Problem {
    use release::{Error as E, Owner};
    match error {
        E::Cluster(error) => of_cluster(error),
        E::Render(error) => of_chart(error),
        E::Exists { release, namespace } => Problem::new(Code::ReleaseExists)
            .with("release", release)
            .with("namespace", namespace)
            .field("release"),
        E::NotFound { release, namespace } => Problem::new(Code::NoRelease)
            .with("release", release)
            .with("namespace", namespace),
        E::OwnedByOther {
            object,
            owner,
            release,
        } => {
            let owner = match owner {
                Owner::Release { name, namespace } => format!("release {name} in {namespace}"),
                Owner::FieldManager(manager) => manager.clone(),
                Owner::Unknown => "—".to_owned(),
            };
            let problem = Problem::new(Code::NotOurs).with("object", object);
            problem.with("owner", owner).with("release", release)
        }
        E::OperationPending { release, .. } => Problem::new(Code::ReleaseUnfinished)
            .with("release", release)
            .detail(error),
        E::Terminating { namespace, held_by } => Problem::new(Code::NamespaceTerminating)
            .with("namespace", namespace)
            .detail(held_by.join("; ")),
        E::NotReady {
            missing, waited, ..
        } => not_ready(missing, waited.as_secs()),
        E::Hook { hook, reason } => Problem::new(Code::NotReady)
            .with("object", hook)
            .with("waited", "")
            .detail(reason),
        E::RecordTooLarge { size, max } => Problem::new(Code::TooBig)
            .with("size", size)
            .with("most", max),
        E::InvalidObject { template, .. } => Problem::new(Code::RenderFailed)
            .with("template", template)
            .detail(error),
        E::Record { .. } => Problem::new(Code::Internal).detail(error),
        E::Cancelled => Problem::new(Code::Cancelled),
    }
}

/// What rendering met, told to a page.
pub(crate) fn of_chart(error: &chart::Error) -> Problem {
    error.into()
}
