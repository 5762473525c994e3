//! The wording of a problem: a sentence, and a hint with the next action.

mod member;
mod mesh;
mod object;
mod release;
mod repository;

use super::{count, t};
use crate::login_command::login_command;
use wire::{Code, Problem};

/// The sentence for a problem.
pub(crate) fn sentence(problem: &Problem) -> String {
    let arg = |name: &str| problem.arg(name).to_owned();
    match problem.code {
        Code::NotLoggedIn | Code::NotPermitted | Code::BadRequest => not_accepted(problem),
        Code::NotFound => t!(problem.not_found, kind = arg("kind"), name = arg("name")),
        Code::BadName => t!(problem.bad_name, name = arg("name"), reason = arg("reason")),
        Code::BadKubeconfig => t!(problem.bad_kubeconfig, reason = arg("reason")),
        Code::BadRange => t!(problem.bad_range, reason = arg("reason")),
        Code::ClusterExists => t!(problem.cluster_exists, cluster = arg("cluster")),
        Code::AddressRefused => {
            t!(
                problem.address_refused,
                address = arg("address"),
                reason = arg("reason")
            )
        }
        Code::UnusableCluster => t!(problem.unusable_cluster, cluster = arg("cluster")),
        Code::Unreachable => t!(problem.unreachable, cluster = arg("cluster")),
        Code::ResponseTooLarge => response_too_large(problem),
        Code::Unauthorized => t!(problem.unauthorized, cluster = arg("cluster")),
        Code::Forbidden => forbidden(problem),
        Code::Refused => t!(
            problem.refused,
            cluster = arg("cluster"),
            object = arg("object")
        ),
        Code::BadYaml => t!(problem.bad_yaml, line = arg("line"), column = arg("column")),
        Code::BadValues => count!(problem.bad_values, n = number(problem, "count")),
        Code::RenderFailed | Code::ChartTooLarge | Code::ChartsBusy => chart_failed(problem),
        Code::ReleaseExists => {
            t!(
                problem.release_exists,
                release = arg("release"),
                namespace = arg("namespace")
            )
        }
        Code::NoRelease => {
            t!(
                problem.no_release,
                release = arg("release"),
                namespace = arg("namespace")
            )
        }
        Code::Busy => t!(problem.busy, release = arg("release")),
        Code::NamespaceTerminating => t!(problem.terminating, namespace = arg("namespace")),
        Code::NotReady => not_ready(problem),
        Code::Interrupted => count!(
            problem.interrupted,
            n = number(problem, "steps"),
            step = arg("step")
        ),
        Code::Cancelled => t!(problem.cancelled),
        Code::ReleaseTooLarge => t!(
            problem.release_too_large,
            size = arg("size"),
            max = arg("max")
        ),
        Code::DraftChanged => t!(problem.draft_changed),
        Code::Storage => t!(problem.storage, reason = arg("reason")),
        Code::Offline => t!(problem.offline),
        Code::Internal => t!(problem.internal),
        _ => object::sentence(problem)
            .or_else(|| release::sentence(problem))
            .or_else(|| mesh::sentence(problem))
            .unwrap_or_else(|| repository::sentence(problem)),
    }
}

/// An argument that is a number; 0 when it is none.
fn number(problem: &Problem, name: &str) -> u64 {
    problem.arg(name).parse().unwrap_or_default()
}

fn render_failed(problem: &Problem) -> String {
    let (template, line) = (problem.arg("template").to_owned(), problem.arg("line"));
    if template.is_empty() {
        return t!(problem.render_failed);
    }
    t!(
        problem.render_failed_at,
        template = template,
        line = line.to_owned()
    )
}

fn chart_failed(problem: &Problem) -> String {
    match problem.code {
        Code::ChartTooLarge => t!(
            problem.chart_too_large,
            reason = problem.arg("reason").to_owned()
        ),
        Code::ChartsBusy => t!(problem.charts_busy),
        _ => render_failed(problem),
    }
}

fn not_ready(problem: &Problem) -> String {
    let (object, waited) = (problem.arg("object").to_owned(), problem.arg("waited"));
    if waited.is_empty() {
        return t!(problem.hook_failed, object = object);
    }
    t!(
        problem.not_ready,
        object = object,
        waited = waited.to_owned()
    )
}

fn not_accepted(problem: &Problem) -> String {
    match problem.code {
        Code::NotLoggedIn => t!(problem.not_logged_in),
        Code::NotPermitted => t!(
            problem.not_permitted,
            action = problem.arg("action").to_owned()
        ),
        _ => t!(problem.bad_request),
    }
}

fn forbidden(problem: &Problem) -> String {
    let cluster = problem.arg("cluster").to_owned();
    match problem.arg("object") {
        "" => t!(problem.forbidden, cluster = cluster),
        object => t!(problem.forbidden_object, cluster = cluster, object = object),
    }
}

fn response_too_large(problem: &Problem) -> String {
    let arg = |name: &str| problem.arg(name).to_owned();
    t!(
        problem.response_too_large,
        cluster = arg("cluster"),
        object = arg("object")
    )
}

/// The hint of a problem; none when there is no known next action.
pub(crate) fn hint(problem: &Problem) -> Option<String> {
    Some(match problem.code {
        Code::NotLoggedIn => t!(hint.not_logged_in, command = login_command()),
        Code::BadRequest => t!(hint.bad_request),
        Code::BadName => t!(hint.bad_name),
        Code::BadKubeconfig => t!(hint.bad_kubeconfig),
        Code::BadRange => t!(hint.bad_range),
        Code::ClusterExists => t!(hint.cluster_exists),
        Code::UnusableCluster => t!(hint.unusable_cluster),
        Code::AddressRefused => t!(hint.address_refused),
        Code::Unreachable => t!(hint.unreachable),
        Code::ResponseTooLarge => t!(hint.response_too_large),
        Code::Unauthorized => t!(hint.unauthorized),
        Code::Forbidden => t!(hint.forbidden),
        Code::FieldOwned => t!(
            hint.field_owned,
            manager = problem.arg("manager").to_owned()
        ),
        Code::Undecided => t!(hint.undecided),
        Code::ObjectMalformed => t!(hint.object_malformed),
        Code::InvalidField => object::invalid_field(problem),
        Code::KindNotServed => object::missing_kind(problem),
        Code::DuplicateObject => t!(hint.duplicate_object),
        Code::OwnedByOther => t!(hint.owned_by_other),
        Code::BadYaml | Code::BadValues => t!(hint.bad_values),
        Code::RenderFailed if !problem.arg("similar").is_empty() => t!(
            hint.similar_template,
            similar = problem.arg("similar").to_owned()
        ),
        Code::RenderFailed => t!(hint.render_failed),
        Code::ChartTooLarge => t!(hint.chart_too_large),
        Code::ChartsBusy => t!(hint.charts_busy),
        Code::ReleaseExists => t!(hint.release_exists),
        Code::Busy => t!(hint.busy),
        Code::NamespaceTerminating => t!(hint.terminating),
        Code::NotReady => t!(hint.not_ready),
        Code::Interrupted | Code::Cancelled => t!(hint.interrupted),
        Code::ReleaseTooLarge => t!(hint.release_too_large),
        Code::DraftChanged => t!(hint.draft_changed),
        Code::ReleaseChanged => t!(hint.release_changed),
        Code::NoRevision => t!(hint.no_revision),
        Code::ReleaseNotPending => t!(hint.release_not_pending),
        Code::LeaseHeld => t!(hint.lease_held, seconds = problem.arg("seconds").to_owned()),
        Code::LeaseLost => t!(hint.lease_lost),
        Code::OtherChart => t!(hint.other_chart),
        Code::TargetFixed => t!(hint.target_fixed),
        Code::ValuesConflicts => t!(hint.values_conflicts),
        Code::Storage => t!(hint.storage),
        Code::Offline => t!(hint.offline),
        Code::Internal => t!(hint.internal),
        Code::Refused => t!(hint.refused),
        Code::NotFound | Code::NoRelease => t!(hint.not_found),
        Code::NotPermitted => return None,
        _ => return mesh::hint(problem).or_else(|| repository::hint(problem)),
    })
}
