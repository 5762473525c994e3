//! The wording of the problems of a mesh.

use super::member;
use crate::words::t;
use wire::{Code, Problem};

/// The sentence for a problem of a mesh; none for another problem.
pub(super) fn sentence(problem: &Problem) -> Option<String> {
    let arg = |name: &str| problem.arg(name).to_owned();
    Some(match problem.code {
        Code::MeshExists => t!(problem.mesh_exists, mesh = arg("mesh")),
        Code::BadMesh if arg("cluster").is_empty() => t!(problem.no_remote),
        Code::BadMesh => t!(problem.bad_mesh, cluster = arg("cluster")),
        Code::TooManyPinned => t!(
            problem.too_many_pinned,
            mesh = arg("mesh"),
            max = arg("max")
        ),
        Code::MeshWarnings => t!(
            problem.mesh_warnings,
            n = arg("count"),
            clusters = arg("clusters")
        ),
        Code::NoPrometheus | Code::PrometheusFailed | Code::NoIstioMetrics => prometheus(problem),
        Code::ReleaseUnfinished => t!(problem.release_unfinished, release = arg("release")),
        Code::NoAddress => t!(problem.no_address, key = arg("key")),
        Code::StepNotDue => t!(problem.step_not_due),
        Code::StepNotUndone => t!(
            problem.step_not_undone,
            step = arg("step"),
            cluster = arg("cluster")
        ),
        Code::ClusterInMesh => t!(
            problem.cluster_in_mesh,
            cluster = arg("cluster"),
            mesh = arg("mesh")
        ),
        Code::OtherGeneration => t!(
            problem.other_istio_generation,
            generation = arg("generation")
        ),
        Code::ClusterInUse => t!(problem.cluster_in_use, control_plane = arg("control_plane")),
        Code::NamespaceNotEmpty => t!(
            problem.namespace_not_empty,
            namespace = arg("namespace"),
            resources = arg("resources")
        ),
        Code::CrdUnreadable => {
            t!(problem.crd_unreadable, crd = arg("crd"))
        }
        Code::DeletionStuck => t!(
            problem.deletion_stuck,
            object = arg("object"),
            waited = arg("waited")
        ),
        Code::BackupTooLarge => t!(problem.backup_too_large, max = arg("max")),
        _ => return member::sentence(problem).or_else(|| plan_sentence(problem)),
    })
}

/// The sentence for a problem of a Prometheus server.
fn prometheus(problem: &Problem) -> String {
    let (object, cluster) = (
        problem.arg("object").to_owned(),
        problem.arg("cluster").to_owned(),
    );
    match problem.code {
        Code::NoPrometheus => t!(problem.no_prometheus, object = object, cluster = cluster),
        Code::NoIstioMetrics => t!(problem.no_istio_metrics, object = object, cluster = cluster),
        _ => t!(
            problem.prometheus_failed,
            object = object,
            cluster = cluster
        ),
    }
}

/// The sentence for a problem of a plan and its review; none for another problem.
fn plan_sentence(problem: &Problem) -> Option<String> {
    let arg = |name: &str| problem.arg(name).to_owned();
    Some(match problem.code {
        Code::ExposedAddress => t!(
            problem.exposed_address,
            object = arg("object"),
            addresses = arg("addresses")
        ),
        Code::HostUnresolved => t!(
            problem.host_unresolved,
            object = arg("object"),
            host = arg("host"),
            reason = arg("reason")
        ),
        Code::PlanChanged if arg("objects").is_empty() => t!(problem.plan_replaced),
        Code::PlanChanged => t!(
            problem.plan_changed,
            n = arg("count"),
            objects = arg("objects")
        ),
        Code::NoReview => t!(problem.no_review),
        Code::NotConfirmed => t!(problem.not_confirmed, name = arg("name")),
        Code::ChecksFailed => t!(problem.checks_failed, checks = arg("checks")),
        Code::NotResumable => t!(problem.not_resumable, job = arg("job")),
        Code::ReviewAgain => t!(problem.review_again),
        _ => return None,
    })
}

/// The hint of a problem of a mesh; none for another problem.
pub(super) fn hint(problem: &Problem) -> Option<String> {
    Some(match problem.code {
        Code::MeshExists => t!(hint.mesh_exists),
        Code::BadMesh if problem.arg("cluster").is_empty() => t!(hint.no_remote),
        Code::BadMesh => t!(hint.bad_mesh),
        Code::MeshWarnings => t!(hint.mesh_warnings),
        Code::TooManyPinned => t!(hint.too_many_pinned),
        Code::NoPrometheus => t!(hint.no_prometheus),
        Code::PrometheusFailed => t!(hint.prometheus_failed),
        Code::NoIstioMetrics => t!(hint.no_istio_metrics),
        Code::ReleaseUnfinished => t!(hint.release_unfinished),
        Code::NoAddress => t!(hint.no_address),
        Code::ExposedAddress => t!(hint.exposed_address),
        Code::HostUnresolved => t!(hint.host_unresolved),
        Code::PlanChanged | Code::NoReview => t!(hint.show_plan_again),
        Code::ChecksFailed => t!(hint.checks_failed),
        Code::NotConfirmed => t!(hint.not_confirmed),
        Code::NotResumable => t!(hint.not_resumable),
        Code::ReviewAgain => t!(hint.review_again),
        Code::StepNotDue => t!(hint.step_not_due),
        Code::StepNotUndone => t!(hint.step_not_undone),
        Code::ClusterInMesh => t!(hint.cluster_in_mesh),
        Code::OtherGeneration => t!(hint.other_istio_generation),
        Code::ClusterInUse => t!(hint.cluster_in_use),
        Code::NamespaceNotEmpty => t!(hint.namespace_not_empty),
        Code::CrdUnreadable => t!(hint.crd_unreadable),
        Code::DeletionStuck => t!(hint.deletion_stuck),
        Code::BackupTooLarge => t!(hint.backup_too_large),
        _ => return member::hint(problem),
    })
}
