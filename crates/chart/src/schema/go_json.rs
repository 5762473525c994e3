//! Values as Go's JSON, in which Helm's validator compares and prints them.

use serde_json::Value as Json;

use super::number::is_whole;

/// A value as Go's JSON: sorted keys, `<`, `>` and `&` escaped, integers without a decimal point.
pub(super) fn go_json(value: &Json) -> String {
    match value {
        Json::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let entries: Vec<String> = entries
                .into_iter()
                .map(|(key, item)| format!("{}:{}", go_json_string(key), go_json(item)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(go_json).collect();
            format!("[{}]", items.join(","))
        }
        Json::String(text) => go_json_string(text),
        Json::Number(number) if number.is_f64() && is_whole(number) => {
            format!("{}", number.as_f64().unwrap_or_default())
        }
        other => other.to_string(),
    }
}

fn go_json_string(text: &str) -> String {
    let json = Json::from(text).to_string();
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}
