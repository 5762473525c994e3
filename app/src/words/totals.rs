//! The totals of a list of checks, in one line.

use super::{count, t};
use wire::release::Health;

/// `9 passed · 1 warning · 0 failed`; the skipped checks follow when they are counted.
pub(crate) fn check_totals(
    passed: usize,
    warnings: usize,
    failed: usize,
    skipped: Option<usize>,
) -> String {
    let mut totals = vec![
        t!(check_totals.passed, n = passed),
        count!(check_totals.warnings, n = warnings),
        t!(check_totals.failed, n = failed),
    ];
    totals.extend(skipped.map(|skipped| t!(check_totals.skipped, n = skipped)));
    totals.join(" · ")
}

/// `15 of 17 ready · 1 failed · 1 in progress`; states that no object has are left out.
pub(crate) fn health_totals(healths: &[Health]) -> String {
    let number = |is: fn(&Health) -> bool| healths.iter().filter(|health| is(health)).count();
    let ready = number(|health| *health == Health::Ready);
    let others = [
        (
            number(|health| matches!(health, Health::Failed(_))),
            t!(health.failing),
        ),
        (
            number(|health| *health == Health::Missing),
            t!(health.missing),
        ),
        (
            number(|health| matches!(health, Health::Unknown(_))),
            t!(health.unknown),
        ),
        (
            number(|health| matches!(health, Health::Waiting(_))),
            t!(health.waiting),
        ),
    ];
    let others = others.into_iter().filter(|(number, _)| *number > 0);
    let others = others.map(|(number, name)| format!("{number} {}", name.to_lowercase()));
    let first = t!(health_totals.ready_of, ready = ready, all = healths.len());
    std::iter::once(first)
        .chain(others)
        .collect::<Vec<_>>()
        .join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_totals_of_health_name_only_states_that_occur() {
        let failed = Health::Failed("CrashLoopBackOff".into());
        assert_eq!(
            health_totals(&[Health::Ready, failed, Health::Ready]),
            "2 of 3 ready · 1 failing"
        );
        assert_eq!(health_totals(&[Health::Ready]), "1 of 1 ready");
    }

    #[test]
    fn one_warning_is_singular_and_zero_failures_are_listed() {
        assert_eq!(
            check_totals(9, 1, 0, None),
            "9 passed · 1 warning · 0 failed"
        );
        assert_eq!(
            check_totals(0, 2, 3, Some(4)),
            "0 passed · 2 warnings · 3 failed · 4 skipped"
        );
    }
}
