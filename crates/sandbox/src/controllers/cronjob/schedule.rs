//! The schedule of a CronJob: five fields in a time zone, a descriptor or an interval.
//!
//! Start at [`Schedule::read`].

use cronexpr::{Crontab, MakeTimestamp};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::object;

/// The number of missed times after which only the interval counts.
const MAX_MISSED: usize = 1_000;

/// When a CronJob creates its Jobs.
#[derive(Debug)]
pub(super) enum Schedule {
    Fields(Box<Crontab>),
    Every(SignedDuration),
}

impl Schedule {
    /// The schedule of a CronJob; `None` if it is not valid.
    pub(super) fn read(cron_job: &Value) -> Option<Self> {
        let zone = match object::text(cron_job, "/spec/timeZone") {
            "" => "UTC",
            zone => zone,
        };
        Self::parse(object::text(cron_job, "/spec/schedule"), zone)
    }

    fn parse(text: &str, zone: &str) -> Option<Self> {
        if let Some(interval) = text.strip_prefix("@every ") {
            let interval: SignedDuration = interval.trim().parse().ok()?;
            let seconds = SignedDuration::from_secs(interval.as_secs().max(1));
            return Some(Self::Every(seconds));
        }
        let fields = match text.trim() {
            "@yearly" | "@annually" => "0 0 1 1 *".to_owned(),
            "@monthly" => "0 0 1 * *".to_owned(),
            "@weekly" => "0 0 * * 0".to_owned(),
            "@daily" | "@midnight" => "0 0 * * *".to_owned(),
            "@hourly" => "0 * * * *".to_owned(),
            text => text.replace('?', "*"),
        };
        let crontab = cronexpr::parse_crontab(&format!("{fields} {zone}")).ok()?;
        Some(Self::Fields(Box::new(crontab)))
    }

    /// The first time after another one.
    pub(super) fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Fields(crontab) => {
                let next = crontab.find_next(MakeTimestamp(after)).ok()?;
                Some(next.timestamp())
            }
            Self::Every(interval) => after.checked_add(*interval).ok(),
        }
    }

    /// The latest time after `earliest` that is not after `now`.
    pub(super) fn latest(&self, earliest: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let first = self.next(earliest).filter(|time| *time <= now)?;
        let mut latest = first;
        for _ in 0..MAX_MISSED {
            match self.next(latest).filter(|time| *time <= now) {
                Some(next) => latest = next,
                None => return Some(latest),
            }
        }
        // So many missed times are not walked through: the interval leads to the latest ones.
        let interval = self.next(first)?.duration_since(first).as_secs().max(1);
        let passed = now.duration_since(first).as_secs() / interval;
        let near = first.checked_add(SignedDuration::from_secs((passed - 2) * interval));
        let mut latest = near.ok().and_then(|near| self.next(near))?;
        while let Some(next) = self.next(latest).filter(|time| *time <= now) {
            latest = next;
        }
        Some(latest)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::Schedule;

    fn next(schedule: &str, zone: &str, after: &str) -> Option<String> {
        let after: Timestamp = after.parse().ok()?;
        let next = Schedule::parse(schedule, zone)?.next(after)?;
        Some(next.to_string())
    }

    #[test]
    fn fields_descriptors_and_intervals_give_the_next_time() {
        let after = "2026-03-01T12:07:30Z";
        for (schedule, expected) in [
            ("*/5 * * * *", "2026-03-01T12:10:00Z"),
            ("0 3 * * mon-fri", "2026-03-02T03:00:00Z"),
            ("0 0 13 * 5", "2026-03-06T00:00:00Z"),
            ("0 0 ? 4 *", "2026-04-01T00:00:00Z"),
            ("@hourly", "2026-03-01T13:00:00Z"),
            ("@weekly", "2026-03-08T00:00:00Z"),
            ("@every 1h30m", "2026-03-01T13:37:30Z"),
        ] {
            let found = next(schedule, "UTC", after);
            assert_eq!(found.as_deref(), Some(expected), "{schedule}");
        }
        let in_berlin = next("0 3 * * *", "Europe/Berlin", after);
        assert_eq!(in_berlin.as_deref(), Some("2026-03-02T02:00:00Z"));
        assert_eq!(next("0 25 * * *", "UTC", after), None);
        assert_eq!(next("0 3 * * *", "Europe/Nowhere", after), None);
    }

    #[test]
    fn the_latest_missed_time_counts_after_years_as_well() {
        let schedule = Schedule::parse("*/5 * * * *", "UTC");
        let latest = |earliest: &str| {
            let now: Timestamp = "2026-03-01T12:07:30Z".parse().ok()?;
            let latest = schedule.as_ref()?.latest(earliest.parse().ok()?, now)?;
            Some(latest.to_string())
        };
        let expected = Some("2026-03-01T12:05:00Z".to_owned());
        assert_eq!(latest("2026-03-01T11:00:00Z"), expected);
        assert_eq!(latest("1970-01-01T00:00:00Z"), expected);
        assert_eq!(latest("2026-03-01T12:05:00Z"), None);
    }
}
