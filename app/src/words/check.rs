//! The texts of checks: title, summary and hint.

use super::{doctor, say};
use wire::check::{CheckCode, CheckStatus, CheckView, Stage};

/// Whether the doctor ran a check that the preflight has too: then it lacks the argument of one cluster.
fn is_of_doctor(check: &CheckView) -> bool {
    let argument = match check.code {
        CheckCode::KubernetesVersion => "version",
        CheckCode::NamespaceState => "namespace",
        CheckCode::Capacity => "cpu",
        CheckCode::LeftoverWebhooks => "webhooks",
        CheckCode::LeftoverCrds | CheckCode::TerminatingCrds => "crds",
        CheckCode::Ownership => "objects",
        _ => return false,
    };
    let is_finding = !matches!(check.status, CheckStatus::Passed | CheckStatus::Skipped);
    let is_always_set = matches!(
        check.code,
        CheckCode::KubernetesVersion | CheckCode::NamespaceState | CheckCode::Capacity
    );
    (is_finding || is_always_set) && check.arg(argument).is_empty()
}

/// The title of a check.
pub(crate) fn check_title(check: &CheckView) -> String {
    if is_of_doctor(check) {
        return doctor::title(check);
    }
    match check.code {
        CheckCode::ApiServerReachable => say!(check.api_server),
        CheckCode::KubernetesVersion => say!(check.kubernetes_version),
        CheckCode::Permissions => say!(check.permissions),
        CheckCode::NamespaceState => say!(check.namespace, namespace = arg(check, "namespace")),
        CheckCode::ReleaseNameAvailable => {
            say!(check.release_name, release = arg(check, "release"))
        }
        CheckCode::LeftoverWebhooks => say!(check.webhooks),
        CheckCode::LeftoverCrds => say!(check.crds),
        CheckCode::TerminatingCrds => say!(check.crds_terminating),
        CheckCode::Ownership => say!(check.ownership),
        CheckCode::Capacity => say!(check.capacity),
        _ => doctor::title(check),
    }
}

fn arg(check: &CheckView, name: &str) -> String {
    check.arg(name).to_owned()
}

/// The result of a check in one sentence.
pub(crate) fn check_summary(check: &CheckView) -> String {
    let is_passed = check.status == CheckStatus::Passed;
    if let Some(reason) = check.skipped {
        return doctor::skip_reason(reason).to_owned();
    }
    if check.status == CheckStatus::Skipped {
        return say!(check.runs_in_review);
    }
    if is_of_doctor(check) {
        return doctor::summary(check);
    }
    match check.code {
        CheckCode::ApiServerReachable => say!(check.version, version = arg(check, "version")),
        CheckCode::KubernetesVersion if is_passed => say!(
            check.kubernetes_version_supported,
            version = arg(check, "version")
        ),
        CheckCode::KubernetesVersion if check.status == CheckStatus::Failed => say!(
            check.kubernetes_version_required,
            newest = arg(check, "newest"),
            version = arg(check, "version")
        ),
        CheckCode::KubernetesVersion => say!(
            check.kubernetes_version_too_new,
            newest = arg(check, "newest"),
            version = arg(check, "version")
        ),
        CheckCode::Permissions if is_passed => {
            say!(check.permissions_granted, kinds = arg(check, "kinds"))
        }
        CheckCode::Permissions => say!(check.permissions_missing, missing = arg(check, "missing")),
        CheckCode::NamespaceState => match check.arg("state") {
            "absent" => say!(check.namespace_absent),
            "present" => say!(check.namespace_present),
            "terminating" => say!(check.namespace_terminating),
            _ => String::new(),
        },
        CheckCode::ReleaseNameAvailable if is_passed => say!(check.release_name_available),
        CheckCode::ReleaseNameAvailable => say!(check.release_name_in_use),
        CheckCode::LeftoverWebhooks if is_passed => say!(check.none_found),
        CheckCode::LeftoverWebhooks => say!(check.webhooks_found, count = arg(check, "webhooks")),
        CheckCode::LeftoverCrds | CheckCode::TerminatingCrds if is_passed => say!(check.none_found),
        CheckCode::LeftoverCrds | CheckCode::TerminatingCrds => {
            say!(check.crds_found, count = arg(check, "crds"))
        }
        CheckCode::Ownership if is_passed => say!(check.none_found),
        CheckCode::Ownership => say!(check.objects_found, count = arg(check, "objects")),
        CheckCode::Capacity => say!(
            check.capacity_detail,
            cpu = arg(check, "cpu"),
            memory = arg(check, "memory"),
            cpu_free = arg(check, "cpu_free"),
            memory_free = arg(check, "memory_free")
        ),
        _ => doctor::summary(check),
    }
}

/// The remedies of a check.
pub(crate) fn check_hint(check: &CheckView) -> Option<String> {
    if matches!(check.status, CheckStatus::Passed | CheckStatus::Skipped) {
        return None;
    }
    if is_of_doctor(check) {
        return Some(doctor::remedies(check).join(" "));
    }
    Some(match check.code {
        CheckCode::ApiServerReachable => say!(hint.unreachable),
        CheckCode::KubernetesVersion if check.status == CheckStatus::Failed => {
            say!(check.hint_kubernetes_version_required)
        }
        CheckCode::KubernetesVersion => say!(check.hint_kubernetes_version_too_new),
        CheckCode::Permissions => say!(check.hint_permissions),
        CheckCode::NamespaceState => say!(hint.terminating),
        CheckCode::ReleaseNameAvailable => say!(hint.release_exists),
        CheckCode::LeftoverWebhooks => say!(check.hint_webhooks),
        CheckCode::LeftoverCrds => say!(check.hint_crds),
        CheckCode::TerminatingCrds => say!(check.hint_crds_terminating),
        CheckCode::Ownership => say!(hint.not_ours),
        CheckCode::Capacity => say!(check.hint_capacity),
        _ => doctor::remedies(check).join(" "),
    })
}

/// The facts that a stage gathers.
pub(crate) fn stage_progress(stage: Stage) -> String {
    match stage {
        Stage::Clusters => say!(mesh.asking),
        Stage::Remotes => say!(mesh.asking_remotes),
        Stage::ControlPlanes => say!(mesh.asking_answers),
        Stage::Connectivity => say!(mesh.trying_ways),
    }
}
