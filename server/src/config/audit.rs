//! The options of `meshspan audit`.

use clap::Args;
use jiff::{Span, SpanRelativeTo, Timestamp, civil, tz::TimeZone};
use std::path::PathBuf;

/// Print the audit log, the oldest line first. A server may be running on the data directory.
#[derive(Args)]
pub(crate) struct Audit {
    /// Only lines of this operator; "server" and "command line" create login links.
    #[arg(long, value_name = "NAME")]
    pub(crate) actor: Option<String>,
    /// Only lines with this action, such as login or write-release.
    #[arg(long, value_name = "NAME")]
    pub(crate) action: Option<String>,
    /// Only lines whose subject contains this text.
    #[arg(long, value_name = "TEXT")]
    pub(crate) subject: Option<String>,
    /// Only lines since a time, such as 2026-01-31, 2026-01-31T12:00:00Z, or 24h and 7d before now.
    #[arg(long, value_name = "TIME", value_parser = Since::new)]
    pub(crate) since: Option<Since>,
    /// Only lines with this outcome: started, succeeded, failed, stopped or interrupted.
    #[arg(long, value_name = "NAME")]
    pub(crate) outcome: Option<String>,
    /// Only the newest lines.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) limit: Option<u32>,
    /// Print one JSON object for each line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Data directory of the console.
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// The start of a time span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// A time.
    Time(Timestamp),
    /// This number of seconds ago.
    Ago(i64),
}

/// A text that is no time.
#[derive(Debug, thiserror::Error)]
#[error("not a time; examples are 2026-01-31, 2026-01-31T12:00:00Z, 24h and 7d")]
pub(crate) struct BadTime;

impl Since {
    fn new(text: &str) -> Result<Self, BadTime> {
        if let Ok(time) = text.parse::<Timestamp>() {
            return Ok(Self::Time(time));
        }
        if let Ok(date) = text.parse::<civil::Date>() {
            let midnight = date.to_zoned(TimeZone::UTC).map_err(|_| BadTime)?;
            return Ok(Self::Time(midnight.timestamp()));
        }
        let span: Span = text.parse().map_err(|_| BadTime)?;
        let duration = span.to_duration(SpanRelativeTo::days_are_24_hours());
        Ok(Self::Ago(duration.map_err(|_| BadTime)?.as_secs().abs()))
    }

    /// The seconds since 1970.
    pub(crate) fn seconds(self, now: Timestamp) -> i64 {
        match self {
            Self::Time(time) => time.as_second(),
            Self::Ago(seconds) => now.as_second().saturating_sub(seconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_a_time_a_date_or_a_duration() {
        let now: Timestamp = "2026-02-01T00:00:00Z".parse().expect("a time");
        for (text, expected) in [
            ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"),
            ("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00Z"),
            ("2026-01-31", "2026-01-31T00:00:00Z"),
            ("24h", "2026-01-31T00:00:00Z"),
            ("2d", "2026-01-30T00:00:00Z"),
            ("1h 30m", "2026-01-31T22:30:00Z"),
        ] {
            let expected: Timestamp = expected.parse().expect("a time");
            let since = Since::new(text).expect(text);
            assert_eq!(since.seconds(now), expected.as_second(), "{text}");
        }
        for text in ["", "yesterday", "12", "2026-13-01"] {
            assert!(Since::new(text).is_err(), "{text}");
        }
    }
}
