//! Validates values against a chart's schema, with Helm's messages.
//!
//! Helm 3.17.2 supports drafts 4, 6 and 7, mixes them when a schema names no draft, and ignores
//! keywords of later drafts; Helm 4 supports drafts up to 2020-12. References outside of the schema are
//! errors. Start at [`validate`]. For Helm 3, [`check`] checks the schema and [`walk`] validates the
//! values; for Helm 4, [`evaluate`] does both.
mod check;
mod evaluate;
mod format;
mod go_json;
mod guard;
mod message;
mod number;
mod path;
mod refs;
mod violation;
mod walk;

use gotmpl::{Budget, ENTRY_SIZE};
use serde_json::Value as Json;
use wire::HelmVersion;

use crate::error::{Error, SchemaError};
use crate::json::{invalid_json, parsed_size};
use crate::model::Chart;
use crate::values::{Values, coalesce_values};
use evaluate::Evaluation;
use walk::Walk;

/// Keywords of later drafts, which Helm ignores.
const UNSUPPORTED_KEYWORDS: [&str; 7] = [
    "prefixItems",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "minContains",
    "maxContains",
];

/// The draft of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Draft {
    Four,
    Six,
    Seven,
    /// The keywords of all three drafts.
    Mixed,
}

impl Draft {
    fn from_schema(schema: &Json) -> Result<Self, String> {
        match schema {
            Json::Bool(_) => return Ok(Self::Mixed),
            Json::Object(_) => {}
            _ => return Err("schema is invalid".to_owned()),
        }
        let name = match schema.get("$schema") {
            None => return Ok(Self::Mixed),
            Some(Json::String(name)) => name.trim_end_matches('#'),
            Some(_) => return Err("$schema must be of type string".to_owned()),
        };
        Ok(match name.strip_prefix("http://json-schema.org/draft-") {
            Some("04/schema") => Self::Four,
            Some("06/schema") => Self::Six,
            Some("07/schema") => Self::Seven,
            _ => Self::Mixed,
        })
    }
}

/// Validates values, coalesced with the defaults, against the schemas of a chart and its subcharts.
///
/// # Errors
/// [`Error::BadSchema`] when a schema is invalid or exceeds a limit, and the errors of
/// [`coalesce_values`].
pub fn validate(
    chart: &Chart,
    values: &Values,
    budget: &Budget,
) -> Result<Vec<SchemaError>, Error> {
    validate_coalesced(chart, &coalesce_values(chart, values, budget)?, budget)
}

/// Validates coalesced values.
pub(crate) fn validate_coalesced(
    chart: &Chart,
    values: &Values,
    budget: &Budget,
) -> Result<Vec<SchemaError>, Error> {
    let mut check = ChartCheck {
        budget,
        path: Vec::new(),
        found: Vec::new(),
    };
    if has_schema(chart) {
        let copied = values.value_count().saturating_mul(ENTRY_SIZE);
        budget.charge_memory(copied)?;
        check.chart(chart, &values.to_json())?;
    }
    Ok(check.found)
}

/// The keywords in a chart's schemas that Helm ignores, each with the name of its chart.
pub(crate) fn unsupported_keywords(
    chart: &Chart,
    helm: HelmVersion,
) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    if helm == HelmVersion::V4 {
        return found;
    }
    // A text search is faster than parsing, and few schemas contain these keywords.
    if let Some(text) = chart.schema_text()
        && UNSUPPORTED_KEYWORDS
            .iter()
            .any(|keyword| text.contains(keyword))
    {
        let schema: Json = serde_json::from_str(text).unwrap_or_default();
        let used = UNSUPPORTED_KEYWORDS
            .into_iter()
            .filter(|keyword| uses(&schema, keyword, 0));
        found.extend(used.map(|keyword| (chart.name().to_owned(), keyword)));
    }
    for child in chart.subcharts() {
        found.extend(unsupported_keywords(child, helm));
    }
    found
}

fn uses(schema: &Json, keyword: &str, depth: usize) -> bool {
    let nested = |item: &Json| depth < 100 && uses(item, keyword, depth + 1);
    match schema {
        Json::Object(map) => map.iter().any(|(key, item)| key == keyword || nested(item)),
        Json::Array(items) => items.iter().any(nested),
        _ => false,
    }
}

fn has_schema(chart: &Chart) -> bool {
    chart.schema_text().is_some() || chart.subcharts().iter().any(has_schema)
}

/// The validation of a chart and its subcharts.
struct ChartCheck<'b> {
    budget: &'b Budget,
    path: Vec<String>,
    found: Vec<SchemaError>,
}

impl ChartCheck<'_> {
    fn chart(&mut self, chart: &Chart, values: &Json) -> Result<(), Error> {
        if let Some(text) = chart.schema_text() {
            let mut violations =
                self.violations(chart, text, values)
                    .map_err(|reason| Error::BadSchema {
                        chart: chart.name().to_owned(),
                        reason,
                    })?;
            violations.sort_by_cached_key(ToString::to_string);
            self.found.extend(violations);
        }
        for child in chart.subcharts() {
            let child_values = values.get(child.name()).unwrap_or(&Json::Null);
            // Helm 4 does not validate a subchart without values.
            if child_values.is_null() && chart.helm() == HelmVersion::V4 {
                continue;
            }
            self.path.push(child.name().to_owned());
            self.chart(child, child_values)?;
            self.path.pop();
        }
        Ok(())
    }

    fn violations(
        &self,
        chart: &Chart,
        text: &str,
        values: &Json,
    ) -> Result<Vec<SchemaError>, String> {
        let schema = read_schema(text, self.budget)?;
        let (name, above) = (chart.name(), &self.path);
        if chart.helm() == HelmVersion::V4 {
            evaluate::check(&schema, self.budget)?;
            let problems = Evaluation::new(&schema, self.budget).run(values)?;
            let problems = problems.into_iter();
            return Ok(problems
                .map(|problem| problem.into_schema_error(name, above))
                .collect());
        }
        let draft = Draft::from_schema(&schema)?;
        check::schema(&schema, draft, self.budget)?;
        let violations = Walk::new(&schema, draft, self.budget).run(values)?;
        let violations = violations.into_iter();
        Ok(violations
            .map(|violation| violation.into_schema_error(name, above))
            .collect())
    }
}

fn read_schema(text: &str, budget: &Budget) -> Result<Json, String> {
    let fits = budget.reserve_memory(parsed_size(text));
    fits.map_err(|limit| limit.to_string())?;
    let mut documents = serde_json::Deserializer::from_str(text).into_iter();
    match documents.next() {
        None => Err("EOF".to_owned()),
        Some(Err(error)) if error.is_eof() => Err("unexpected EOF".to_owned()),
        Some(schema) => schema.map_err(|error| invalid_json(&error)),
    }
}
