//! Values that a chart puts into a Secret: they are masked wherever values or notes are shown.
//!
//! The values of Secrets are read from the manifests; an operator's value that is part of them, whole or as
//! part of a longer text, is one of them. A chart's defaults are public. Start at [`Secrets::of`].

use crate::mask::{MASK, is_secret};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chart::{SensitiveTexts, Values};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A shorter value is secret only when it is the whole value of a Secret's key.
const MIN_PARTIAL_LENGTH: usize = 6;
/// A shorter line of a longer secret text is not masked alone.
const MIN_LINE_LENGTH: usize = 16;

/// The operator's values that went into Secrets.
#[derive(Debug, Default)]
pub(crate) struct Secrets(BTreeSet<String>);

impl Secrets {
    /// Those of `config` that `objects` have in their Secrets and `defaults` do not name.
    pub(crate) fn of<'a>(
        objects: impl Iterator<Item = &'a Value>,
        config: &Value,
        defaults: &Value,
    ) -> Self {
        let mut held = Vec::new();
        for object in objects {
            collect(object, &mut held);
        }
        let (mut given, mut public) = (BTreeSet::new(), BTreeSet::new());
        scalars(config, &mut given);
        scalars(defaults, &mut public);
        let secret = |text: &String| {
            let within = |held: &String| {
                held == text || text.len() >= MIN_PARTIAL_LENGTH && held.contains(text)
            };
            !text.is_empty() && !public.contains(text) && held.iter().any(within)
        };
        Self(given.into_iter().filter(secret).collect())
    }

    /// The same for the record of a release.
    pub(crate) fn of_release(release: &release::Release) -> Self {
        let hooks = release.hooks.iter().map(|hook| hook.manifest.as_str());
        let parts = release.manifest.split("\n---\n").chain(hooks);
        let objects: Vec<Value> = parts
            .filter_map(|part| Values::parse(part).ok())
            .map(|values| values.to_json())
            .collect();
        Self::of(objects.iter(), &release.config, &release.chart.values)
    }

    /// Adds what a rendering generated or looked up: encoded too, and each line of a longer text such as
    /// a key.
    pub(crate) fn with_sensitive(mut self, sensitive: &SensitiveTexts) -> Self {
        for text in sensitive.iter().filter(|text| !text.is_empty()) {
            let text_lines = text.lines().map(str::trim);
            let long = |line: &&str| line.len() >= MIN_LINE_LENGTH && !line.starts_with("-----");
            if text.contains('\n') {
                self.0.extend(text_lines.filter(long).map(str::to_owned));
            }
            self.0.insert(STANDARD.encode(text));
            self.0.insert(text.to_owned());
        }
        self
    }

    /// Values without the secret ones.
    pub(crate) fn masked(&self, values: &Value) -> Value {
        match values {
            Value::Object(map) => {
                let each = map.iter();
                each.map(|(key, value)| (key.clone(), self.masked(value)))
                    .collect()
            }
            Value::Array(list) => list.iter().map(|value| self.masked(value)).collect(),
            scalar if text_of(scalar).is_some_and(|text| self.0.contains(&text)) => json!(MASK),
            other => other.clone(),
        }
    }

    /// A text without them; very short ones would be found everywhere and stay.
    pub(crate) fn out_of(&self, text: &str) -> String {
        let long = self
            .0
            .iter()
            .filter(|secret| secret.len() >= MIN_PARTIAL_LENGTH);
        // The longest first: a secret may be part of another one.
        let mut long: Vec<&String> = long.collect();
        long.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        let masked = |text: String, secret: &String| text.replace(secret.as_str(), MASK);
        long.into_iter().fold(text.to_owned(), masked)
    }
}

/// What the Secrets of an object hold, as plain text.
fn collect(object: &Value, held: &mut Vec<String>) {
    let items = object.get("items").and_then(Value::as_array);
    for item in items.into_iter().flatten() {
        collect(item, held);
    }
    if !is_secret(object) {
        return;
    }
    let texts = |part: &str| {
        let map = object.get(part).and_then(Value::as_object);
        let values = map.into_iter().flat_map(serde_json::Map::values);
        values.filter_map(text_of).collect::<Vec<_>>()
    };
    held.extend(texts("stringData"));
    for text in texts("data") {
        let decoded = STANDARD.decode(&text).ok();
        held.extend(decoded.and_then(|bytes| String::from_utf8(bytes).ok()));
        // A chart may forget to encode a password: it is one nevertheless, also when it can be decoded.
        held.push(text);
    }
}

fn scalars(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.values().for_each(|value| scalars(value, into)),
        Value::Array(list) => list.iter().for_each(|value| scalars(value, into)),
        scalar => into.extend(text_of(scalar)),
    }
}

/// Texts and numbers; `true` and `false` are no secrets.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        let objects = [
            json!({"kind": "Secret", "data": {"pin": STANDARD.encode("1234")},
                "stringData": {"url": "db://shop:hunter22@db", "mode": "public"}}),
            json!({"kind": "ConfigMap", "data": {"greeting": "hello there"}}),
        ];
        let config = json!({"pin": 1234, "password": "hunter22", "mode": "public",
            "greeting": "hello there", "db": "db"});
        Secrets::of(objects.iter(), &config, &json!({"mode": "public"}))
    }

    #[test]
    fn what_a_secret_holds_is_masked_and_what_it_does_not_hold_is_not() {
        let config = json!({"pin": 1234, "list": ["hunter22"], "mode": "public", "db": "db"});
        let expected = json!({"pin": MASK, "list": [MASK], "mode": "public", "db": "db"});
        assert_eq!(secrets().masked(&config), expected);
    }

    #[test]
    fn what_a_secret_holds_is_masked_also_when_it_is_not_base64() {
        for data in [json!("hunter22!"), json!("hunter22"), json!(47_114_711)] {
            let secret = json!({"kind": "Secret", "data": {"password": data}});
            let config = json!({"password": data});
            let secrets = Secrets::of([secret].iter(), &config, &json!({}));
            assert_eq!(secrets.masked(&config), json!({"password": MASK}));
        }
    }

    #[test]
    fn notes_lose_the_secrets_they_repeat() {
        let notes = "Say hello there with hunter22.";
        let expected = format!("Say hello there with {MASK}.");
        assert_eq!(secrets().out_of(notes), expected);
    }
}
