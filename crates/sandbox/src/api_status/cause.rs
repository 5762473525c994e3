//! One problem of an object: its field, the reason as a word, and a message.
//!
//! The messages are those of the API server. Start at [`Cause`].

use serde_json::{Value, json};

/// One problem of an object.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) reason: &'static str,
    pub(crate) field: String,
    pub(crate) message: String,
}

impl Cause {
    fn new(reason: &'static str, field: &str, message: String) -> Self {
        Self {
            reason,
            field: field.to_owned(),
            message,
        }
    }

    pub(crate) fn required(field: &str, detail: &str) -> Self {
        let message = with_detail("Required value", detail);
        Self::new("FieldValueRequired", field, message)
    }

    pub(crate) fn invalid(field: &str, value: &Value, detail: &str) -> Self {
        let message = with_detail(&format!("Invalid value: {value}"), detail);
        Self::new("FieldValueInvalid", field, message)
    }

    /// A value of a wrong type, which is named instead of the value.
    pub(crate) fn type_invalid(field: &str, found: &str, detail: &str) -> Self {
        let message = with_detail(&format!("Invalid value: {}", json!(found)), detail);
        Self::new("FieldValueTypeInvalid", field, message)
    }

    /// A value that is none of the supported values.
    pub(crate) fn unsupported(field: &str, value: &Value, supported: &[&str]) -> Self {
        let supported: Vec<String> = supported
            .iter()
            .map(|value| json!(value).to_string())
            .collect();
        let detail = format!("supported values: {}", supported.join(", "));
        let message = with_detail(&format!("Unsupported value: {value}"), &detail);
        Self::new("FieldValueNotSupported", field, message)
    }

    pub(crate) fn duplicate(field: &str, value: &Value) -> Self {
        let message = format!("Duplicate value: {value}");
        Self::new("FieldValueDuplicate", field, message)
    }

    pub(crate) fn not_found(field: &str, value: &Value) -> Self {
        Self::new("FieldValueNotFound", field, format!("Not found: {value}"))
    }

    pub(crate) fn too_long(field: &str, max_bytes: usize) -> Self {
        let message = format!("Too long: may not be more than {max_bytes} bytes");
        Self::new("FieldValueTooLong", field, message)
    }

    pub(crate) fn too_many(field: &str, count: usize, max: u64) -> Self {
        let message = format!("Too many: {count}: must have at most {max} items");
        Self::new("FieldValueTooMany", field, message)
    }

    pub(crate) fn forbidden(field: &str, detail: &str) -> Self {
        Self::new(
            "FieldValueForbidden",
            field,
            with_detail("Forbidden", detail),
        )
    }

    /// The cause as a member of the details of a `Status` object.
    pub(crate) fn to_json(&self) -> Value {
        json!({"reason": self.reason, "message": self.message, "field": self.field})
    }
}

fn with_detail(message: &str, detail: &str) -> String {
    if detail.is_empty() {
        message.to_owned()
    } else {
        format!("{message}: {detail}")
    }
}
