//! Times as a person says them.

use super::say;

/// How long something took, from milliseconds: `0.1 s`, `42 s`, `1 min 36 s`.
pub(crate) fn took(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0..10 => say!(
            time.seconds,
            n = format!("{:.1}", milliseconds as f64 / 1000.0)
        ),
        10..60 => say!(time.seconds, n = seconds),
        60..3600 => say!(time.minutes_seconds, m = seconds / 60, s = seconds % 60),
        _ => say!(
            time.hours_minutes,
            h = seconds / 3600,
            m = seconds / 60 % 60
        ),
    }
}

/// How long ago something was, from seconds: `12 s`, `4 min`, `3 h`, `2 d`.
pub(crate) fn age(seconds: u64) -> String {
    match seconds {
        0..60 => say!(time.seconds, n = seconds),
        60..3600 => say!(time.minutes, n = seconds / 60),
        3600..86_400 => say!(time.hours, n = seconds / 3600),
        _ => say!(time.days, n = seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_a_person_says_them() {
        assert_eq!(
            [took(140), took(42_000), took(96_000)],
            ["0.1 s", "42 s", "1 min 36 s"]
        );
        assert_eq!([age(12), age(300), age(7200)], ["12 s", "5 min", "2 h"]);
    }
}
