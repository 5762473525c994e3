//! Points in time. A view has the time of an event and not its age: a page computes the age with one clock,
//! and what did not change compares equal.

use serde::{Deserialize, Serialize};

/// A point in time: seconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// The seconds from this time until `now`; 0 when it is later than `now`.
    pub fn seconds_until(self, now: Self) -> u64 {
        u64::try_from(now.0.saturating_sub(self.0)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Time;

    #[test]
    fn a_time_of_a_clock_that_is_ahead_has_no_age() {
        assert_eq!(Time(10).seconds_until(Time(70)), 60);
        assert_eq!(Time(70).seconds_until(Time(10)), 0);
    }
}
