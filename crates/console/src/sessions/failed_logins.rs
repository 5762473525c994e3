//! Which failed logins are in the audit: the first of each minute, and the number of the others.

use parking_lot::Mutex;

/// How many failed logins of a minute have a line.
const LINES_PER_MINUTE: u32 = 10;
const MINUTE: i64 = 60;

/// The failed logins of the current minute.
#[derive(Default)]
pub(crate) struct FailedLogins(Mutex<Window>);

#[derive(Clone, Copy, Default)]
struct Window {
    since: i64,
    lines: u32,
    /// Failed logins without a line, since the last line.
    others: u32,
}

impl FailedLogins {
    /// Counts a failed login at `now`; when it has a line, what the line says about others.
    pub(crate) fn record(&self, now: i64) -> Option<String> {
        let mut window = self.0.lock();
        if now >= window.since + MINUTE {
            window.since = now;
            window.lines = 0;
        }
        if window.lines >= LINES_PER_MINUTE {
            window.others += 1;
            return None;
        }
        window.lines += 1;
        match std::mem::take(&mut window.others) {
            0 => Some(String::new()),
            others => Some(format!(" (and {others} more before)")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_failed_logins_has_few_lines_and_a_count() {
        let failed = FailedLogins::default();
        let lines = (0..1000).filter_map(|_| failed.record(100)).count();
        assert_eq!(lines, 10);
        let next = failed.record(160);
        assert_eq!(next.as_deref(), Some(" (and 990 more before)"));
        assert_eq!(failed.record(161).as_deref(), Some(""));
    }
}
