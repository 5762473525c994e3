//! Evaluates strings and numbers, and compares values.

use std::cmp::Ordering;

use serde_json::{Number, Value as Json};

use super::Node;
use super::dialect::Dialect;
use super::problem::{Kind, Problem, number_text};
use crate::schema::format;
use crate::schema::number::{is_multiple, is_whole, order};

impl Node<'_, '_, '_, '_> {
    pub(super) fn string(&mut self, text: &str) {
        self.size(text.chars().count(), ["minLength", "maxLength"]);
        if let Some(want) = self.schema.get("pattern").and_then(Json::as_str) {
            let pattern = self.evaluation.guard.pattern(want);
            if !pattern.is_some_and(|pattern| pattern.is_match(text)) {
                self.add(Kind::Pattern {
                    got: text.to_owned(),
                    want: want.to_owned(),
                });
            }
        }
    }

    pub(super) fn number(&mut self, number: &Number) {
        // Draft 4 has a boolean that makes a limit exclusive; later drafts have separate limits.
        let is_set = |key: &str| self.schema.get(key) == Some(&Json::Bool(true));
        let limit = |key: &str| match self.schema.get(key) {
            Some(Json::Number(limit)) => Some(limit),
            _ => None,
        };
        let inclusive = |key: &str, exclusive: &str| limit(key).filter(|_| !is_set(exclusive));
        let exclusive = |key: &str, exclusive: &str| {
            let key = if is_set(exclusive) { key } else { exclusive };
            limit(key)
        };
        let fails = |keyword, limit: Option<&Number>, wrong: &[Ordering]| {
            let limit = limit.filter(|limit| wrong.contains(&order(number, limit)))?;
            Some((keyword, limit.clone()))
        };
        let (less, equal, greater) = (Ordering::Less, Ordering::Equal, Ordering::Greater);
        let (low, high) = ("exclusiveMinimum", "exclusiveMaximum");
        let multiple = limit("multipleOf").filter(|limit| !is_multiple(number, limit));
        let failed = [
            fails("minimum", inclusive("minimum", low), &[less]),
            fails("maximum", inclusive("maximum", high), &[greater]),
            fails(low, exclusive("minimum", low), &[less, equal]),
            fails(high, exclusive("maximum", high), &[greater, equal]),
            multiple.map(|limit| ("multipleOf", limit.clone())),
        ];
        let text = |number: &Number| number_text(number.as_f64().unwrap_or_default());
        for (keyword, limit) in failed.into_iter().flatten() {
            self.add(Kind::Limit(keyword, text(number), text(&limit)));
        }
    }

    /// The keyword `format`, which only the drafts before 2019-09 assert.
    pub(super) fn format(&self) -> Option<Problem> {
        let want = self.schema.get("format").and_then(Json::as_str)?;
        let got = self.value.as_str()?;
        let is_asserted = self.schema.dialect < Dialect::Draft2019;
        if !is_asserted || format::matches_format(want, got) {
            return None;
        }
        Some(self.problem(Kind::Format {
            got: got.to_owned(),
            want: want.to_owned(),
        }))
    }
}

/// The JSON type of a value, and whether it is a number without a fraction.
pub(super) fn type_of(value: &Json) -> (&'static str, bool) {
    match value {
        Json::Null => ("null", false),
        Json::Bool(_) => ("boolean", false),
        Json::Number(number) => ("number", is_whole(number)),
        Json::String(_) => ("string", false),
        Json::Array(_) => ("array", false),
        Json::Object(_) => ("object", false),
    }
}

/// Whether two values are equal; numbers are compared by their value.
pub(super) fn equal(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => order(left, right) == Ordering::Equal,
        (Json::Array(left), Json::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| equal(a, b))
        }
        (Json::Object(left), Json::Object(right)) => {
            let same = |(key, value)| right.get(key).is_some_and(|other| equal(value, other));
            left.len() == right.len() && left.iter().all(same)
        }
        (left, right) => left == right,
    }
}
