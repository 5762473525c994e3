//! The errors of this crate as problems for a page.

use crate::{Error, KindOrigin, LeaseHolder, MissingKind, Owner};
use cluster::{ObjectRef, deletion_stuck, not_ready};
use jiff::Timestamp;
use wire::{Code, Problem, ReleaseName};

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::Cluster(error) => Self::from(error),
            Error::Invalid { origin, source, .. } => {
                let problem = Self::from(&**source);
                match origin {
                    Some((template, line)) => problem.with("template", template).with("line", line),
                    None => problem,
                }
            }
            Error::Render(error) => Self::from(error),
            Error::Exists { release, namespace } => Self::new(Code::ReleaseExists)
                .with("release", release)
                .with("namespace", namespace)
                .field("release"),
            Error::NotFound { release, namespace } => Self::new(Code::NoRelease)
                .with("release", release)
                .with("namespace", namespace),
            Error::OwnedByOther {
                object,
                owner,
                release,
            } => Self::new(Code::OwnedByOther)
                .with("object", object)
                .with("owner", owner.label())
                .with("release", release),
            Error::KindsNotServed { missing } => kinds_not_served(missing),
            Error::Duplicate { object, templates } => Self::new(Code::DuplicateObject)
                .with("object", object)
                .with("template", &templates[0])
                .with("other", &templates[1]),
            Error::OperationPending { release, .. } => Self::new(Code::ReleaseUnfinished)
                .with("release", release)
                .detail(error),
            Error::NotPending { release, .. } => Self::new(Code::ReleaseNotPending)
                .with("release", release)
                .detail(error),
            Error::Changed { release, revision } => Self::new(Code::ReleaseChanged)
                .with("release", release)
                .with("revision", revision)
                .with("newest", revision + 1),
            Error::StateChanged { record, .. } => Self::new(Code::ObjectChanged)
                .with("object", record)
                .detail(error),
            Error::LeaseHeld { .. } | Error::LeaseLost { .. } => of_lease(error),
            Error::NoRevision { release, revision } => Self::new(Code::NoRevision)
                .with("release", release)
                .with("revision", revision),
            Error::Terminating { namespace, held_by } => Self::new(Code::NamespaceTerminating)
                .with("namespace", namespace)
                .detail(held_by.join("; ")),
            Error::NotReady {
                missing, waited, ..
            } => not_ready(missing, waited.as_secs()),
            Error::Hook { hook, reason } => Self::new(Code::NotReady)
                .with("object", hook)
                .with("waited", "")
                .detail(reason),
            Error::RecordTooLarge { size, max } => Self::new(Code::ReleaseTooLarge)
                .with("size", size)
                .with("max", max),
            Error::InvalidObject { template, .. } => Self::new(Code::RenderFailed)
                .with("template", template)
                .detail(wire::error_chain(error)),
            Error::Record { .. } => Self::new(Code::Internal).detail(error),
            Error::DeletionStuck { stuck, waited } => deletion_stuck(stuck, *waited),
            Error::CrdUnreadable { crd, reason } => Self::new(Code::CrdUnreadable)
                .with("crd", crd)
                .detail(reason),
            Error::CreatedAfterBackup { object } => Self::new(Code::ObjectChanged)
                .with("object", object)
                .detail(error),
            Error::BackupTooLarge { limit } => {
                Self::new(Code::BackupTooLarge).with("max", limit >> 20)
            }
            Error::Cancelled => Self::new(Code::Cancelled),
        }
    }
}

/// The problem of a Lease that another job holds.
fn of_lease(error: &Error) -> Problem {
    let problem = |code, release: &ReleaseName, lease: &ObjectRef, holder: &LeaseHolder| {
        let problem = Problem::new(code).with("release", release);
        problem
            .with("lease", lease)
            .with("holder", holder)
            .detail(error)
    };
    match error {
        Error::LeaseHeld {
            release,
            lease,
            holder,
            since,
            duration,
        } => problem(Code::LeaseHeld, release, lease, holder)
            .with("since", since.map(seconds).unwrap_or_default())
            .with("seconds", duration.as_secs()),
        Error::LeaseLost {
            release,
            lease,
            holder,
        } => problem(Code::LeaseLost, release, lease, holder),
        other => Problem::new(Code::Internal).detail(other),
    }
}

/// A time without the fraction of its second.
fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The problem of kinds that are not served: the first by name, and all of them in its detail.
fn kinds_not_served(missing: &[MissingKind]) -> Problem {
    let problem = Problem::new(Code::KindNotServed).with("count", missing.len());
    let Some(first) = missing.first() else {
        return problem;
    };
    let problem = problem
        .with("kind", &first.object.kind)
        .with("version", &first.object.api_version)
        .with("object", &first.object);
    let problem = match &first.origin {
        KindOrigin::OtherVersions(versions) => problem.with("served", versions.join(", ")),
        KindOrigin::Removed(lifecycle) => problem
            .with(
                "removed",
                format!("1.{}", lifecycle.removed.unwrap_or_default()),
            )
            .with("replacement", lifecycle.replacement.unwrap_or_default()),
        KindOrigin::Chart(chart) => problem.with("chart", chart),
        KindOrigin::Unknown => problem,
    };
    if missing.len() == 1 {
        return problem;
    }
    let all: Vec<String> = missing.iter().map(ToString::to_string).collect();
    problem.detail(all.join("; "))
}

impl From<&MissingKind> for Problem {
    fn from(missing: &MissingKind) -> Self {
        kinds_not_served(std::slice::from_ref(missing))
    }
}

impl Owner {
    /// A short label for pages.
    pub fn label(&self) -> String {
        match self {
            Self::Release { name, namespace } => format!("release {name} in {namespace}"),
            Self::Join => "the join".to_owned(),
            Self::FieldManager(manager) => manager.clone(),
            Self::Unknown => "—".to_owned(),
        }
    }
}
