//! Views as pages show them: control and bidirectional characters of charts and clusters are marks.
//!
//! The names, reasons and messages in a view come from many places; this is the one place that all views
//! pass on their way to a page, to the event stream or to a terminal. Start at [`visible_view`].

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use wire::visible::{is_hidden, visible};

/// How JSON writes control characters.
const ESCAPES: [&str; 4] = ["\\u00", "\\b", "\\f", "\\r"];

/// The view with a mark such as `⟨U+202E⟩` for each control or bidirectional character in its texts.
///
/// # Errors
/// When the view has no JSON, or its type refuses a mark.
pub fn visible_view<T: Serialize + DeserializeOwned>(view: T) -> Result<T, serde_json::Error> {
    let text = serde_json::to_string(&view)?;
    let has_hidden =
        ESCAPES.iter().any(|escape| text.contains(escape)) || text.chars().any(is_hidden);
    if !has_hidden {
        return Ok(view);
    }
    serde_json::from_value(visible_value(serde_json::from_str(&text)?))
}

fn visible_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(visible(&text)),
        Value::Array(items) => items.into_iter().map(visible_value).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (visible(&key), visible_value(value)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{
        ClusterName,
        job::{EventView, JobView, Subject},
    };

    fn event(message: &str) -> EventView {
        EventView {
            warning: true,
            reason: "Failed\u{202e}".into(),
            object: "pod/a\u{1b}[2J".into(),
            message: message.into(),
            count: 1,
            age: 0,
        }
    }

    #[test]
    fn hidden_characters_anywhere_in_a_view_are_marks() {
        let shown = visible_view(vec![event("a\rb\u{8}\u{85}\n\tc")]).expect("a view");
        let expected = EventView {
            reason: "Failed⟨U+202E⟩".into(),
            object: "pod/a⟨U+001B⟩[2J".into(),
            message: "a⟨U+000D⟩b⟨U+0008⟩⟨U+0085⟩\n\tc".into(),
            ..event("")
        };
        assert_eq!(shown, [expected]);
    }

    #[test]
    fn a_job_of_a_hostile_cluster_is_shown_with_marks() {
        let job = serde_json::json!({
            "id": "j", "kind": "Cleanup", "subject": Subject::Cluster(ClusterName::new("east").expect("a name")), "state": "Running",
            "phases": [{"name": "Ready", "state": "Running", "done": 0, "total": 1, "elapsed_ms": 0,
                "objects": [{"object": {"kind": "Pod", "api_version": "v1", "namespace": null,
                    "name": "we\u{202e}b"}, "health": null, "note": "\u{2066}1 of 1"}]}],
            "blocking": {"object": {"kind": "Pod", "api_version": "v1", "namespace": null,
                "name": "web"}, "note": "", "reason": "\u{1b}]0;title\u{7}", "waited": 1,
                "stalled": false},
            "events": [], "started_by": "ann", "age": 0, "elapsed_ms": 0, "completed": 0,
            "objects": 1,
        });
        let job: JobView = serde_json::from_value(job).expect("a job");
        let shown = visible_view(job).expect("a view");
        let json = serde_json::to_string(&shown).expect("JSON");
        assert!(
            !json.chars().any(is_hidden) && !json.contains("\\u00"),
            "{json}"
        );
        for mark in ["we⟨U+202E⟩b", "⟨U+2066⟩1 of 1", "⟨U+001B⟩]0;title⟨U+0007⟩"] {
            assert!(json.contains(mark), "{mark}: {json}");
        }
    }

    #[test]
    fn a_view_without_hidden_characters_is_unchanged() {
        let plain = EventView {
            reason: "Failed".into(),
            object: "pod/שלום".into(),
            ..event("C:\\u00 \"quoted\"\n")
        };
        assert_eq!(visible_view(plain.clone()).expect("a view"), plain);
    }
}
