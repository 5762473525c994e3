//! The problems of values, in the words of Helm 4's validator.

use gotmpl::quote as go_quote;
use serde_json::Value as Json;

use crate::error::{SchemaError, SchemaErrorKind};

/// A problem at a path of the values, with the problems that caused it.
#[derive(Clone, Debug)]
pub(in crate::schema) struct Problem {
    pub(super) path: Vec<String>,
    pub(super) kind: Kind,
    pub(super) causes: Vec<Problem>,
}

/// What is wrong.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// Several problems of one schema.
    Group,
    /// Problems of a referenced schema.
    Reference,
    FalseSchema,
    Not,
    AllOf,
    AnyOf,
    OneOf(Option<(usize, usize)>),
    Type {
        got: &'static str,
        want: Vec<&'static str>,
    },
    Enum(Option<Vec<String>>),
    Const(Option<String>),
    Format {
        got: String,
        want: String,
    },
    /// A limit: the keyword, the value and the limit.
    Limit(&'static str, String, String),
    Unique(usize, usize),
    AdditionalItems(usize),
    AdditionalProperties(Vec<String>),
    Required(Vec<String>),
    Dependency {
        property: String,
        missing: Vec<String>,
    },
    PropertyName(String),
    Contains,
    MinContains {
        matched: Vec<usize>,
        want: u64,
    },
    MaxContains {
        matched: Vec<usize>,
        want: u64,
    },
    Pattern {
        got: String,
        want: String,
    },
}

impl Problem {
    /// The error of a chart; `above` is the path of its values.
    pub(in crate::schema) fn into_schema_error(self, chart: &str, above: &[String]) -> SchemaError {
        let shown = self.shown();
        let mut text = String::new();
        shown.write(0, &mut text);
        let (kind, key) = shown.kind.class();
        let key = key.map(str::to_owned);
        let message = match text.split_once("': ") {
            Some((_, message)) => message.to_owned(),
            None => text.clone(),
        };
        SchemaError {
            chart: chart.to_owned(),
            path: above
                .iter()
                .chain(&shown.path)
                .cloned()
                .chain(key)
                .collect(),
            message,
            kind,
            text,
        }
    }

    /// The only problem of a referenced schema is shown instead of the reference.
    fn shown(&self) -> &Self {
        match (&self.kind, self.causes.as_slice()) {
            (Kind::Reference, [cause]) => cause.shown(),
            _ => self,
        }
    }

    fn write(&self, indent: usize, text: &mut String) {
        let is_shown = std::ptr::eq(self, self.shown());
        let mut indent = indent;
        if is_shown {
            if indent > 0 {
                text.push('\n');
                text.push_str(&"  ".repeat(indent));
                text.push_str("- ");
            }
            indent += 1;
            let mut pointer = String::new();
            for key in &self.path {
                pointer.push('/');
                pointer.push_str(&escape(key));
            }
            for part in ["at ", &quote(&pointer), ": ", &self.kind.text()] {
                text.push_str(part);
            }
        }
        for cause in &self.causes {
            cause.write(indent, text);
        }
    }
}

/// A key in a JSON pointer.
pub(super) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

impl Kind {
    /// The size of its texts in bytes, by estimate.
    pub(super) fn len(&self) -> usize {
        let of_all = |all: &[String]| all.iter().map(|text| text.len() + 24).sum();
        match self {
            Self::Enum(Some(all)) | Self::AdditionalProperties(all) | Self::Required(all) => {
                of_all(all)
            }
            Self::Dependency { property, missing } => property.len() + of_all(missing),
            Self::Const(Some(text)) | Self::PropertyName(text) => text.len(),
            Self::Format { got, want } | Self::Pattern { got, want } => got.len() + want.len(),
            Self::MinContains { matched, .. } | Self::MaxContains { matched, .. } => {
                matched.len() * 8
            }
            _ => 0,
        }
    }

    fn class(&self) -> (SchemaErrorKind, Option<&str>) {
        match self {
            Self::AdditionalProperties(all) => {
                (SchemaErrorKind::UnknownKey, all.first().map(String::as_str))
            }
            Self::Required(all) => (SchemaErrorKind::Missing, all.first().map(String::as_str)),
            Self::Type { .. } => (SchemaErrorKind::WrongType, None),
            _ => (SchemaErrorKind::Other, None),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Group | Self::Reference => "validation failed".to_owned(),
            Self::FalseSchema => "false schema".to_owned(),
            Self::Not => "'not' failed".to_owned(),
            Self::AllOf => "'allOf' failed".to_owned(),
            Self::AnyOf => "'anyOf' failed".to_owned(),
            Self::OneOf(None) => "'oneOf' failed, none matched".to_owned(),
            Self::OneOf(Some((a, b))) => format!("'oneOf' failed, subschemas {a}, {b} matched"),
            Self::Type { got, want } => format!("got {got}, want {}", want.join(" or ")),
            Self::Enum(None) => "'enum' failed".to_owned(),
            Self::Enum(Some(want)) => match want.as_slice() {
                [want] => format!("value must be {want}"),
                want => format!("value must be one of {}", want.join(", ")),
            },
            Self::Const(None) => "'const' failed".to_owned(),
            Self::Const(Some(want)) => format!("value must be {want}"),
            Self::Format { got, want } => format!("{} is not valid {want}", quote(got)),
            Self::Limit(keyword, got, want) => format!("{keyword}: got {got}, want {want}"),
            Self::Unique(a, b) => format!("items at {a} and {b} are equal"),
            Self::AdditionalItems(count) => {
                format!(
                    "last {} additionalItem(s) not allowed",
                    grouped(&count.to_string())
                )
            }
            Self::AdditionalProperties(all) => {
                format!("additional properties {} not allowed", quote_all(all))
            }
            Self::Required(missing) => match missing.as_slice() {
                [missing] => format!("missing property {}", quote(missing)),
                missing => format!("missing properties {}", quote_all(missing)),
            },
            Self::Dependency { property, missing } => {
                let (missing, property) = (quote_all(missing), quote(property));
                format!("properties {missing} required, if {property} exists")
            }
            Self::PropertyName(name) => format!("invalid propertyName {}", quote(name)),
            Self::Contains => "no items match contains schema".to_owned(),
            Self::MinContains { matched, want } => matched_text("min", matched, *want),
            Self::MaxContains { matched, want } => matched_text("max", matched, *want),
            Self::Pattern { got, want } => {
                format!("{} does not match pattern {}", quote(got), quote(want))
            }
        }
    }
}

fn matched_text(bound: &str, matched: &[usize], want: u64) -> String {
    let (count, want) = (matched.len(), grouped(&want.to_string()));
    let required = format!("{bound} {want} items required to match contains schema");
    if matched.is_empty() {
        return format!("{required}, but none matched");
    }
    let at: Vec<String> = matched.iter().map(ToString::to_string).collect();
    format!("{required}, but matched {count} items at {}", at.join(" "))
}

/// A text in single quotes.
pub(super) fn quote(text: &str) -> String {
    let quoted = go_quote(text);
    let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    format!("'{}'", inner.replace("\\\"", "\"").replace('\'', "\\'"))
}

fn quote_all(all: &[String]) -> String {
    let all: Vec<String> = all.iter().map(|text| quote(text)).collect();
    all.join(", ")
}

/// A value as the validator prints it; none for lists and objects.
pub(super) fn primitive(value: &Json) -> Option<String> {
    match value {
        Json::Null => Some("<nil>".to_owned()),
        Json::Bool(value) => Some(value.to_string()),
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) => Some(quote(text)),
        Json::Array(_) | Json::Object(_) => None,
    }
}

/// The digits of an integer with commas between the thousands.
pub(super) fn grouped(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", digits),
    };
    let mut out = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number as the validator prints it: with commas, and with a power of ten from a million on.
pub(super) fn number_text(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e6).contains(&size) {
        let scientific = format!("{value:e}");
        let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let (sign, power) = match power.strip_prefix('-') {
            Some(power) => ("⁻", power),
            None => ("", power),
        };
        let raised: String = format!("{power:0>2}").chars().map(superscript).collect();
        return format!("{mantissa}×10{sign}{raised}");
    }
    let plain = format!("{value}");
    match plain.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", grouped(whole)),
        None => grouped(&plain),
    }
}

fn superscript(digit: char) -> char {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let at = digit.to_digit(10).and_then(|at| RAISED.get(at as usize));
    at.copied().unwrap_or(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas_and_powers_of_ten() {
        let texts = [0.0, 0.3, -1000.0, 500_000.5, 1_234_567.5, 1e21, 0.000_01].map(number_text);
        let expected = [
            "0",
            "0.3",
            "-1,000",
            "500,000.5",
            "1.2345675×10⁰⁶",
            "1×10²¹",
            "1×10⁻⁰⁵",
        ];
        assert_eq!(texts, expected);
    }
}
