//! Values: what a person gave, completed by what the charts say.
//!
//! A value that is null takes a chart's default away; lists are replaced whole; a parent's globals
//! win over its children's. Start at [`coalesced`].
use gotmpl::{Map, Value};

use crate::error::Error;
use crate::model::Chart;
use crate::yaml;

/// Values of a release: always a map.
#[derive(Clone, Debug)]
pub struct Values(Value);

impl Values {
    /// No values at all.
    pub fn empty() -> Self {
        Self(Value::Map(Map::new()))
    }

    /// Reads values from YAML.
    ///
    /// # Errors
    /// With line and column, when the text is not YAML or not a map.
    pub fn parse(text: &str) -> Result<Self, yaml::Error> {
        match yaml::read_first(text)? {
            Value::Nil => Ok(Self::empty()),
            value @ Value::Map(_) => Ok(Self(value)),
            _ => Err(yaml::Error::at(text, 1, 1, "values must be a map")),
        }
    }

    /// The values as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        to_json(&self.0)
    }

    /// Values from JSON; anything but an object is no values.
    pub fn from_json(json: &serde_json::Value) -> Self {
        match from_json(json) {
            value @ Value::Map(_) => Self(value),
            _ => Self::empty(),
        }
    }

    /// The values as YAML, as Helm writes it.
    pub fn to_yaml(&self) -> String {
        yaml::write(&self.0).unwrap_or_default()
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

/// The values the templates see: those given, over the defaults of the chart and the charts below it.
///
/// # Errors
/// [`Error::Metadata`] when a value stands where the values of a chart below belong.
pub fn coalesced(chart: &Chart, values: &Values) -> Result<Values, Error> {
    let map = values.0.deep_copy().as_map().unwrap_or_default();
    complete(chart, &map)?;
    Ok(Values::from(map))
}

fn complete(chart: &Chart, map: &Map) -> Result<(), Error> {
    if let Some(defaults) = chart.values().as_map() {
        tables(map, &defaults);
    }
    for child in chart.subcharts() {
        if !map.contains(child.name()) {
            map.set(child.name(), Map::new());
        }
        let own = match map.get(child.name()) {
            Some(Value::Map(own)) => own,
            Some(Value::Nil) | None => {
                let own = Map::new();
                map.set(child.name(), own.clone());
                own
            }
            Some(_) => {
                let reason = format!(
                    "type mismatch on {}: its values must be a map",
                    child.name()
                );
                return Err(Error::Metadata { reason });
            }
        };
        globals(&own, map);
        complete(child, &own)?;
    }
    Ok(())
}

/// Completes a map by defaults: what is there stays, and a null takes the default away.
fn tables(map: &Map, defaults: &Map) {
    for (key, default) in defaults.entries() {
        match (map.get(&key), &default) {
            (None, _) => map.set(key, default.deep_copy()),
            (Some(Value::Nil), _) => {
                map.remove(&key);
            }
            (Some(Value::Map(own)), Value::Map(default)) => tables(&own, default),
            _ => {}
        }
    }
}

/// Hands a parent's globals to a child.
fn globals(child: &Map, parent: &Map) {
    let Some(given) = parent.get("global") else {
        if !child.contains("global") {
            child.set("global", Map::new());
        }
        return;
    };
    let Value::Map(given) = given else { return };
    let own = match child.get("global") {
        None => Map::new(),
        Some(Value::Map(own)) => own,
        Some(_) => return,
    };
    for (key, value) in given.entries() {
        match (&value, own.get(&key)) {
            (Value::Map(_), None) => own.set(key, value.deep_copy()),
            (Value::Map(_), Some(Value::Map(before))) => {
                let copy = value.deep_copy();
                if let Some(copy) = copy.as_map() {
                    tables(&copy, &before);
                }
                own.set(key, copy);
            }
            (Value::Map(_), Some(_)) | (_, Some(Value::Map(_))) => {}
            _ => own.set(key, value),
        }
    }
    child.set("global", own);
}

/// A value as JSON; whole floats are whole numbers.
pub(crate) fn to_json(value: &Value) -> serde_json::Value {
    json_within(value, 200)
}

fn json_within(value: &Value, depth: usize) -> serde_json::Value {
    use serde_json::Value as Json;
    if depth == 0 {
        return Json::Null;
    }
    match value {
        Value::Nil => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) | Value::Int64(value) => Json::from(*value),
        Value::Byte(value) => Json::from(*value),
        Value::Uint64(value) => Json::from(*value),
        Value::Float(value) if value.fract() == 0.0 && value.abs() < 9.2e18 => {
            Json::from(*value as i64)
        }
        Value::Float(value) => Json::from(*value),
        Value::Str(text) => Json::from(&**text),
        Value::List(items) => items
            .iter()
            .map(|item| json_within(item, depth - 1))
            .collect(),
        Value::Map(map) => map
            .entries()
            .into_iter()
            .map(|(key, item)| (key.to_string(), json_within(&item, depth - 1)))
            .collect(),
        Value::Object(object) => json_within(&object.json(), depth - 1),
    }
}

/// JSON as a value: every number is a float, as Helm reads them.
pub(crate) fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => Value::Float(number.as_f64().unwrap_or_default()),
        serde_json::Value::String(text) => text.as_str().into(),
        serde_json::Value::Array(items) => Value::list(items.iter().map(from_json)),
        serde_json::Value::Object(map) => Value::Map(
            map.iter()
                .map(|(key, item)| (key.as_str(), from_json(item)))
                .collect(),
        ),
    }
}
