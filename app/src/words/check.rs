//! The texts of checks: title, summary and hint.

use super::{count, doctor, t};
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
        CheckCode::ApiServerReachable => t!(check.api_server),
        CheckCode::KubernetesVersion => t!(check.kubernetes_version),
        CheckCode::Permissions => t!(check.permissions),
        CheckCode::NamespaceState => t!(check.namespace, namespace = arg(check, "namespace")),
        CheckCode::ReleaseNameAvailable => {
            t!(check.release_name, release = arg(check, "release"))
        }
        CheckCode::ReleaseUpgradable => {
            t!(check.release_upgradable, release = arg(check, "release"))
        }
        CheckCode::LeftoverWebhooks => t!(check.webhooks),
        CheckCode::LeftoverCrds => t!(check.crds),
        CheckCode::TerminatingCrds => t!(check.crds_terminating),
        CheckCode::Ownership => t!(check.ownership),
        CheckCode::Capacity => t!(check.capacity),
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
        return t!(check.runs_in_review);
    }
    if is_of_doctor(check) {
        return doctor::summary(check);
    }
    match check.code {
        CheckCode::ApiServerReachable => t!(check.version, version = arg(check, "version")),
        CheckCode::KubernetesVersion if is_passed => t!(
            check.kubernetes_version_supported,
            version = arg(check, "version")
        ),
        CheckCode::KubernetesVersion if check.status == CheckStatus::Failed => t!(
            check.kubernetes_version_required,
            newest = arg(check, "newest"),
            version = arg(check, "version")
        ),
        CheckCode::KubernetesVersion => t!(
            check.kubernetes_version_too_new,
            newest = arg(check, "newest"),
            version = arg(check, "version")
        ),
        CheckCode::Permissions if is_passed => {
            let kinds: u64 = check.arg("kinds").parse().unwrap_or_default();
            count!(check.permissions_granted, n = kinds)
        }
        CheckCode::Permissions => t!(check.permissions_missing, missing = arg(check, "missing")),
        CheckCode::NamespaceState => match check.arg("state") {
            "absent" => t!(check.namespace_absent),
            "present" => t!(check.namespace_present),
            "terminating" => t!(check.namespace_terminating),
            _ => String::new(),
        },
        CheckCode::ReleaseNameAvailable if is_passed => t!(check.release_name_available),
        CheckCode::ReleaseNameAvailable => t!(check.release_name_in_use),
        CheckCode::ReleaseUpgradable if is_passed => {
            t!(check.release_at_revision, revision = arg(check, "revision"))
        }
        CheckCode::ReleaseUpgradable => {
            t!(
                check.release_not_at_revision,
                revision = arg(check, "revision")
            )
        }
        CheckCode::LeftoverWebhooks if is_passed => t!(check.none_found),
        CheckCode::LeftoverWebhooks => t!(check.webhooks_found, count = arg(check, "webhooks")),
        CheckCode::LeftoverCrds | CheckCode::TerminatingCrds if is_passed => t!(check.none_found),
        CheckCode::LeftoverCrds | CheckCode::TerminatingCrds => {
            t!(check.crds_found, count = arg(check, "crds"))
        }
        CheckCode::Ownership if is_passed => t!(check.none_found),
        CheckCode::Ownership if check.status == CheckStatus::Info => {
            t!(check.objects_adopted, count = arg(check, "objects"))
        }
        CheckCode::Ownership => t!(check.objects_found, count = arg(check, "objects")),
        CheckCode::Capacity => t!(
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
        CheckCode::ApiServerReachable => t!(hint.unreachable),
        CheckCode::KubernetesVersion if check.status == CheckStatus::Failed => {
            t!(check.hint_kubernetes_version_required)
        }
        CheckCode::KubernetesVersion => t!(check.hint_kubernetes_version_too_new),
        CheckCode::Permissions => t!(check.hint_permissions),
        CheckCode::NamespaceState => t!(hint.terminating),
        CheckCode::ReleaseNameAvailable => t!(hint.release_exists),
        CheckCode::ReleaseUpgradable => t!(hint.release_changed),
        CheckCode::LeftoverWebhooks => t!(check.hint_webhooks),
        CheckCode::LeftoverCrds => t!(check.hint_crds),
        CheckCode::TerminatingCrds => t!(check.hint_crds_terminating),
        CheckCode::Ownership if check.status == CheckStatus::Info => return None,
        CheckCode::Ownership => t!(hint.owned_by_other),
        CheckCode::Capacity => t!(check.hint_capacity),
        _ => doctor::remedies(check).join(" "),
    })
}

/// The facts that a stage gathers.
pub(crate) fn stage_progress(stage: Stage) -> String {
    match stage {
        Stage::Clusters => t!(mesh.querying_clusters),
        Stage::Remotes => t!(mesh.querying_remotes),
        Stage::ControlPlanes => t!(mesh.querying_control_planes),
        Stage::Connectivity => t!(mesh.testing_connectivity),
    }
}
