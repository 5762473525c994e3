//! The problems that pages show, by the errors of use cases.

use crate::Error;
use wire::{
    Code, Problem,
    error_chain::{causes, error_chain},
};

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::NotPermitted { action } => Self::new(Code::NotPermitted).with("action", action),
            Error::NotLoggedIn => Self::new(Code::NotLoggedIn),
            Error::UnusableCluster { cluster, .. } => Self::new(Code::UnusableCluster)
                .with("cluster", cluster)
                .detail(causes(error)),
            Error::NoCluster(_)
            | Error::NoSandbox(_)
            | Error::NoSession(_)
            | Error::NoObject(_)
            | Error::NoDraft(_)
            | Error::NoJob(_)
            | Error::NoMesh(_)
            | Error::NoService(_)
            | Error::NoBackup(_)
            | Error::NoTarget => of_missing(error),
            Error::MeshExists(_)
            | Error::OtherGeneration { .. }
            | Error::ExposedAddress { .. }
            | Error::TooManyPinned { .. }
            | Error::BadMesh { .. }
            | Error::MeshWarnings { .. }
            | Error::StepNotUndone { .. }
            | Error::ClusterInMesh { .. } => of_mesh(error),
            Error::Packing(source) => Self::new(Code::Storage)
                .with("reason", error)
                .detail(source),
            Error::DraftChanged(_)
            | Error::ReleaseChanged { .. }
            | Error::OtherChart { .. }
            | Error::TargetFixed(_)
            | Error::ValuesConflicts { .. }
            | Error::Busy { .. }
            | Error::PlanChanged { .. }
            | Error::NoReview
            | Error::NotConfirmed { .. }
            | Error::Undecided { .. }
            | Error::ChecksFailed { .. }
            | Error::NotResumable(_)
            | Error::ChartsBusy
            | Error::NoStep
            | Error::ReviewAgain => not_started(error),
            Error::BadName { kind, name, source } => Self::new(Code::BadName)
                .with("name", name)
                .with("reason", source)
                .field(kind),
            Error::BadRange { field, source } => bad(Code::BadRange, source, field),
            Error::ServerWithCredentials { server } => Self::new(Code::AddressRefused)
                .with("address", server)
                .with("reason", "leave out user, password, query and fragment"),
            Error::Kubeconfig(refusal) => bad(Code::BadKubeconfig, refusal, "kubeconfig"),
            Error::ClusterExists(_) | Error::OtherCluster(_) => of_registration(error),
            Error::Yaml(error) | Error::Edit { source: error, .. } => Self::new(Code::BadYaml)
                .with("line", error.line)
                .with("column", error.column)
                .detail(error),
            Error::Cluster(error) => Self::from(error),
            Error::Release(error) => Self::from(error),
            Error::Mesh(error) => Self::from(error),
            Error::Prometheus(error) => Self::from(error),
            Error::Chart(error) => Self::from(error),
            Error::RepositoryExists(name) => Self::new(Code::RepositoryExists)
                .with("repository", name)
                .field("repository"),
            Error::BadRepository(reason) => bad(Code::BadRepository, reason, "url"),
            Error::Upload { .. } | Error::UploadTooLarge { .. } | Error::UploadExists(_) => {
                of_upload(error)
            }
            Error::Catalog(error) => Self::from(error),
            Error::Store(error) => Self::new(Code::Storage)
                .detail(causes(error))
                .with("reason", error),
            Error::Task(_) | Error::JobPanicked(_) => Self::new(Code::Internal),
        }
    }
}

/// Why a cluster is not registered.
fn of_registration(error: &Error) -> Problem {
    match error {
        Error::ClusterExists(name) => Problem::new(Code::ClusterExists)
            .with("cluster", name)
            .field("cluster"),
        Error::OtherCluster(name) => Problem::new(Code::OtherCluster)
            .with("server", name)
            .field("kubeconfig"),
        _ => Problem::new(Code::Internal),
    }
}

/// Why an upload is refused.
fn of_upload(error: &Error) -> Problem {
    match error {
        Error::Upload { file, source } => Problem::new(Code::BadArchive)
            .with("file", file)
            .detail(error_chain(source)),
        Error::UploadTooLarge { file, max } => Problem::new(Code::TooLarge)
            .with("url", file)
            .with("max", max),
        Error::UploadExists(chart) => Problem::new(Code::UploadExists).with("chart", chart),
        _ => Problem::new(Code::Internal),
    }
}

/// Why a mesh cannot be created or changed.
fn of_mesh(error: &Error) -> Problem {
    match error {
        Error::MeshExists(name) => Problem::new(Code::MeshExists)
            .with("mesh", name)
            .field("mesh"),
        Error::BadMesh {
            cluster: Some(name),
        } => Problem::new(Code::BadMesh)
            .with("cluster", name)
            .field("remotes"),
        Error::OtherGeneration { generation } => {
            Problem::new(Code::OtherGeneration).with("generation", generation)
        }
        Error::ExposedAddress { object, addresses } => Problem::new(Code::ExposedAddress)
            .with("object", object)
            .with("addresses", addresses.join(", ")),
        Error::TooManyPinned { mesh, max } => Problem::new(Code::TooManyPinned)
            .with("mesh", mesh)
            .with("max", max),
        Error::BadMesh { cluster: None } => Problem::new(Code::BadMesh).field("remotes"),
        Error::MeshWarnings { count, clusters } => {
            let clusters: Vec<&str> = clusters.iter().map(wire::ClusterName::as_str).collect();
            Problem::new(Code::MeshWarnings)
                .with("count", count)
                .with("clusters", clusters.join(", "))
        }
        Error::StepNotUndone { step, cluster } => Problem::new(Code::StepNotUndone)
            .with("step", step)
            .with("cluster", cluster),
        Error::ClusterInMesh { cluster, mesh } => Problem::new(Code::ClusterInMesh)
            .with("cluster", cluster)
            .with("mesh", mesh),
        _ => Problem::new(Code::Internal),
    }
}

/// Changed objects that a problem names; the others are counted.
const MAX_NAMED_OBJECTS: usize = 5;

/// Why a job, a step, a change of a draft or work on a chart was not started.
fn not_started(error: &Error) -> Problem {
    match error {
        Error::PlanChanged { objects } => {
            let more = if objects.len() > MAX_NAMED_OBJECTS {
                ", …"
            } else {
                ""
            };
            let named: Vec<&str> = objects
                .iter()
                .take(MAX_NAMED_OBJECTS)
                .map(String::as_str)
                .collect();
            Problem::new(Code::PlanChanged)
                .with("count", objects.len())
                .with("objects", named.join(", ") + more)
        }
        Error::DraftChanged(_) => Problem::new(Code::DraftChanged),
        Error::ReleaseChanged {
            release,
            revision,
            newest,
        } => Problem::new(Code::ReleaseChanged)
            .with("release", release)
            .with("revision", revision)
            .with("newest", newest),
        Error::OtherChart {
            release,
            installed,
            chart,
        } => Problem::new(Code::OtherChart)
            .with("release", release)
            .with("installed", installed)
            .with("chart", chart),
        Error::ValuesConflicts { keys } => Problem::new(Code::ValuesConflicts)
            .with("count", keys.len())
            .with("keys", keys.join(", ")),
        Error::TargetFixed(release) => Problem::new(Code::TargetFixed).with("release", release),
        Error::Busy { release, job } => Problem::new(Code::Busy)
            .with("release", release)
            .with("job", job),
        Error::Undecided { count } => Problem::new(Code::Undecided).with("count", count),
        Error::NotConfirmed { name } => Problem::new(Code::NotConfirmed).with("name", name),
        Error::ChecksFailed { checks } => {
            let checks: Vec<&str> = checks.iter().map(|check| check.id()).collect();
            Problem::new(Code::ChecksFailed).with("checks", checks.join(", "))
        }
        Error::NotResumable(job) => Problem::new(Code::NotResumable).with("job", job),
        Error::ReviewAgain => Problem::new(Code::ReviewAgain),
        Error::NoStep => Problem::new(Code::StepNotDue),
        Error::ChartsBusy => Problem::new(Code::ChartsBusy),
        _ => Problem::new(Code::NoReview),
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::from(&error)
    }
}

/// A field of a form that has a fault.
fn bad(code: Code, reason: impl std::fmt::Display, field: &str) -> Problem {
    Problem::new(code).with("reason", reason).field(field)
}

/// What a request names and does not exist.
fn of_missing(error: &Error) -> Problem {
    match error {
        Error::NoCluster(name) => not_found("cluster", name),
        Error::NoSandbox(name) => not_found("sandbox", name),
        Error::NoSession(id) => not_found("session", id),
        Error::NoObject(name) => not_found("object", name),
        Error::NoDraft(id) => not_found("draft", id),
        Error::NoJob(id) => not_found("job", id),
        Error::NoMesh(name) => not_found("mesh", name),
        Error::NoService(name) => not_found("Service", name),
        Error::NoBackup(job) => not_found("backup", job),
        Error::NoTarget => not_found("target", "cluster"),
        _ => Problem::new(Code::Internal),
    }
}

fn not_found(kind: &str, name: impl ToString) -> Problem {
    Problem::new(Code::NotFound)
        .with("kind", kind)
        .with("name", name)
}
