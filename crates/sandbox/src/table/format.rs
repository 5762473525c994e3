//! The formats of table cells: ages, lists, labels.
//!
//! Start at [`age`].

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::object;

pub(super) fn name(object: &Value) -> Value {
    object["metadata"]["name"].clone()
}

/// The age of an object.
pub(super) fn age(object: &Value, now: Timestamp) -> Value {
    json!(ago(
        object::text(object, "/metadata/creationTimestamp"),
        now
    ))
}

/// The time since a timestamp, such as `5m12s`.
pub(super) fn ago(time: &str, now: Timestamp) -> String {
    let Ok(then) = time.parse::<Timestamp>() else {
        return "<unknown>".to_owned();
    };
    format_duration(now.duration_since(then).as_secs().max(0))
}

/// A duration in at most two units, as kubectl prints it.
pub(super) fn format_duration(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    let two_units = |large: i64, unit: &str, small: i64, fine: &str| {
        if small == 0 {
            format!("{large}{unit}")
        } else {
            format!("{large}{unit}{small}{fine}")
        }
    };
    match seconds {
        ..120 => format!("{seconds}s"),
        120..600 => two_units(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => two_units(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => two_units(days, "d", hours % 24, "h"),
        691_200..63_072_000 => format!("{days}d"),
        _ => two_units(days / 365, "y", days % 365, "d"),
    }
}

pub(super) fn or_none(text: &str) -> Value {
    json!(if text.is_empty() { "<none>" } else { text })
}

/// The string at a pointer, or `<none>`.
pub(super) fn at(object: &Value, pointer: &str) -> Value {
    or_none(object::text(object, pointer))
}

/// The number at a pointer, or 0.
pub(super) fn count(object: &Value, pointer: &str) -> i64 {
    object::number(object, pointer).unwrap_or(0)
}

/// The number of members of a map or list.
pub(super) fn size(object: &Value, pointer: &str) -> Value {
    let found = object.pointer(pointer);
    let map = found.and_then(Value::as_object).map(serde_json::Map::len);
    let list = found.and_then(Value::as_array).map(Vec::len);
    json!(map.or(list).unwrap_or(0))
}

/// Labels as `a=b,c=d`.
pub(super) fn labels(object: &Value, pointer: &str) -> Value {
    let pairs: Vec<String> = object::pairs(object, pointer)
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    or_none(&pairs.join(","))
}

/// One member of each container of a workload, separated by commas.
pub(super) fn containers(object: &Value, member: &str) -> Value {
    let all: Vec<&str> = object::items(object, "/spec/template/spec/containers")
        .filter_map(|container| container[member].as_str())
        .collect();
    json!(all.join(","))
}

#[cfg(test)]
mod tests {
    use super::format_duration;

    #[test]
    fn an_age_has_at_most_two_units() {
        let durations: Vec<String> = [
            0,
            119,
            130,
            600,
            3600 * 3,
            3600 * 30,
            86400 * 5,
            86400 * 900,
        ]
        .map(format_duration)
        .to_vec();
        assert_eq!(
            durations,
            ["0s", "119s", "2m10s", "10m", "3h", "30h", "5d", "2y170d"]
        );
    }
}
