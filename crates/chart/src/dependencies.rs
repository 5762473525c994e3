//! Which of the charts below are used, under what names, and what their parents take over from
//! them.
//!
//! Conditions, tags, aliases and import-values are decided before anything is rendered, from the
//! values a person gave and the charts' defaults. Start at [`processed`].
mod enabled;
mod import;

use crate::error::Error;
use crate::model::Chart;
use crate::values::Values;

/// The chart with only those charts below it that its values switch on, under their aliases, and
/// with the defaults that it takes over from them.
pub(crate) fn processed(
    chart: &Chart,
    values: &Values,
    warnings: &mut Vec<String>,
) -> Result<Chart, Error> {
    let mut chart = chart.clone();
    enabled::decide(&mut chart, values, "", warnings)?;
    import::values(&mut chart, warnings)?;
    Ok(chart)
}

/// Checks that each chart it depends on is among those below it.
pub(crate) fn check(chart: &Chart) -> Result<(), Error> {
    let there = |name: &str| chart.subcharts().iter().any(|child| child.name() == name);
    let wanted = chart.metadata().dependencies.iter();
    let missing: Vec<String> = wanted
        .filter(|wanted| !there(&wanted.name))
        .map(|wanted| wanted.name.clone())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::MissingDependencies { names: missing })
}
