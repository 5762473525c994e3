//! A value that a template requires: where it is in the values, and what the template says without it.
//!
//! The path comes from the expression in the template, `.Values.host` in `required "a host" .Values.host`, or
//! else from the message. Start at [`RequiredValue`].

#[cfg(test)]
mod tests;

use gotmpl::Value;

use crate::form::{Field, FieldKind, Form};
use crate::model::Chart;
use crate::yaml::edit::value_at;
use crate::yaml::{self, Scalar};

/// The maximum number of required values that are collected.
pub(crate) const MAX_REQUIRED: usize = 200;
/// The maximum number of keys in a path.
const MAX_KEYS: usize = 20;

/// A value that a template requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredValue {
    /// Keys from the root of the values; none when the template does not say.
    pub path: Option<Vec<String>>,
    /// What the template says when the value is missing.
    pub message: String,
    /// Whether the value is missing or empty.
    pub is_missing: bool,
}

impl RequiredValue {
    /// A call of `required` in a template.
    pub(crate) fn read(message: &str, source: &str, value: &Value, template: &str) -> Self {
        let keys = keys_of_expression(source);
        Self {
            path: keys.map(|keys| below_chart(keys, template)),
            message: message.to_owned(),
            is_missing: match value {
                Value::Nil => true,
                Value::Str(text) => text.is_empty(),
                _ => false,
            },
        }
    }

    /// The message of a template that called `fail`.
    pub fn of_failure(message: &str) -> Self {
        Self {
            path: None,
            message: message.to_owned(),
            is_missing: true,
        }
    }
}

impl Form {
    /// Marks the fields of required values, and adds those that are missing in the form. A required value
    /// without a path gets the path that its message names.
    pub fn require(&mut self, chart: &Chart, required: &mut [RequiredValue], text: &str) {
        let user_values = yaml::read_first(text).unwrap_or_default();
        for value in required {
            if value.path.is_none() {
                value.path = keys_in_message(&value.message, &self.fields);
            }
            let Some(path) = &value.path else { continue };
            let own = self.fields.iter_mut().find(|field| field.path == *path);
            if let Some(field) = own {
                field.required = true;
                continue;
            }
            let overlaps =
                |field: &Field| field.path.starts_with(path) || path.starts_with(&field.path);
            if self.fields.iter().any(overlaps) {
                continue;
            }
            let keys: Vec<&str> = path.iter().map(String::as_str).collect();
            let found = value_at(&user_values, &keys).or_else(|| value_at(chart.values(), &keys));
            let scalar = found.as_ref().and_then(Scalar::from_value);
            // A list or a map is edited in the text.
            if found.is_some() && scalar.is_none() {
                continue;
            }
            self.fields.push(Field {
                path: path.clone(),
                title: None,
                description: Some(value.message.clone()),
                kind: FieldKind::Text,
                default: None,
                value: scalar,
                required: true,
            });
        }
    }
}

/// The keys of the only path below `.Values` in an expression: `.Values.a.b`, `$.Values.a.b`,
/// `index .Values.a "b"`.
fn keys_of_expression(source: &str) -> Option<Vec<String>> {
    let mut parts = source.split(".Values").skip(1);
    let rest = parts.next().filter(|_| parts.next().is_none())?;
    let end = rest.find(|c: char| !is_path_char(c)).unwrap_or(rest.len());
    let (fields, behind) = rest.split_at_checked(end)?;
    // A field of the result of a call has another path.
    if behind.contains(").") {
        return None;
    }
    let mut keys: Vec<String> = fields.split('.').skip(1).map(str::to_owned).collect();
    if source.trim_start_matches('(').starts_with("index ") {
        keys.extend(quoted_keys(behind));
    }
    let is_path = !keys.is_empty() && keys.len() <= MAX_KEYS && keys.iter().all(|k| !k.is_empty());
    is_path.then_some(keys)
}

/// The quoted keys at the beginning of the further arguments of `index`.
fn quoted_keys(text: &str) -> impl Iterator<Item = String> {
    let words = text.split_whitespace();
    words.map_while(|word| {
        let key = word.strip_prefix('"')?.strip_suffix('"')?;
        Some(key.to_owned())
    })
}

fn is_path_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

/// The keys in the values of the whole chart: a subchart has its values below its name, and the globals are at
/// the top.
fn below_chart(keys: Vec<String>, template: &str) -> Vec<String> {
    if keys.first().is_some_and(|key| key == "global") {
        return keys;
    }
    let mut above = Vec::new();
    let mut parts = template.split('/').skip(1);
    while parts.next() == Some("charts") {
        let name = parts.next().unwrap_or_default();
        above.extend(name.split('.').map(str::to_owned));
    }
    above.extend(keys);
    above
}

/// The path that a message names: a path of a field, or one below `.Values`. A single word has to be the key of a
/// field without a value.
fn keys_in_message(message: &str, fields: &[Field]) -> Option<Vec<String>> {
    let words = message.split(|c: char| !is_path_char(c) && c != '-');
    let words = words.map(|word| word.trim_matches('.'));
    words.filter(|word| !word.is_empty()).find_map(|word| {
        let below_values = word.strip_prefix("Values.");
        let path = below_values.unwrap_or(word);
        let field = fields.iter().find(|field| field.path.join(".") == path);
        let keys = || path.split('.').map(str::to_owned).collect();
        match field {
            Some(field) if path.contains('.') || is_empty(field) => Some(field.path.clone()),
            Some(_) => None,
            None => below_values.map(|_| keys()),
        }
    })
}

/// Whether a field has neither a value nor a default.
fn is_empty(field: &Field) -> bool {
    let shown = field.value.as_ref().or(field.default.as_ref());
    match shown {
        None | Some(Scalar::Null) => true,
        Some(Scalar::Text(text)) => text.is_empty(),
        Some(_) => false,
    }
}
