//! Durations and ages, in the format of kubectl.

use super::t;

/// A duration from milliseconds: `0.1s`, `42s`, `1m36s`, `2h5m`.
pub(crate) fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0..10 => t!(
            time.seconds,
            n = format!("{:.1}", milliseconds as f64 / 1000.0)
        ),
        10..60 => t!(time.seconds, n = seconds),
        60..3600 => t!(time.minutes_seconds, m = seconds / 60, s = seconds % 60),
        _ => t!(
            time.hours_minutes,
            h = seconds / 3600,
            m = seconds / 60 % 60
        ),
    }
}

/// An age from seconds: `12s`, `4m`, `3h`, `2d`.
pub(crate) fn age(seconds: u64) -> String {
    match seconds {
        0..60 => t!(time.seconds, n = seconds),
        60..3600 => t!(time.minutes, n = seconds / 60),
        3600..86_400 => t!(time.hours, n = seconds / 3600),
        _ => t!(time.days, n = seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_ages_have_the_format_of_kubectl() {
        assert_eq!(
            [duration(140), duration(42_000), duration(96_000)],
            ["0.1s", "42s", "1m36s"]
        );
        assert_eq!([age(12), age(300), age(7200)], ["12s", "5m", "2h"]);
    }
}
