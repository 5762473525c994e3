//! Coalesces values with the defaults of a chart and its subcharts.
//!
//! The steps and their visible effects are Helm's: all charts share a nested map of the parent's
//! globals, and each chart adds its defaults to it. Start at [`coalesce_values`].
use gotmpl::{Budget, ENTRY_SIZE, Map, Value, sprintf, text};
use wire::HelmVersion;

use super::Values;
use crate::error::Error;
use crate::model::Chart;

/// The key of the global values.
const GLOBAL: &str = "global";

/// The effective values: the given values over the defaults of the chart and its subcharts.
///
/// # Errors
/// [`Error::TypeMismatch`] when the values of a subchart are not a map, [`Error::Limit`].
pub fn coalesce_values(chart: &Chart, values: &Values, budget: &Budget) -> Result<Values, Error> {
    coalesce_values_with_warnings(chart, values, budget, &mut Vec::new())
}

/// The same, with a warning for each ignored value.
pub(crate) fn coalesce_values_with_warnings(
    chart: &Chart,
    values: &Values,
    budget: &Budget,
    warnings: &mut Vec<String>,
) -> Result<Values, Error> {
    let map = deep_copy(&values.0, budget)?;
    let mut coalescer = Coalescer {
        helm: chart.helm(),
        keep_nulls: false,
        budget,
        warnings,
    };
    coalescer.chart(chart, &map, "")?;
    Ok(Values::from(map))
}

/// The state of one coalescing.
pub(crate) struct Coalescer<'w> {
    /// Helm 4 keeps a null over a default that is null.
    pub(crate) helm: HelmVersion,
    /// Whether nulls are kept, to remove a default of a later step.
    pub(crate) keep_nulls: bool,
    /// Charged with every copied value.
    pub(crate) budget: &'w Budget,
    /// Warnings for ignored values.
    pub(crate) warnings: &'w mut Vec<String>,
}

impl Coalescer<'_> {
    /// Coalesces the values of a chart and its subcharts.
    pub(crate) fn chart(&mut self, chart: &Chart, map: &Map, prefix: &str) -> Result<(), Error> {
        let prefix = join_path(prefix, chart.name());
        self.own_values(chart, map, &prefix)?;
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
            self.globals(&subchart_values, map, &prefix)?;
            self.chart(child, &subchart_values, &prefix)?;
        }
        Ok(())
    }

    fn own_values(&mut self, chart: &Chart, map: &Map, prefix: &str) -> Result<(), Error> {
        let defaults = deep_copy(chart.values(), self.budget)?;
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
                        )?;
                    }
                    Value::Nil => {}
                    _ => self.warn(format!("skipped value for {prefix}.{key}: Not a table."))?,
                },
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// The same coalescer with another treatment of nulls.
    fn with_nulls(&mut self, keep_nulls: bool) -> Coalescer<'_> {
        Coalescer {
            helm: self.helm,
            keep_nulls,
            budget: self.budget,
            warnings: self.warnings,
        }
    }

    fn warn(&mut self, text: String) -> Result<(), Error> {
        self.budget.charge_steps(self.warnings.len())?;
        if !self.warnings.contains(&text) {
            self.budget.charge_memory(text.len())?;
            self.warnings.push(text);
        }
        Ok(())
    }

    /// Adds defaults to a map: existing values are kept, and a null removes the default.
    ///
    /// # Errors
    /// [`Error::Limit`].
    pub(crate) fn tables(&mut self, map: &Map, defaults: &Map, prefix: &str) -> Result<(), Error> {
        if map.ptr_eq(defaults) {
            return Ok(());
        }
        for (key, default) in defaults.entries() {
            self.budget.charge_memory(ENTRY_SIZE)?;
            match (map.get(&key), &default) {
                (None, _) => map.set(key, default),
                (Some(Value::Nil), Value::Nil) if self.helm == HelmVersion::V4 => {}
                (Some(Value::Nil), _) if !self.keep_nulls => {
                    map.remove(&key);
                }
                (Some(Value::Map(nested)), Value::Map(default)) => {
                    self.tables(&nested, default, &join_path(prefix, &key))?;
                }
                (Some(_), Value::Map(_)) => self.warn(format!(
                    "cannot overwrite table with non table for {} ({})",
                    join_path(prefix, &key),
                    text(&default)
                ))?,
                (Some(Value::Map(_)), Value::Nil) => {}
                (Some(Value::Map(_)), _) => self.warn(format!(
                    "destination for {} is a table. Ignoring non-table value ({})",
                    join_path(prefix, &key),
                    text(&default)
                ))?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Merges the globals of a parent into a child.
    fn globals(&mut self, child: &Map, parent: &Map, prefix: &str) -> Result<(), Error> {
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
            let copied = value.as_map().map_or(0, |map| map.len()) + 1;
            self.budget
                .charge_memory(copied.saturating_mul(ENTRY_SIZE))?;
            match (&value, child_globals.get(&key)) {
                (Value::Map(map), None) => child_globals.set(key, shallow_clone(map)),
                (Value::Map(map), Some(Value::Map(before))) => {
                    let map = shallow_clone(map);
                    self.with_nulls(true)
                        .tables(&map, &before, &join_path(prefix, &key))?;
                    child_globals.set(key, map);
                }
                (Value::Map(_), Some(_)) => {
                    self.warn(format!(
                        "Conflict: cannot merge map onto non-map for {key:?}. Skipping."
                    ))?;
                }
                (_, Some(Value::Map(_))) => self.warn(format!("key {key} is table. Skipping"))?,
                _ => child_globals.set(key, value),
            }
        }
        child.set(GLOBAL, child_globals);
        Ok(())
    }
}

/// A copy of a map, charged before it is made; an empty map for another value.
pub(crate) fn deep_copy(value: &Value, budget: &Budget) -> Result<Map, Error> {
    budget.charge_memory(value.value_count().saturating_mul(ENTRY_SIZE))?;
    Ok(value.deep_copy().as_map().unwrap_or_default())
}

/// A new map with the same values; nested maps are shared.
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
