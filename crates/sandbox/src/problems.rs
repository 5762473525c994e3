//! The problems of one object, in the order in which they were found.
//!
//! Fields are paths such as `spec.ports[0].port`. Start at [`Problems`].

use serde_json::{Value, json};

use crate::api_status::Cause;
use crate::object;

/// The problems of one object.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    pub(crate) causes: Vec<Cause>,
}

impl Problems {
    pub(crate) fn required(&mut self, field: &str, detail: &str) {
        self.causes.push(Cause::required(field, detail));
    }

    pub(crate) fn invalid(&mut self, field: &str, value: &Value, detail: &str) {
        self.causes.push(Cause::invalid(field, value, detail));
    }

    pub(crate) fn forbidden(&mut self, field: &str, detail: &str) {
        self.causes.push(Cause::forbidden(field, detail));
    }

    pub(crate) fn duplicate(&mut self, field: &str, value: &Value) {
        self.causes.push(Cause::duplicate(field, value));
    }

    /// One problem for each message about a text.
    pub(crate) fn text(&mut self, field: &str, text: &str, messages: Vec<String>) {
        for message in messages {
            self.invalid(field, &json!(text), &message);
        }
    }

    /// A text that must be one of the supported ones, unless it is empty.
    pub(crate) fn one_of(&mut self, field: &str, text: &str, supported: &[&str]) {
        if !text.is_empty() && !supported.contains(&text) {
            let cause = Cause::unsupported(field, &json!(text), supported);
            self.causes.push(cause);
        }
    }

    /// The members of `node` that must not be negative.
    pub(crate) fn non_negative(&mut self, node: &Value, field: &str, members: &[&str]) {
        for member in members {
            if let Some(number) = object::number(node, &format!("/{member}"))
                && number < 0
            {
                self.invalid(
                    &format!("{field}.{member}"),
                    &json!(number),
                    "must be greater than or equal to 0",
                );
            }
        }
    }

    /// A number that must be the number of a port.
    pub(crate) fn port(&mut self, field: &str, number: i64) {
        if !(1..=65535).contains(&number) {
            let detail = "must be between 1 and 65535, inclusive";
            self.invalid(field, &json!(number), detail);
        }
    }

    /// A member that must not change.
    pub(crate) fn immutable(&mut self, old: &Value, new: &Value, pointer: &str) {
        let (before, after) = (old.pointer(pointer), new.pointer(pointer));
        if before != after {
            let after = after.cloned().unwrap_or_default();
            let field = pointer.trim_start_matches('/').replace('/', ".");
            self.invalid(&field, &after, "field is immutable");
        }
    }
}
