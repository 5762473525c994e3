//! The totals of a list of checks, in one line.

use super::{count, t};

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

#[cfg(test)]
mod tests {
    use super::*;

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
