//! The sentences for problems of upgrades and rollbacks.

use crate::words::t;
use wire::{Code, Problem};

/// The sentence for a problem; none for a problem of something else.
pub(super) fn sentence(problem: &Problem) -> Option<String> {
    let arg = |name: &str| problem.arg(name).to_owned();
    Some(match problem.code {
        Code::ReleaseChanged => t!(
            problem.release_changed,
            release = arg("release"),
            revision = arg("revision"),
            newest = arg("newest")
        ),
        Code::ReleaseNotPending => {
            t!(problem.release_not_pending, release = arg("release"))
        }
        Code::LeaseHeld if problem.arg("since").is_empty() => t!(
            problem.lease_ended,
            release = arg("release"),
            holder = arg("holder")
        ),
        Code::LeaseHeld => t!(
            problem.lease_held,
            release = arg("release"),
            holder = arg("holder"),
            since = arg("since")
        ),
        Code::LeaseLost => t!(
            problem.lease_lost,
            release = arg("release"),
            holder = arg("holder"),
            lease = arg("lease")
        ),
        Code::NoRevision => t!(
            problem.no_revision,
            release = arg("release"),
            revision = arg("revision")
        ),
        Code::OtherChart => t!(
            problem.other_chart,
            release = arg("release"),
            installed = arg("installed"),
            chart = arg("chart")
        ),
        Code::ValuesConflicts => t!(problem.values_conflicts, keys = arg("keys")),
        Code::TargetFixed => t!(problem.target_fixed, release = arg("release")),
        _ => return None,
    })
}
