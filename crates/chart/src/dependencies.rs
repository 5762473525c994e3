//! Processes dependencies: which subcharts are enabled, their names, and imported values.
//!
//! Conditions, tags, aliases and import-values are evaluated before rendering, with the user's
//! values and the charts' defaults. Start at [`process_dependencies`].
mod enabled;
mod import;

use gotmpl::Budget;

use crate::error::Error;
use crate::model::Chart;
use crate::values::Values;

/// The chart with its enabled subcharts under their aliases, and with the imported defaults.
pub(crate) fn process_dependencies(
    chart: &Chart,
    values: &Values,
    budget: &Budget,
    warnings: &mut Vec<String>,
) -> Result<Chart, Error> {
    let mut chart = chart.clone();
    enabled::process_enabled(&mut chart, values, "", budget, warnings)?;
    import::process_import_values(&mut chart, budget, warnings)?;
    Ok(chart)
}

/// Checks that the chart includes all of its dependencies.
pub(crate) fn check_dependencies(chart: &Chart) -> Result<(), Error> {
    let is_included = |name: &str| chart.subcharts().iter().any(|child| child.name() == name);
    let dependencies = chart.metadata().dependencies.iter();
    let missing: Vec<String> = dependencies
        .filter(|dependency| !is_included(&dependency.name))
        .map(|dependency| dependency.name.clone())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::MissingDependencies { names: missing })
}
