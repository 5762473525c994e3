//! Checks, worded: what was looked at, what was found, what to do.

use super::{doctor, say};
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
        CheckCode::ServerAnswers => say!(check.server_answers),
        CheckCode::RunsHere => say!(check.runs_here),
        CheckCode::Rights => say!(check.rights),
        CheckCode::NamespaceState => say!(check.namespace, namespace = arg(check, "namespace")),
        CheckCode::NameFree => say!(check.name_free, release = arg(check, "release")),
        CheckCode::LeftoverWebhooks => say!(check.webhooks),
        CheckCode::LeftoverCrds => say!(check.crds),
        CheckCode::TerminatingCrds => say!(check.crds_going),
        CheckCode::Ownership => say!(check.ownership),
        CheckCode::Capacity => say!(check.capacity),
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
        return say!(check.comes_at_review);
    }
    if is_doctors(check) {
        return doctor::detail(check);
    }
    match check.code {
        CheckCode::ServerAnswers => say!(check.version, version = arg(check, "version")),
        CheckCode::RunsHere if fine => say!(check.runs_here_yes, version = arg(check, "version")),
        CheckCode::RunsHere if check.verdict == Verdict::Blocked => say!(
            check.runs_here_wants,
            newest = arg(check, "newest"),
            version = arg(check, "version")
        ),
        CheckCode::RunsHere => say!(
            check.runs_here_no,
            newest = arg(check, "newest"),
            version = arg(check, "version")
        ),
        CheckCode::Rights if fine => say!(check.rights_all, kinds = arg(check, "kinds")),
        CheckCode::Rights => say!(check.rights_missing, missing = arg(check, "missing")),
        CheckCode::NamespaceState => match check.arg("state") {
            "absent" => say!(check.namespace_absent),
            "present" => say!(check.namespace_present),
            "terminating" => say!(check.namespace_terminating),
            _ => String::new(),
        },
        CheckCode::NameFree if fine => say!(check.name_is_free),
        CheckCode::NameFree => say!(check.name_taken),
        CheckCode::LeftoverWebhooks if fine => say!(check.none_found),
        CheckCode::LeftoverWebhooks => say!(check.webhooks_found, count = arg(check, "webhooks")),
        CheckCode::LeftoverCrds | CheckCode::TerminatingCrds if fine => say!(check.none_found),
        CheckCode::LeftoverCrds | CheckCode::TerminatingCrds => {
            say!(check.crds_found, count = arg(check, "crds"))
        }
        CheckCode::Ownership if fine => say!(check.none_found),
        CheckCode::Ownership => say!(check.objects_found, count = arg(check, "objects")),
        CheckCode::Capacity => say!(
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
        CheckCode::ServerAnswers => say!(hint.unreachable),
        CheckCode::RunsHere if check.verdict == Verdict::Blocked => {
            say!(check.hint_runs_here_wants)
        }
        CheckCode::RunsHere => say!(check.hint_runs_here),
        CheckCode::Rights => say!(check.hint_rights),
        CheckCode::NamespaceState => say!(hint.terminating),
        CheckCode::NameFree => say!(hint.release_exists),
        CheckCode::LeftoverWebhooks => say!(check.hint_webhooks),
        CheckCode::LeftoverCrds => say!(check.hint_crds),
        CheckCode::TerminatingCrds => say!(check.hint_crds_going),
        CheckCode::Ownership => say!(hint.not_ours),
        CheckCode::Capacity => say!(check.hint_capacity),
        _ => doctor::to_do(check).join(" "),
    })
}

/// What is being asked while checks come in.
pub(crate) fn asking(stage: Stage) -> String {
    match stage {
        Stage::Clusters => say!(mesh.asking),
        Stage::Remotes => say!(mesh.asking_remotes),
        Stage::Answers => say!(mesh.asking_answers),
        Stage::Ways => say!(mesh.trying_ways),
    }
}
