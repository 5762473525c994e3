//! What went wrong, as a sentence, and the next thing to try.

mod mesh;
mod repository;

use super::say;
use wire::{Code, Problem};

/// The sentence for a problem.
pub(crate) fn sentence(problem: &Problem) -> String {
    let arg = |name: &str| problem.arg(name).to_owned();
    match problem.code {
        Code::NotLoggedIn => say!(problem.not_logged_in),
        Code::NotPermitted => say!(problem.not_permitted, action = arg("action")),
        Code::NotFound => say!(problem.not_found, what = arg("what"), name = arg("name")),
        Code::BadName => say!(problem.bad_name, name = arg("name"), reason = arg("reason")),
        Code::BadKubeconfig => say!(problem.bad_kubeconfig, reason = arg("reason")),
        Code::BadRange => say!(problem.bad_range, reason = arg("reason")),
        Code::ClusterExists => say!(problem.cluster_exists, cluster = arg("cluster")),
        Code::AddressRefused => {
            say!(
                problem.address_refused,
                address = arg("address"),
                reason = arg("reason")
            )
        }
        Code::Unreachable => say!(problem.unreachable, cluster = arg("cluster")),
        Code::Unauthorized => say!(problem.unauthorized, cluster = arg("cluster")),
        Code::Forbidden => forbidden(problem),
        Code::Refused => say!(
            problem.refused,
            cluster = arg("cluster"),
            object = arg("object")
        ),
        Code::FieldOwned => say!(
            problem.field_owned,
            object = arg("object"),
            manager = arg("manager"),
            field = arg("field")
        ),
        Code::NotOurs => say!(
            problem.not_ours,
            object = arg("object"),
            owner = arg("owner")
        ),
        Code::BadYaml => say!(problem.bad_yaml, line = arg("line"), column = arg("column")),
        Code::BadValues => say!(problem.bad_values, count = arg("count")),
        Code::RenderFailed => match problem.arg("template") {
            "" => say!(problem.render_failed),
            template => say!(
                problem.render_failed_at,
                template = template,
                line = arg("line")
            ),
        },
        Code::ReleaseExists => {
            say!(
                problem.release_exists,
                release = arg("release"),
                namespace = arg("namespace")
            )
        }
        Code::NoRelease => {
            say!(
                problem.no_release,
                release = arg("release"),
                namespace = arg("namespace")
            )
        }
        Code::Busy => say!(problem.busy, release = arg("release")),
        Code::NamespaceTerminating => say!(problem.terminating, namespace = arg("namespace")),
        Code::NotReady => match problem.arg("waited") {
            "" => say!(problem.hook_failed, object = arg("object")),
            waited => say!(problem.not_ready, object = arg("object"), waited = waited),
        },
        Code::Interrupted => say!(
            problem.interrupted,
            step = arg("step"),
            steps = arg("steps")
        ),
        Code::Cancelled => say!(problem.cancelled),
        Code::TooBig => say!(problem.too_big, size = arg("size"), most = arg("most")),
        Code::Storage => say!(problem.storage, what = arg("what")),
        Code::Offline => say!(problem.offline),
        Code::Internal => say!(problem.internal),
        _ => mesh::sentence(problem).unwrap_or_else(|| repository::sentence(problem)),
    }
}

fn forbidden(problem: &Problem) -> String {
    let cluster = problem.arg("cluster").to_owned();
    match problem.arg("object") {
        "" => say!(problem.forbidden, cluster = cluster),
        object => say!(problem.forbidden_object, cluster = cluster, object = object),
    }
}

/// The next thing to try, when we know one.
pub(crate) fn hint(problem: &Problem) -> Option<String> {
    Some(match problem.code {
        Code::NotLoggedIn => say!(hint.not_logged_in),
        Code::BadName => say!(hint.bad_name),
        Code::BadKubeconfig => say!(hint.bad_kubeconfig),
        Code::BadRange => say!(hint.bad_range),
        Code::ClusterExists => say!(hint.cluster_exists),
        Code::AddressRefused => say!(hint.address_refused),
        Code::Unreachable => say!(hint.unreachable),
        Code::Unauthorized => say!(hint.unauthorized),
        Code::Forbidden => say!(hint.forbidden),
        Code::FieldOwned => say!(
            hint.field_owned,
            manager = problem.arg("manager").to_owned()
        ),
        Code::NotOurs => say!(hint.not_ours),
        Code::BadYaml | Code::BadValues => say!(hint.bad_values),
        Code::RenderFailed => say!(hint.render_failed),
        Code::ReleaseExists => say!(hint.release_exists),
        Code::Busy => say!(hint.busy),
        Code::NamespaceTerminating => say!(hint.terminating),
        Code::NotReady => say!(hint.not_ready),
        Code::Interrupted | Code::Cancelled => say!(hint.interrupted),
        Code::TooBig => say!(hint.too_big),
        Code::Storage => say!(hint.storage),
        Code::Offline => say!(hint.offline),
        Code::Internal => say!(hint.internal),
        Code::Refused => say!(hint.refused),
        Code::NotFound | Code::NoRelease => say!(hint.not_found),
        Code::NotPermitted => return None,
        _ => return mesh::hint(problem).or_else(|| repository::hint(problem)),
    })
}
