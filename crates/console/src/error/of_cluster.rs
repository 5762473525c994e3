//! What a cluster met, told to a page.

use super::error_causes;
use wire::{Code, Problem};

/// What a cluster met, told to a page.
pub(crate) fn of_cluster(error: &cluster::Error) -> Problem {
    use cluster::Error as E;
    match error {
        E::Address { source, .. } => Problem::new(Code::AddressRefused)
            .with("address", &source.address)
            .with("reason", source),
        E::Unreachable { cluster, .. }
        | E::Connect { cluster, .. }
        | E::PortForward { cluster, .. } => Problem::new(Code::Unreachable)
            .with("cluster", cluster)
            .detail(error_causes(error)),
        E::TimedOut { cluster, after, .. } => Problem::new(Code::Unreachable)
            .with("cluster", cluster)
            .detail(format!("no answer in {} s", after.as_secs())),
        E::Refused {
            cluster,
            object,
            source,
            ..
        } => refused(error, cluster.as_str(), object, source),
        E::NoSuchKind { cluster, .. } => Problem::new(Code::Refused)
            .with("cluster", cluster)
            .detail(error),
        E::NotReady {
            missing, waited, ..
        } => not_ready(missing, waited.as_secs()),
        E::Cancelled => Problem::new(Code::Cancelled),
        E::InvalidObject { .. } => Problem::new(Code::RenderFailed).detail(error),
    }
}

fn refused(
    error: &cluster::Error,
    cluster: &str,
    object: &str,
    said: &cluster::ApiStatus,
) -> Problem {
    let owners = error.field_owners();
    if let Some(owner) = owners.first() {
        return Problem::new(Code::FieldOwned)
            .with("object", object)
            .with("manager", &owner.manager)
            .with("field", &owner.field)
            .detail(&said.message);
    }
    let code = match said.code {
        401 => Code::Unauthorized,
        403 => Code::Forbidden,
        _ => Code::Refused,
    };
    Problem::new(code)
        .with("cluster", cluster)
        .with("object", object)
        .detail(&said.message)
}

/// Objects that did not get there in time: how many, the first by name.
pub(super) fn not_ready(missing: &[(cluster::ObjectRef, String)], waited: u64) -> Problem {
    let problem = Problem::new(Code::NotReady)
        .with("waited", waited)
        .with("count", missing.len());
    match missing.first() {
        Some((object, reason)) => problem.with("object", object).detail(reason),
        None => problem,
    }
}
