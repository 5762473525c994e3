//! Validates strings and numbers.
use std::cmp::Ordering;

use serde_json::{Number, Value as Json};

use super::{Message, Outcome, SchemaNode};
use crate::schema::format;
use crate::schema::number::{is_multiple, order, text};

impl SchemaNode<'_, '_, '_> {
    pub(super) fn string(&self, value: &str, out: &mut Outcome) {
        let size = value.chars().count() as u64;
        if let Some(minimum) = self.count("minLength").filter(|minimum| size < *minimum) {
            self.add(out, Message::MinLength(minimum));
        }
        if let Some(maximum) = self.count("maxLength").filter(|maximum| size > *maximum) {
            self.add(out, Message::MaxLength(maximum));
        }
        if let Some(pattern) = self.text("pattern") {
            let regex = self.walk.guard.pattern(pattern);
            if !regex.is_some_and(|regex| regex.is_match(value)) {
                self.add(out, Message::Pattern(pattern.to_owned()));
            }
        }
        if let Some(expected) = self.text("format")
            && !format::matches_format(expected, value)
        {
            self.add(out, Message::Format(expected.to_owned()));
        }
        out.add_score();
    }

    fn limit(&self, key: &str) -> Option<&Number> {
        match self.map.get(key)? {
            Json::Number(number) => Some(number),
            _ => None,
        }
    }

    fn is_set(&self, key: &str) -> bool {
        self.map.get(key) == Some(&Json::Bool(true))
    }

    pub(super) fn number(&self, value: &Number, out: &mut Outcome) {
        if let Some(of) = self.limit("multipleOf")
            && !is_multiple(value, of)
        {
            self.add(out, Message::MultipleOf(text(of)));
        }
        // Draft 4 has a boolean that makes a limit exclusive; later drafts have separate limits.
        let maximum = self.limit("maximum");
        let (maximum, below) = if self.is_set("exclusiveMaximum") {
            (None, maximum)
        } else {
            (maximum, self.limit("exclusiveMaximum"))
        };
        let minimum = self.limit("minimum");
        let (minimum, above) = if self.is_set("exclusiveMinimum") {
            (None, minimum)
        } else {
            (minimum, self.limit("exclusiveMinimum"))
        };
        if let Some(limit) = maximum.filter(|limit| order(value, limit) == Ordering::Greater) {
            self.add(out, Message::Maximum(text(limit)));
        }
        if let Some(limit) = below.filter(|limit| order(value, limit) != Ordering::Less) {
            self.add(out, Message::ExclusiveMaximum(text(limit)));
        }
        if let Some(limit) = minimum.filter(|limit| order(value, limit) == Ordering::Less) {
            self.add(out, Message::Minimum(text(limit)));
        }
        if let Some(limit) = above.filter(|limit| order(value, limit) != Ordering::Greater) {
            self.add(out, Message::ExclusiveMinimum(text(limit)));
        }
        if let Some(expected) = self.text("format")
            && format::is_known(expected)
        {
            self.add(out, Message::Format(expected.to_owned()));
        }
        out.add_score();
    }
}
