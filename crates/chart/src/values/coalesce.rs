//! Completes values by the defaults of a chart and of the charts below it.
//!
//! Step by step as Helm does it, with what can be seen of its steps: a nested map of a parent's
//! globals is one map for all charts, and each takes its defaults into it. Start at [`coalesced`].
use gotmpl::{Map, Value, sprintf, text};

use super::Values;
use crate::error::Error;
use crate::model::Chart;

/// The key that all charts see.
const GLOBAL: &str = "global";

/// The values the templates see: those given, over the defaults of the chart and the charts below
/// it.
///
/// # Errors
/// [`Error::TypeMismatch`] when a value stands where the values of a chart below belong.
pub fn coalesced(chart: &Chart, values: &Values) -> Result<Values, Error> {
    coalesced_telling(chart, values, &mut Vec::new())
}

/// The same, with a word on each value that was passed over.
pub(crate) fn coalesced_telling(
    chart: &Chart,
    values: &Values,
    warnings: &mut Vec<String>,
) -> Result<Values, Error> {
    let map = values.0.deep_copy().as_map().unwrap_or_default();
    let mut coalescing = Coalescing {
        keep_nulls: false,
        warnings,
    };
    coalescing.chart(chart, &map, "")?;
    Ok(Values::from(map))
}

/// One completion of values.
pub(crate) struct Coalescing<'w> {
    /// Whether a null stays, to take away a default that is found later.
    pub(crate) keep_nulls: bool,
    /// What was passed over.
    pub(crate) warnings: &'w mut Vec<String>,
}

impl Coalescing<'_> {
    /// Completes a chart's values, and those of the charts below it.
    pub(crate) fn chart(&mut self, chart: &Chart, map: &Map, prefix: &str) -> Result<(), Error> {
        let prefix = joined(prefix, chart.name());
        self.own(chart, map, &prefix);
        for child in chart.subcharts() {
            let below = match map.get(child.name()) {
                Some(Value::Map(below)) => below,
                None => {
                    let below = Map::new();
                    map.set(child.name(), below.clone());
                    below
                }
                Some(other) => {
                    return Err(Error::TypeMismatch {
                        chart: child.name().to_owned(),
                        found: sprintf("%t", &[other]),
                    });
                }
            };
            self.globals(&below, map, &prefix);
            self.chart(child, &below, &prefix)?;
        }
        Ok(())
    }

    fn own(&mut self, chart: &Chart, map: &Map, prefix: &str) {
        let defaults = chart.values().deep_copy().as_map().unwrap_or_default();
        for (key, default) in defaults.entries() {
            match map.get(&key) {
                None => map.set(key, default),
                Some(Value::Nil) if !self.keep_nulls => {
                    map.remove(&key);
                }
                Some(Value::Map(given)) => match default {
                    Value::Map(default) => {
                        let below = chart.subcharts().iter().any(|c| c.name() == &*key);
                        let keep_nulls = self.keep_nulls || below;
                        self.with(keep_nulls)
                            .tables(&given, &default, &joined(prefix, &key));
                    }
                    Value::Nil => {}
                    _ => self.warn(format!("skipped value for {prefix}.{key}: Not a table.")),
                },
                Some(_) => {}
            }
        }
    }

    /// The same with another treatment of nulls.
    fn with(&mut self, keep_nulls: bool) -> Coalescing<'_> {
        Coalescing {
            keep_nulls,
            warnings: self.warnings,
        }
    }

    fn warn(&mut self, text: String) {
        if !self.warnings.contains(&text) {
            self.warnings.push(text);
        }
    }

    /// Completes a map by defaults: what is there stays, and a null takes the default away.
    pub(crate) fn tables(&mut self, map: &Map, defaults: &Map, prefix: &str) {
        if map.is(defaults) {
            return;
        }
        for (key, default) in defaults.entries() {
            match (map.get(&key), &default) {
                (None, _) => map.set(key, default),
                (Some(Value::Nil), _) if !self.keep_nulls => {
                    map.remove(&key);
                }
                (Some(Value::Map(own)), Value::Map(default)) => {
                    self.tables(&own, default, &joined(prefix, &key));
                }
                (Some(_), Value::Map(_)) => self.warn(format!(
                    "cannot overwrite table with non table for {} ({})",
                    joined(prefix, &key),
                    text(&default)
                )),
                (Some(Value::Map(_)), Value::Nil) => {}
                (Some(Value::Map(_)), _) => self.warn(format!(
                    "destination for {} is a table. Ignoring non-table value ({})",
                    joined(prefix, &key),
                    text(&default)
                )),
                _ => {}
            }
        }
    }

    /// Hands a parent's globals to a child.
    fn globals(&mut self, child: &Map, parent: &Map, prefix: &str) {
        let own = match child.get(GLOBAL) {
            None => Map::new(),
            Some(Value::Map(own)) => own,
            Some(_) => {
                return self.warn(format!(
                    "skipping globals because destination {GLOBAL} is not a table."
                ));
            }
        };
        let given = match parent.get(GLOBAL) {
            None => Map::new(),
            Some(Value::Map(given)) => given,
            Some(_) => {
                return self.warn(format!(
                    "skipping globals because source {GLOBAL} is not a table."
                ));
            }
        };
        for (key, value) in given.entries() {
            match (&value, own.get(&key)) {
                (Value::Map(map), None) => own.set(key, shallow(map)),
                (Value::Map(map), Some(Value::Map(before))) => {
                    let map = shallow(map);
                    self.with(true).tables(&map, &before, &joined(prefix, &key));
                    own.set(key, map);
                }
                (Value::Map(_), Some(_)) => {
                    self.warn(format!(
                        "Conflict: cannot merge map onto non-map for {key:?}. Skipping."
                    ));
                }
                (_, Some(Value::Map(_))) => self.warn(format!("key {key} is table. Skipping")),
                _ => own.set(key, value),
            }
        }
        child.set(GLOBAL, own);
    }
}

/// A new map of the same values: the maps in it are the very same.
fn shallow(map: &Map) -> Map {
    map.entries().into_iter().collect()
}

fn joined(prefix: &str, key: &str) -> String {
    if prefix.is_empty() {
        key.to_owned()
    } else {
        format!("{prefix}.{key}")
    }
}
