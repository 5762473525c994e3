//! The messages of Helm's schema validator.
use crate::error::SchemaErrorKind;

/// A message with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    Never,
    Required(String),
    Type {
        expected: String,
        given: &'static str,
    },
    AnyOf,
    OneOf,
    AllOf,
    Not,
    Dependency(String),
    Const(String),
    Enum(String),
    NoAdditionalItems,
    MinItems(u64),
    MaxItems(u64),
    Unique(usize, usize),
    Contains,
    MinProperties(u64),
    MaxProperties(u64),
    AdditionalProperty(String),
    PropertyName(String),
    MinLength(u64),
    MaxLength(u64),
    Pattern(String),
    Format(String),
    MultipleOf(String),
    Minimum(String),
    ExclusiveMinimum(String),
    Maximum(String),
    ExclusiveMaximum(String),
    Then,
    Else,
}

impl Message {
    /// The size of its texts in bytes.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Required(text)
            | Self::Type { expected: text, .. }
            | Self::Dependency(text)
            | Self::Const(text)
            | Self::Enum(text)
            | Self::AdditionalProperty(text)
            | Self::PropertyName(text)
            | Self::Pattern(text)
            | Self::Format(text)
            | Self::MultipleOf(text)
            | Self::Minimum(text)
            | Self::ExclusiveMinimum(text)
            | Self::Maximum(text)
            | Self::ExclusiveMaximum(text) => text.len(),
            _ => 0,
        }
    }

    /// The text; some messages contain the field.
    pub(super) fn text(&self, field: &str) -> String {
        match self {
            Self::Never => "False always fails validation".to_owned(),
            Self::Required(key) => format!("{key} is required"),
            Self::Type { expected, given } => {
                format!("Invalid type. Expected: {expected}, given: {given}")
            }
            Self::AnyOf => "Must validate at least one schema (anyOf)".to_owned(),
            Self::OneOf => "Must validate one and only one schema (oneOf)".to_owned(),
            Self::AllOf => "Must validate all the schemas (allOf)".to_owned(),
            Self::Not => "Must not validate the schema (not)".to_owned(),
            Self::Dependency(key) => format!("Has a dependency on {key}"),
            Self::Const(allowed) => format!("{field} does not match: {allowed}"),
            Self::Enum(allowed) => format!("{field} must be one of the following: {allowed}"),
            Self::NoAdditionalItems => "No additional items allowed on array".to_owned(),
            Self::MinItems(minimum) => format!("Array must have at least {minimum} items"),
            Self::MaxItems(maximum) => format!("Array must have at most {maximum} items"),
            Self::Unique(i, j) => format!("array items[{i},{j}] must be unique"),
            Self::Contains => "At least one of the items must match".to_owned(),
            Self::MinProperties(minimum) => format!("Must have at least {minimum} properties"),
            Self::MaxProperties(maximum) => format!("Must have at most {maximum} properties"),
            Self::AdditionalProperty(key) => format!("Additional property {key} is not allowed"),
            Self::PropertyName(key) => format!("Property name of \"{key}\" does not match"),
            Self::MinLength(minimum) => {
                format!("String length must be greater than or equal to {minimum}")
            }
            Self::MaxLength(maximum) => {
                format!("String length must be less than or equal to {maximum}")
            }
            Self::Pattern(pattern) => format!("Does not match pattern '{pattern}'"),
            Self::Format(format) => format!("Does not match format '{format}'"),
            Self::MultipleOf(number) => format!("Must be a multiple of {number}"),
            Self::Minimum(minimum) => format!("Must be greater than or equal to {minimum}"),
            Self::ExclusiveMinimum(minimum) => format!("Must be greater than {minimum}"),
            Self::Maximum(maximum) => format!("Must be less than or equal to {maximum}"),
            Self::ExclusiveMaximum(maximum) => format!("Must be less than {maximum}"),
            Self::Then => "Must validate \"then\" as \"if\" was valid".to_owned(),
            Self::Else => "Must validate \"else\" as \"if\" was not valid".to_owned(),
        }
    }

    /// The kind of the violation, and the unknown or missing key.
    pub(super) fn kind(&self) -> (SchemaErrorKind, Option<&str>) {
        match self {
            Self::AdditionalProperty(key) => (SchemaErrorKind::UnknownKey, Some(key)),
            Self::Required(key) => (SchemaErrorKind::Missing, Some(key)),
            Self::Type { .. } => (SchemaErrorKind::WrongType, None),
            _ => (SchemaErrorKind::Other, None),
        }
    }
}
