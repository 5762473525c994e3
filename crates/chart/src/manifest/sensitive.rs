//! Texts of a rendering that only the cluster should see.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// The texts that random functions returned, and the values of Secrets that were looked up.
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
