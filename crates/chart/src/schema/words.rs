//! A validator's findings in the words of Helm's.
use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value as Json;

use super::{SchemaError, SchemaErrorKind};

/// A finding, as one or more mistakes.
pub(super) fn of(error: &ValidationError<'_>, chart: &str, above: &[String]) -> Vec<SchemaError> {
    let own: Vec<String> = error
        .instance_path()
        .as_str()
        .split('/')
        .skip(1)
        .map(unescape)
        .collect();
    let field = if own.is_empty() {
        "(root)".to_owned()
    } else {
        own.join(".")
    };
    let make = |kind: SchemaErrorKind, key: Option<&str>, message: String| SchemaError {
        chart: chart.to_owned(),
        path: above
            .iter()
            .chain(&own)
            .cloned()
            .chain(key.map(str::to_owned))
            .collect(),
        text: format!("{field}: {message}"),
        message,
        kind,
    };
    match error.kind() {
        Kind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|key| {
                let message = format!("Additional property {key} is not allowed");
                make(SchemaErrorKind::UnknownKey, Some(key), message)
            })
            .collect(),
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            vec![make(
                SchemaErrorKind::Missing,
                Some(key),
                format!("{key} is required"),
            )]
        }
        Kind::Type { kind } => {
            let message = format!(
                "Invalid type. Expected: {}, given: {}",
                expected(kind),
                given(error.instance())
            );
            vec![make(SchemaErrorKind::WrongType, None, message)]
        }
        kind => vec![make(
            SchemaErrorKind::Other,
            None,
            other(kind, &field, error),
        )],
    }
}

fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

fn expected(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(many) => {
            let mut names: Vec<String> = many.iter().map(|one| one.to_string()).collect();
            names.sort_by_key(|name| name == "null");
            format!("[{}]", names.join(","))
        }
    }
}

fn given(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn other(kind: &Kind, field: &str, error: &ValidationError<'_>) -> String {
    match kind {
        Kind::Enum { options } => {
            let options: Vec<String> = options
                .as_array()
                .into_iter()
                .flatten()
                .map(Json::to_string)
                .collect();
            format!(
                "{field} must be one of the following: {}",
                options.join(", ")
            )
        }
        Kind::Constant { expected_value } => format!("{field} does not match: {expected_value}"),
        Kind::MinLength { limit } => {
            format!("String length must be greater than or equal to {limit}")
        }
        Kind::MaxLength { limit } => format!("String length must be less than or equal to {limit}"),
        Kind::Minimum { limit } => format!("Must be greater than or equal to {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("Must be greater than {limit}"),
        Kind::Maximum { limit } => format!("Must be less than or equal to {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("Must be less than {limit}"),
        Kind::Pattern { pattern } => format!("Does not match pattern '{pattern}'"),
        Kind::Format { format } => format!("Does not match format '{format}'"),
        Kind::MinItems { limit } => format!("Array must have at least {limit} items"),
        Kind::MaxItems { limit } => format!("Array must have at most {limit} items"),
        Kind::MinProperties { limit } => format!("Must have at least {limit} properties"),
        Kind::MaxProperties { limit } => format!("Must have at most {limit} properties"),
        Kind::AnyOf { .. } => "Must validate at least one schema (anyOf)".to_owned(),
        Kind::OneOfMultipleValid { .. } | Kind::OneOfNotValid { .. } => {
            "Must validate one and only one schema (oneOf)".to_owned()
        }
        Kind::Not { .. } => "Must not validate the schema (not)".to_owned(),
        Kind::Contains => "At least one of the items must match".to_owned(),
        Kind::MultipleOf { multiple_of } => format!("Must be a multiple of {multiple_of}"),
        _ => error.to_string(),
    }
}
