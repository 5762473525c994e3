//! Which of the charts below are used, under what names, and what their parents take over from
//! them.
//!
//! Conditions, tags, aliases and import-values are decided before anything is rendered, from the
//! values a person gave and the charts' defaults. Start at [`process_dependencies`].
mod enabled;
mod import;

use crate::error::Error;
use crate::model::Chart;
use crate::values::Values;

/// The chart with only those charts below it that its values switch on, under their aliases, and
/// with the defaults that it takes over from them.
pub(crate) fn process_dependencies(
    chart: &Chart,
    values: &Values,
    warnings: &mut Vec<String>,
) -> Result<Chart, Error> {
    let mut chart = chart.clone();
    enabled::process_enabled(&mut chart, values, "", warnings)?;
    import::process_import_values(&mut chart, warnings)?;
    Ok(chart)
}

/// Checks that each chart it depends on is among those below it.
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
