//! What is wrong with a text of values: invalid YAML, duplicate keys, violations of the schema, and missing values.

use chart::{
    Budget, Chart, HelmVersion, Limits, RequiredValue, SchemaError, SchemaErrorKind, Values,
    yaml::{self, edit},
};
use wire::{
    Problem,
    install::{ValuesError, ValuesWarning},
};

/// The errors of a text.
#[derive(Default)]
pub(super) struct Checked {
    /// Each with its position.
    pub(super) faults: Vec<ValuesError>,
    /// The values that the schema requires and that are neither in the text nor in the default values.
    pub(super) missing: Vec<RequiredValue>,
    /// A limit of the chart engine that the chart exceeds.
    pub(super) problem: Option<Problem>,
}

impl Checked {
    /// Whether the text may be rendered.
    pub(super) fn is_sound(&self) -> bool {
        self.faults.is_empty() && self.problem.is_none()
    }
}

/// The problem of a chart that exceeds a limit of the chart engine.
pub(super) fn exceeded(error: &chart::Error) -> Option<Problem> {
    matches!(error, chart::Error::Limit(_)).then(|| Problem::from(error))
}

/// The errors of a text.
pub(super) fn check(chart: &Chart, text: &str) -> Checked {
    checked(chart, text, &Budget::new(Limits::default())).unwrap_or_else(|error| Checked {
        problem: exceeded(&error),
        ..Checked::default()
    })
}

/// What a version of Helm ignores in a text.
pub(super) fn warnings(text: &str, helm: HelmVersion) -> Vec<ValuesWarning> {
    let second = yaml::second_document(text).filter(|_| helm == HelmVersion::V3);
    let warning = |line| ValuesWarning::MoreDocuments {
        line: u32::try_from(line).unwrap_or(u32::MAX),
    };
    second.map(warning).into_iter().collect()
}

fn checked(chart: &Chart, text: &str, budget: &Budget) -> Result<Checked, chart::Error> {
    let values = match Values::parse_documents(text, chart.helm()) {
        Ok(values) => values,
        Err(error) => {
            return Ok(Checked {
                faults: vec![ValuesError {
                    line: number(error.line),
                    column: number(error.column),
                    path: String::new(),
                    message: error.reason,
                }],
                ..Checked::default()
            });
        }
    };
    let (missing, violations): (Vec<_>, Vec<_>) = chart::validate(chart, &values, budget)?
        .into_iter()
        .partition(is_missing);
    let fault = |fault: SchemaError| {
        let place = edit::position(text, &fault.path);
        ValuesError {
            line: place.map_or(0, |place| number(place.line)),
            column: place.map_or(0, |place| number(place.column)),
            path: fault.path.join("."),
            message: fault.message.clone(),
        }
    };
    let duplicates = yaml::duplicate_keys(text)
        .into_iter()
        .map(|key| ValuesError {
            line: number(key.line),
            column: number(key.column),
            path: key.path.join("."),
            message: key.reason(),
        });
    let violations = violations.into_iter().map(fault);
    let mut faults: Vec<ValuesError> = duplicates.chain(violations).collect();
    faults.sort_by_key(|fault| (fault.line, fault.column));
    let missing = missing.into_iter().map(|error| RequiredValue {
        path: Some(error.path),
        message: String::new(),
        is_missing: true,
    });
    Ok(Checked {
        faults,
        missing: missing.collect(),
        problem: None,
    })
}

/// Whether a violation is a missing value of a form. A missing key of a list's element is an error of the text.
fn is_missing(error: &SchemaError) -> bool {
    let is_index = |key: &String| key.bytes().all(|byte| byte.is_ascii_digit());
    error.kind == SchemaErrorKind::Missing && !error.path.iter().any(is_index)
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
