//! Decodes Go structs from YAML, with Go's leniency and error messages.
//!
//! Keys are case-insensitive, numbers and booleans are converted to strings, null is the same as an
//! absent key, and only the first error is reported. Start at [`Decoder`].
use std::collections::BTreeMap;

use gotmpl::Value;

use crate::json::{json_name, to_json};

/// A decoder for the fields of one Go struct.
pub(crate) struct Decoder<'a> {
    fields: BTreeMap<String, Value>,
    go_type: &'a str,
    first_error: Option<String>,
}

impl<'a> Decoder<'a> {
    pub(crate) fn from_value(value: &Value, go_type: &'a str) -> Self {
        let mut fields = BTreeMap::new();
        let mut first_error = None;
        match value {
            Value::Map(map) => {
                for (key, item) in map.entries() {
                    fields.insert(key.to_lowercase(), item);
                }
            }
            Value::Nil => {}
            other => {
                let found = json_name(other);
                let package = if go_type == "SimpleHead" {
                    "releaseutil."
                } else {
                    "chart."
                };
                first_error = Some(format!(
                    "json: cannot unmarshal {found} into Go value of type {package}{go_type}"
                ));
            }
        }
        Self {
            fields,
            go_type,
            first_error,
        }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        let found = self.fields.remove(&key.to_lowercase())?;
        (!matches!(found, Value::Nil)).then_some(found)
    }

    /// Whether a key is present with a value that is not null.
    pub(crate) fn has(&self, key: &str) -> bool {
        let found = self.fields.get(&key.to_lowercase());
        found.is_some_and(|found| !matches!(found, Value::Nil))
    }

    fn record_type_error(&mut self, found: &Value, key: &str, go_type_name: &str) {
        let text = format!(
            "json: cannot unmarshal {} into Go struct field {}.{key} of type {go_type_name}",
            json_name(found),
            self.go_type
        );
        self.first_error.get_or_insert(text);
    }

    pub(crate) fn string(&mut self, key: &str) -> String {
        match self.take(key) {
            None => String::new(),
            Some(found) => self.read_string(&found, key),
        }
    }

    fn read_string(&mut self, found: &Value, key: &str) -> String {
        match found {
            Value::Nil => String::new(),
            Value::Str(text) => text.to_string(),
            Value::Bool(_) => gotmpl::text(found),
            Value::Int(_) | Value::Float(_) => number(found),
            other => {
                self.record_type_error(other, key, "string");
                String::new()
            }
        }
    }

    pub(crate) fn boolean(&mut self, key: &str) -> bool {
        match self.take(key) {
            None => false,
            Some(Value::Bool(flag)) => flag,
            Some(other) => {
                self.record_type_error(&other, key, "bool");
                false
            }
        }
    }

    fn items(&mut self, key: &str, go_type_name: &str) -> Vec<Value> {
        match self.take(key) {
            None => Vec::new(),
            Some(Value::List(items)) => items.to_vec(),
            Some(other) => {
                self.record_type_error(&other, key, go_type_name);
                Vec::new()
            }
        }
    }

    pub(crate) fn strings(&mut self, key: &str) -> Vec<String> {
        let items = self.items(key, "[]string");
        items
            .iter()
            .map(|item| self.read_string(item, key))
            .collect()
    }

    pub(crate) fn string_map(&mut self, key: &str) -> BTreeMap<String, String> {
        match self.take(key) {
            None => BTreeMap::new(),
            Some(Value::Map(map)) => map
                .entries()
                .into_iter()
                .map(|(name, item)| (name.to_string(), self.read_string(&item, key)))
                .collect(),
            Some(other) => {
                self.record_type_error(&other, key, "map[string]string");
                BTreeMap::new()
            }
        }
    }

    pub(crate) fn json_items(&mut self, key: &str) -> Vec<serde_json::Value> {
        let items = self.items(key, "[]interface {}");
        items.iter().map(to_json).collect()
    }

    /// A list of structs; the error for a null item names the list.
    pub(crate) fn structs<T>(
        &mut self,
        key: &str,
        go_type: &str,
        read: impl Fn(&mut Decoder<'_>) -> T,
    ) -> Vec<T> {
        let mut records = Vec::new();
        for item in self.items(key, &format!("[]*chart.{go_type}")) {
            let path = format!("{go_type}.{key}");
            let mut inner = Decoder::from_value(&item, &path);
            match &item {
                Value::Map(_) | Value::Nil => records.push(read(&mut inner)),
                other => self.record_type_error(other, key, &format!("chart.{go_type}")),
            }
            if let Some(first_error) = inner.first_error {
                self.first_error.get_or_insert(first_error);
            }
        }
        records
    }

    /// A nested struct; Go's error for an anonymous struct names only its path.
    pub(crate) fn nested_struct<T>(
        &mut self,
        key: &str,
        read: impl Fn(&mut Decoder<'_>) -> T,
    ) -> T {
        let found = self.take(key).unwrap_or_default();
        let path = format!(".{key}");
        let mut inner = Decoder::from_value(&Value::Nil, &path);
        match &found {
            Value::Map(_) => inner = Decoder::from_value(&found, &path),
            Value::Nil => {}
            other => self.record_type_error(other, key, "struct"),
        }
        let record = read(&mut inner);
        if let Some(first_error) = inner.first_error {
            self.first_error.get_or_insert(first_error);
        }
        record
    }

    /// Returns the first error.
    pub(crate) fn finish(self) -> Result<(), String> {
        self.first_error.map_or(Ok(()), Err)
    }
}

/// A number as text; integers have no exponent.
fn number(value: &Value) -> String {
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9.2e18 => {
            (*number as i64).to_string()
        }
        other => gotmpl::text(other),
    }
}
