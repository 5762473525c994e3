//! Texts of a rendering that only the cluster should see.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// A shorter text is recognized only when it is a whole one.
const MIN_PARTIAL_LENGTH: usize = 6;
/// A longer text is not searched, and so many sensitive texts are looked for.
const MAX_SEARCHED_LENGTH: usize = 16 << 10;
const MAX_SOUGHT: usize = 256;
/// So many texts are kept at most with those that functions made.
const MAX_DERIVED: usize = 1024;

/// The texts that random functions returned, the values of Secrets that were looked up, and what functions
/// made of them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SensitiveTexts(BTreeSet<String>);

impl SensitiveTexts {
    /// Each text once.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Adds every text of a value that a random function returned.
    pub(crate) fn add_generated(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                self.0.insert(text.clone());
            }
            Value::Array(items) => {
                for item in items {
                    self.add_generated(item);
                }
            }
            Value::Object(fields) => {
                for field in fields.values() {
                    self.add_generated(field);
                }
            }
            _ => {}
        }
    }

    /// Whether one of these texts is sensitive, or has a sensitive text in it.
    pub(crate) fn is_in(&self, texts: &[&str]) -> bool {
        let mut searched = texts
            .iter()
            .filter(|text| text.len() <= MAX_SEARCHED_LENGTH);
        !self.0.is_empty() && searched.any(|text| self.0.contains(*text) || self.is_part_of(text))
    }

    fn is_part_of(&self, text: &str) -> bool {
        let long = self
            .0
            .iter()
            .filter(|known| known.len() >= MIN_PARTIAL_LENGTH);
        long.take(MAX_SOUGHT)
            .any(|known| text.contains(known.as_str()))
    }

    /// Adds what a function made of sensitive arguments: texts in which these are not recognized.
    pub(crate) fn add_derived(&mut self, arguments: &[&str], result: &Value) {
        match result {
            Value::String(text) => {
                let is_new = !arguments.contains(&text.as_str()) && !self.is_part_of(text);
                let fits = (MIN_PARTIAL_LENGTH..=MAX_SEARCHED_LENGTH).contains(&text.len());
                if is_new && fits && self.0.len() < MAX_DERIVED {
                    self.0.insert(text.clone());
                }
            }
            Value::Array(items) => {
                for item in items {
                    self.add_derived(arguments, item);
                }
            }
            Value::Object(fields) => {
                for field in fields.values() {
                    self.add_derived(arguments, field);
                }
            }
            _ => {}
        }
    }

    /// Adds the values of a Secret, or of each Secret of a list, encoded and decoded.
    pub(crate) fn add_secret_values(&mut self, object: &Value) {
        if let Some(items) = object.get("items").and_then(Value::as_array) {
            for item in items {
                self.add_secret_values(item);
            }
        }
        for part in ["data", "stringData"] {
            let values = object.get(part).and_then(Value::as_object);
            for text in values
                .into_iter()
                .flatten()
                .filter_map(|(_, value)| value.as_str())
            {
                let decoded = STANDARD.decode(text).ok();
                self.0
                    .extend(decoded.and_then(|bytes| String::from_utf8(bytes).ok()));
                self.0.insert(text.to_owned());
            }
        }
    }
}

impl FromIterator<String> for SensitiveTexts {
    fn from_iter<T: IntoIterator<Item = String>>(texts: T) -> Self {
        Self(texts.into_iter().collect())
    }
}

impl std::fmt::Debug for SensitiveTexts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SensitiveTexts({})", self.0.len())
    }
}
