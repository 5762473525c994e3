//! Completes values by the defaults of a chart and of the charts below it.
//!
//! Step by step as Helm does it, with what can be seen of its steps: a nested map of a parent's
//! globals is one map for all charts, and each takes its defaults into it. Start at
//! [`coalesce_values`].
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
pub fn coalesce_values(chart: &Chart, values: &Values) -> Result<Values, Error> {
    coalesce_values_with_warnings(chart, values, &mut Vec::new())
}

/// The same, with a word on each value that was passed over.
pub(crate) fn coalesce_values_with_warnings(
    chart: &Chart,
    values: &Values,
    warnings: &mut Vec<String>,
) -> Result<Values, Error> {
    let map = values.0.deep_copy().as_map().unwrap_or_default();
    let mut coalescer = Coalescer {
        keep_nulls: false,
        warnings,
    };
    coalescer.chart(chart, &map, "")?;
    Ok(Values::from(map))
}

/// One completion of values.
pub(crate) struct Coalescer<'w> {
    /// Whether a null stays, to take away a default that is found later.
    pub(crate) keep_nulls: bool,
    /// What was passed over.
    pub(crate) warnings: &'w mut Vec<String>,
}

impl Coalescer<'_> {
    /// Completes a chart's values, and those of the charts below it.
    pub(crate) fn chart(&mut self, chart: &Chart, map: &Map, prefix: &str) -> Result<(), Error> {
        let prefix = join_path(prefix, chart.name());
        self.own_values(chart, map, &prefix);
        for child in chart.subcharts() {
            let subchart_values = match map.get(child.name()) {
                Some(Value::Map(subchart_values)) => subchart_values,
                None => {
                    let subchart_values = Map::new();
                    map.set(child.name(), subchart_values.clone());
                    subchart_values
                }
                Some(other) => {
                    return Err(Error::TypeMismatch {
                        chart: child.name().to_owned(),
                        found: sprintf("%t", &[other]),
                    });
                }
            };
            self.globals(&subchart_values, map, &prefix);
            self.chart(child, &subchart_values, &prefix)?;
        }
        Ok(())
    }

    fn own_values(&mut self, chart: &Chart, map: &Map, prefix: &str) {
        let defaults = chart.values().deep_copy().as_map().unwrap_or_default();
        for (key, default) in defaults.entries() {
            match map.get(&key) {
                None => map.set(key, default),
                Some(Value::Nil) if !self.keep_nulls => {
                    map.remove(&key);
                }
                Some(Value::Map(table)) => match default {
                    Value::Map(default) => {
                        let is_subchart = chart.subcharts().iter().any(|c| c.name() == &*key);
                        let keep_nulls = self.keep_nulls || is_subchart;
                        self.with_nulls(keep_nulls).tables(
                            &table,
                            &default,
                            &join_path(prefix, &key),
                        );
                    }
                    Value::Nil => {}
                    _ => self.warn(format!("skipped value for {prefix}.{key}: Not a table.")),
                },
                Some(_) => {}
            }
        }
    }

    /// The same with another treatment of nulls.
    fn with_nulls(&mut self, keep_nulls: bool) -> Coalescer<'_> {
        Coalescer {
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
        if map.ptr_eq(defaults) {
            return;
        }
        for (key, default) in defaults.entries() {
            match (map.get(&key), &default) {
                (None, _) => map.set(key, default),
                (Some(Value::Nil), _) if !self.keep_nulls => {
                    map.remove(&key);
                }
                (Some(Value::Map(nested)), Value::Map(default)) => {
                    self.tables(&nested, default, &join_path(prefix, &key));
                }
                (Some(_), Value::Map(_)) => self.warn(format!(
                    "cannot overwrite table with non table for {} ({})",
                    join_path(prefix, &key),
                    text(&default)
                )),
                (Some(Value::Map(_)), Value::Nil) => {}
                (Some(Value::Map(_)), _) => self.warn(format!(
                    "destination for {} is a table. Ignoring non-table value ({})",
                    join_path(prefix, &key),
                    text(&default)
                )),
                _ => {}
            }
        }
    }

    /// Hands a parent's globals to a child.
    fn globals(&mut self, child: &Map, parent: &Map, prefix: &str) {
        let child_globals = match child.get(GLOBAL) {
            None => Map::new(),
            Some(Value::Map(globals)) => globals,
            Some(_) => {
                return self.warn(format!(
                    "skipping globals because destination {GLOBAL} is not a table."
                ));
            }
        };
        let parent_globals = match parent.get(GLOBAL) {
            None => Map::new(),
            Some(Value::Map(globals)) => globals,
            Some(_) => {
                return self.warn(format!(
                    "skipping globals because source {GLOBAL} is not a table."
                ));
            }
        };
        for (key, value) in parent_globals.entries() {
            match (&value, child_globals.get(&key)) {
                (Value::Map(map), None) => child_globals.set(key, shallow_clone(map)),
                (Value::Map(map), Some(Value::Map(before))) => {
                    let map = shallow_clone(map);
                    self.with_nulls(true)
                        .tables(&map, &before, &join_path(prefix, &key));
                    child_globals.set(key, map);
                }
                (Value::Map(_), Some(_)) => {
                    self.warn(format!(
                        "Conflict: cannot merge map onto non-map for {key:?}. Skipping."
                    ));
                }
                (_, Some(Value::Map(_))) => self.warn(format!("key {key} is table. Skipping")),
                _ => child_globals.set(key, value),
            }
        }
        child.set(GLOBAL, child_globals);
    }
}

/// A new map of the same values: the maps in it are the very same.
fn shallow_clone(map: &Map) -> Map {
    map.entries().into_iter().collect()
}

fn join_path(prefix: &str, key: &str) -> String {
    if prefix.is_empty() {
        key.to_owned()
    } else {
        format!("{prefix}.{key}")
    }
}
