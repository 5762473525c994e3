//! Values: the user's values, and their coalescing with the charts' defaults.
//!
//! A null removes a default; lists are replaced as a whole; the globals of a parent override those
//! of its subcharts. Start at [`coalesce_values`].
mod coalesce;
mod lifted;
mod load;
mod upgrade;

use gotmpl::{Map, Value};
use wire::HelmVersion;

pub use coalesce::coalesce_values;
pub(crate) use coalesce::{Coalescer, coalesce_values_with_warnings, deep_copy};
pub(crate) use lifted::{DEFAULTS_KEY, lifted_defaults};
pub use lifted::{default_values, effective_values};
pub use upgrade::{MergedKey, ValuesMerge, fill as fill_values, merge_values, use_defaults};

use crate::error::Error;
use crate::json::{from_json, json_name, to_json};
use crate::yaml;

/// The values of a release, always a map.
#[derive(Clone, Debug)]
pub struct Values(Value);

impl Values {
    /// Empty values.
    pub fn empty() -> Self {
        Self(Value::Map(Map::new()))
    }

    /// Parses values from YAML.
    ///
    /// # Errors
    /// With line and column, when the text is not YAML or not a map.
    pub fn parse(text: &str) -> Result<Self, yaml::Error> {
        let text = yaml::without_byte_order_mark(text);
        match yaml::read_first(text)? {
            Value::Nil => Ok(Self::empty()),
            value @ Value::Map(_) => Ok(Self(value)),
            _ => Err(yaml::Error::at(text, 1, 1, "values must be a map")),
        }
    }

    /// Parses values from YAML as this version of Helm does: version 3 reads the first document,
    /// version 4 merges all.
    ///
    /// # Errors
    /// The errors of [`Values::parse`], for each document.
    pub fn parse_documents(text: &str, helm: HelmVersion) -> Result<Self, yaml::Error> {
        let text = yaml::without_byte_order_mark(text);
        let mut values = None;
        for part in documents(text, helm) {
            let next = Self::parse(part.text).map_err(|error| error.below(part.lines_before))?;
            values = Some(below(values, next));
        }
        Ok(values.unwrap_or_else(Self::empty))
    }

    /// Parses a values file of the user.
    ///
    /// # Errors
    /// [`Error::ValuesFile`] with the file, the position and Helm's message.
    pub fn from_file(file: &str, text: &str, helm: HelmVersion) -> Result<Self, Error> {
        let mut values = None;
        let context = match helm {
            HelmVersion::V3 => "",
            HelmVersion::V4 => "cannot unmarshal yaml document: ",
        };
        for part in documents(yaml::without_byte_order_mark(text), helm) {
            let fail = |reason: String, line: usize, column: usize| Error::ValuesFile {
                file: file.to_owned(),
                reason: format!("{context}{reason}"),
                line: part.lines_before + line,
                column,
            };
            match yaml::read_first(part.text) {
                Ok(Value::Nil) => {}
                Ok(value @ Value::Map(_)) => values = Some(below(values, Self(value))),
                Ok(other) => {
                    let found = json_name(&other);
                    let reason = format!(
                        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal \
                         {found} into Go value of type map[string]interface {{}}"
                    );
                    return Err(fail(reason, 1, 1));
                }
                Err(error) => return Err(fail(error.helm_message(), error.line, error.column)),
            }
        }
        Ok(values.unwrap_or_else(Self::empty))
    }

    /// The number of values, up to the limit of a copy.
    pub(crate) fn value_count(&self) -> usize {
        self.0.value_count()
    }

    /// The values as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        to_json(&self.0)
    }

    /// Values from JSON; anything except an object gives empty values.
    pub fn from_json(json: &serde_json::Value) -> Self {
        match from_json(json) {
            value @ Value::Map(_) => Self(value),
            _ => Self::empty(),
        }
    }

    /// The values as YAML in Helm's format.
    pub fn to_yaml(&self) -> String {
        yaml::write(&self.0).unwrap_or_default()
    }

    /// These values with an overlay, as Helm merges values files: maps are merged, all other values
    /// of the overlay replace the existing ones, including null.
    #[must_use]
    pub fn merge(&self, overlay: &Self) -> Self {
        let map = self.0.deep_copy().as_map().unwrap_or_default();
        merge(&map, &overlay.map());
        Self(Value::Map(map))
    }

    pub(crate) fn map(&self) -> Map {
        self.0.as_map().unwrap_or_default()
    }
}

impl PartialEq for Values {
    fn eq(&self, other: &Self) -> bool {
        gotmpl::deep_equal(&self.0, &other.0)
    }
}

impl From<Map> for Values {
    fn from(map: Map) -> Self {
        Self(Value::Map(map))
    }
}

/// The documents of a text that a version of Helm reads.
fn documents(text: &str, helm: HelmVersion) -> Vec<yaml::Part<'_>> {
    match helm {
        HelmVersion::V3 => vec![yaml::Part {
            lines_before: 0,
            text,
        }],
        HelmVersion::V4 => yaml::parts(text),
    }
}

/// The values of a document below those of the next one.
fn below(values: Option<Values>, next: Values) -> Values {
    match values {
        Some(values) => {
            merge(&values.map(), &next.map());
            values
        }
        None => next,
    }
}

fn merge(map: &Map, overlay: &Map) {
    for (key, value) in overlay.entries() {
        match (map.get(&key), &value) {
            (Some(Value::Map(nested)), Value::Map(overlay)) => merge(&nested, overlay),
            _ => map.set(key, value.deep_copy()),
        }
    }
}
