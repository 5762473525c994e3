//! Checks, worded: what was looked at, what was found, what to do.

use super::{doctor, t};
use wire::check::{CheckCode, CheckView, Stage, Verdict};

/// Whether a check that both make is the doctor's: it names no single cluster in its arguments.
fn is_doctors(check: &CheckView) -> bool {
    let own = match check.code {
        CheckCode::RunsHere => "version",
        CheckCode::NamespaceState => "namespace",
        CheckCode::Capacity => "cpu",
        CheckCode::LeftoverWebhooks => "webhooks",
        CheckCode::LeftoverCrds | CheckCode::TerminatingCrds => "crds",
        CheckCode::Ownership => "objects",
        _ => return false,
    };
    let found = !matches!(check.verdict, Verdict::Passed | Verdict::Skipped);
    let always = matches!(
        check.code,
        CheckCode::RunsHere | CheckCode::NamespaceState | CheckCode::Capacity
    );
    (found || always) && check.arg(own).is_empty()
}

/// What the check looks at.
pub(crate) fn check_title(check: &CheckView) -> String {
    if is_doctors(check) {
        return doctor::title(check);
    }
    match check.code {
        CheckCode::ServerAnswers => t!(check.server_answers),
        CheckCode::RunsHere => t!(check.runs_here),
        CheckCode::Rights => t!(check.rights),
        CheckCode::NamespaceState => t!(check.namespace, namespace = arg(check, "namespace")),
        CheckCode::NameFree => t!(check.name_free, release = arg(check, "release")),
        CheckCode::LeftoverWebhooks => t!(check.webhooks),
        CheckCode::LeftoverCrds => t!(check.crds),
        CheckCode::TerminatingCrds => t!(check.crds_going),
        CheckCode::Ownership => t!(check.ownership),
        CheckCode::Capacity => t!(check.capacity),
        _ => doctor::title(check),
    }
}

fn arg(check: &CheckView, name: &str) -> String {
    check.arg(name).to_owned()
}

/// What was found, in a few words.
pub(crate) fn check_detail(check: &CheckView) -> String {
    let fine = check.verdict == Verdict::Passed;
    if let Some(why) = check.skipped {
        return doctor::reason(why).to_owned();
    }
    if check.verdict == Verdict::Skipped {
        return t!(check.comes_at_review);
    }
    if is_doctors(check) {
        return doctor::detail(check);
    }
    match check.code {
        CheckCode::ServerAnswers => t!(check.version, version = arg(check, "version")),
        CheckCode::RunsHere if fine => t!(check.runs_here_yes, version = arg(check, "version")),
        CheckCode::RunsHere if check.verdict == Verdict::Blocked => t!(
            check.runs_here_wants,
            newest = arg(check, "newest"),
            version = arg(check, "version")
        ),
        CheckCode::RunsHere => t!(
            check.runs_here_no,
            newest = arg(check, "newest"),
            version = arg(check, "version")
        ),
        CheckCode::Rights if fine => t!(check.rights_all, kinds = arg(check, "kinds")),
        CheckCode::Rights => t!(check.rights_missing, missing = arg(check, "missing")),
        CheckCode::NamespaceState => match check.arg("state") {
            "absent" => t!(check.namespace_absent),
            "present" => t!(check.namespace_present),
            "terminating" => t!(check.namespace_terminating),
            _ => String::new(),
        },
        CheckCode::NameFree if fine => t!(check.name_is_free),
        CheckCode::NameFree => t!(check.name_taken),
        CheckCode::LeftoverWebhooks if fine => t!(check.none_found),
        CheckCode::LeftoverWebhooks => t!(check.webhooks_found, count = arg(check, "webhooks")),
        CheckCode::LeftoverCrds | CheckCode::TerminatingCrds if fine => t!(check.none_found),
        CheckCode::LeftoverCrds | CheckCode::TerminatingCrds => {
            t!(check.crds_found, count = arg(check, "crds"))
        }
        CheckCode::Ownership if fine => t!(check.none_found),
        CheckCode::Ownership => t!(check.objects_found, count = arg(check, "objects")),
        CheckCode::Capacity => t!(
            check.capacity_detail,
            cpu = arg(check, "cpu"),
            memory = arg(check, "memory"),
            cpu_free = arg(check, "cpu_free"),
            memory_free = arg(check, "memory_free")
        ),
        _ => doctor::detail(check),
    }
}

/// What to do about it.
pub(crate) fn check_hint(check: &CheckView) -> Option<String> {
    if matches!(check.verdict, Verdict::Passed | Verdict::Skipped) {
        return None;
    }
    if is_doctors(check) {
        return Some(doctor::to_do(check).join(" "));
    }
    Some(match check.code {
        CheckCode::ServerAnswers => t!(hint.unreachable),
        CheckCode::RunsHere if check.verdict == Verdict::Blocked => {
            t!(check.hint_runs_here_wants)
        }
        CheckCode::RunsHere => t!(check.hint_runs_here),
        CheckCode::Rights => t!(check.hint_rights),
        CheckCode::NamespaceState => t!(hint.terminating),
        CheckCode::NameFree => t!(hint.release_exists),
        CheckCode::LeftoverWebhooks => t!(check.hint_webhooks),
        CheckCode::LeftoverCrds => t!(check.hint_crds),
        CheckCode::TerminatingCrds => t!(check.hint_crds_going),
        CheckCode::Ownership => t!(hint.not_ours),
        CheckCode::Capacity => t!(check.hint_capacity),
        _ => doctor::to_do(check).join(" "),
    })
}

/// What is being asked while checks come in.
pub(crate) fn asking(stage: Stage) -> String {
    match stage {
        Stage::Clusters => t!(mesh.querying_clusters),
        Stage::Remotes => t!(mesh.querying_remotes),
        Stage::Answers => t!(mesh.querying_control_planes),
        Stage::Ways => t!(mesh.testing_connectivity),
    }
}
