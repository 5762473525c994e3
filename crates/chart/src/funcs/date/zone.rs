//! Time zones: UTC, those of the world, and those that a text named.
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// A time zone.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    Utc,
    /// One of the world's, such as `Europe/Berlin`.
    Iana(TimeZone),
    /// So many seconds east of Greenwich, perhaps with a name.
    Fixed(i32, String),
}

impl Zone {
    /// The zone of that name; UTC when there is none.
    pub(super) fn from_name(name: &str) -> Self {
        match name {
            "" | "UTC" | "Local" => Self::Utc,
            name => TimeZone::get(name).map_or(Self::Utc, Self::Iana),
        }
    }

    /// How many seconds east of Greenwich at a point in time.
    pub(super) fn offset(&self, timestamp: Timestamp) -> i32 {
        match self {
            Self::Utc => 0,
            Self::Iana(zone) => zone.to_offset(timestamp).seconds(),
            Self::Fixed(seconds, _) => *seconds,
        }
    }

    /// What Go calls it at a point in time.
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

    /// Go's name of the place.
    pub(super) fn location(&self) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Iana(zone) => zone.iana_name().unwrap_or_default().to_owned(),
            Self::Fixed(_, name) => name.clone(),
        }
    }

    /// The offset as jiff has it.
    pub(super) fn jiff(&self, timestamp: Timestamp) -> Offset {
        Offset::from_seconds(self.offset(timestamp)).unwrap_or(Offset::UTC)
    }
}
