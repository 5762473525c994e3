//! Whether values fit a chart's schema, in the words of Helm.
//!
//! Start at [`validate`]; the wording is in [`words`].
mod words;

use serde_json::Value as Json;

use crate::error::Error;
use crate::model::Chart;
use crate::values::{Values, coalesced};

/// A value that does not fit the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// The chart whose schema it is.
    pub chart: String,
    /// The keys that lead to the value, or to the key that should not be or is missing.
    pub path: Vec<String>,
    /// What is wrong, without the path.
    pub message: String,
    /// What sort of mistake it is.
    pub kind: SchemaErrorKind,
    /// The same as Helm would put it.
    text: String,
}

impl std::fmt::Display for SchemaError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// What sort of mistake a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaErrorKind {
    /// A key the chart does not know.
    UnknownKey,
    /// A value of another type.
    WrongType,
    /// A key that must be there.
    Missing,
    /// Anything else.
    Other,
}

/// Checks values, completed by the chart's defaults, against the schemas of the chart and of those
/// below it.
///
/// # Errors
/// [`Error::BadSchema`] when a schema cannot be used, and what [`coalesced`] says.
pub fn validate(chart: &Chart, values: &Values) -> Result<Vec<SchemaError>, Error> {
    validate_coalesced(chart, &coalesced(chart, values)?)
}

/// Checks values that are complete.
pub(crate) fn validate_coalesced(
    chart: &Chart,
    values: &Values,
) -> Result<Vec<SchemaError>, Error> {
    let mut found = Vec::new();
    check(chart, &values.to_json(), &mut Vec::new(), &mut found)?;
    Ok(found)
}

fn check(
    chart: &Chart,
    values: &Json,
    path: &mut Vec<String>,
    found: &mut Vec<SchemaError>,
) -> Result<(), Error> {
    if let Some(text) = chart.schema_text() {
        let fail = |reason: String| Error::BadSchema {
            chart: chart.name().to_owned(),
            reason,
        };
        let schema: Json = serde_json::from_str(text).map_err(|error| fail(error.to_string()))?;
        let validator = validator(&schema).map_err(fail)?;
        let mut own: Vec<SchemaError> = validator
            .iter_errors(values)
            .flat_map(|error| words::of(&error, chart.name(), path))
            .collect();
        own.sort_by(|a, b| a.text.cmp(&b.text));
        own.dedup();
        found.extend(own);
    }
    for child in chart.subcharts() {
        path.push(child.name().to_owned());
        let below = values
            .get(child.name())
            .cloned()
            .unwrap_or_else(|| Json::Object(Default::default()));
        check(child, &below, path, found)?;
        path.pop();
    }
    Ok(())
}

fn validator(schema: &Json) -> Result<jsonschema::Validator, String> {
    let draft = match schema.get("$schema").and_then(Json::as_str) {
        Some(name) if name.contains("draft-04") => jsonschema::Draft::Draft4,
        Some(name) if name.contains("draft-06") => jsonschema::Draft::Draft6,
        _ => jsonschema::Draft::Draft7,
    };
    jsonschema::options()
        .with_draft(draft)
        .build(schema)
        .map_err(|error| error.to_string())
}
