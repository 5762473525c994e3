//! Time zones: UTC, IANA zones, and fixed offsets from parsed texts.
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// A time zone.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    Utc,
    /// An IANA zone such as `Europe/Berlin`.
    Iana(TimeZone),
    /// An offset in seconds east of UTC, with an optional name.
    Fixed(i32, String),
}

impl Zone {
    /// The zone with this name; UTC when the name is unknown.
    pub(super) fn from_name(name: &str) -> Self {
        match name {
            "" | "UTC" | "Local" => Self::Utc,
            name => TimeZone::get(name).map_or(Self::Utc, Self::Iana),
        }
    }

    /// The offset in seconds east of UTC at a timestamp.
    pub(super) fn offset(&self, timestamp: Timestamp) -> i32 {
        match self {
            Self::Utc => 0,
            Self::Iana(zone) => zone.to_offset(timestamp).seconds(),
            Self::Fixed(seconds, _) => *seconds,
        }
    }

    /// Go's abbreviation of the zone at a timestamp.
    pub(super) fn abbreviation(&self, timestamp: Timestamp) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Iana(zone) => zone.to_offset_info(timestamp).abbreviation().to_owned(),
            Self::Fixed(seconds, name) if name.is_empty() => {
                let sign = if *seconds < 0 { '-' } else { '+' };
                let minutes = seconds.abs() / 60;
                format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
            }
            Self::Fixed(_, name) => name.clone(),
        }
    }

    /// Go's name of the location.
    pub(super) fn location(&self) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Iana(zone) => zone.iana_name().unwrap_or_default().to_owned(),
            Self::Fixed(_, name) => name.clone(),
        }
    }

    /// The offset as a jiff type.
    pub(super) fn jiff(&self, timestamp: Timestamp) -> Offset {
        Offset::from_seconds(self.offset(timestamp)).unwrap_or(Offset::UTC)
    }
}
