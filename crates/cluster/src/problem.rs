//! The errors of this crate as problems for a page.

use crate::{ApiStatus, Error, ObjectRef, StuckObject, describe_stuck};
use std::time::Duration;
use wire::{Code, Problem, error_chain::causes};

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        match error {
            Error::Address { source, .. } => Problem::new(Code::AddressRefused)
                .with("address", &source.address)
                .with("reason", source),
            Error::Unreachable { cluster, .. }
            | Error::Connect { cluster, .. }
            | Error::PortForward { cluster, .. } => Problem::new(Code::Unreachable)
                .with("cluster", cluster)
                .detail(causes(error)),
            Error::TimedOut { cluster, after, .. } => Problem::new(Code::Unreachable)
                .with("cluster", cluster)
                .detail(format!("no answer in {} s", after.as_secs())),
            Error::TooLarge {
                cluster,
                object,
                source,
                ..
            } => Problem::new(Code::ResponseTooLarge)
                .with("cluster", cluster)
                .with("object", object)
                .detail(source),
            Error::Refused {
                cluster,
                object,
                source,
                ..
            } => refused(error, cluster.as_str(), object, source),
            Error::NoSuchKind { cluster, .. } => Problem::new(Code::Refused)
                .with("cluster", cluster)
                .detail(error),
            Error::NotReady {
                missing, waited, ..
            } => not_ready(missing, waited.as_secs()),
            Error::Cancelled => Problem::new(Code::Cancelled),
            Error::Malformed {
                object,
                path,
                source,
            } => Problem::new(Code::ObjectMalformed)
                .with("object", object)
                .with("field", path)
                .detail(source),
            Error::InvalidObject { .. } => Problem::new(Code::RenderFailed).detail(error),
        }
    }
}

/// A request that the API server rejected; a field conflict names the other manager.
fn refused(error: &Error, cluster: &str, object: &str, status: &ApiStatus) -> Problem {
    let owners = error.field_owners();
    if let Some(owner) = owners.first() {
        return Problem::new(Code::FieldOwned)
            .with("object", object)
            .with("manager", &owner.manager)
            .with("field", &owner.field)
            .detail(&status.message);
    }
    if let (422, Some((field, reason))) = (status.code, status.causes.first()) {
        return Problem::new(Code::InvalidField)
            .with("cluster", cluster)
            .with("object", object)
            .with("field", field)
            .with("reason", reason)
            .with("count", status.causes.len())
            .detail(&status.message);
    }
    let code = match status.code {
        401 => Code::Unauthorized,
        403 => Code::Forbidden,
        _ => Code::Refused,
    };
    Problem::new(code)
        .with("cluster", cluster)
        .with("object", object)
        .detail(&status.message)
}

/// The problem of objects that were not ready after `waited` seconds: their number, the first by name.
pub fn not_ready(missing: &[(ObjectRef, String)], waited: u64) -> Problem {
    let problem = Problem::new(Code::NotReady)
        .with("waited", waited)
        .with("count", missing.len());
    match missing.first() {
        Some((object, reason)) => problem.with("object", object).detail(reason),
        None => problem,
    }
}

/// The problem of deleted objects that still exist after `waited`, by name, with the reason of each.
pub fn deletion_stuck(stuck: &[StuckObject], waited: Duration) -> Problem {
    let objects = stuck.iter().map(|object| object.object.to_string());
    Problem::new(Code::DeletionStuck)
        .with("object", objects.collect::<Vec<_>>().join(", "))
        .with("waited", waited.as_secs())
        .detail(describe_stuck(stuck))
}
