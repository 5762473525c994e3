//! Conditions, tags and aliases of dependencies.
use std::collections::BTreeSet;

use gotmpl::{Budget, Map, Value};

use crate::error::Error;
use crate::funcs::version_matches;
use crate::model::{Chart, Dependency};
use crate::values::{Values, coalesce_values_with_warnings};

/// Applies aliases to the subcharts and removes the disabled ones.
pub(super) fn process_enabled(
    chart: &mut Chart,
    values: &Values,
    path: &str,
    budget: &Budget,
    warnings: &mut Vec<String>,
) -> Result<(), Error> {
    if !chart.metadata().declares_dependencies {
        return Ok(());
    }
    let subcharts = apply_aliases(chart, budget)?;
    chart.set_subcharts(subcharts);
    let effective = coalesce_values_with_warnings(chart, values, budget, warnings)?;
    let mut dependencies = chart.metadata().dependencies.clone();
    for dependency in &mut dependencies {
        dependency.name = dependency.effective_name().to_owned();
        dependency.enabled = enabled_by_condition(dependency, &effective.map(), path, warnings)
            .unwrap_or_else(|| enabled_by_tags(dependency, &effective.map(), warnings));
    }
    let disabled: BTreeSet<String> = dependencies
        .iter()
        .filter(|dependency| !dependency.enabled)
        .map(|dependency| dependency.name.clone())
        .collect();
    dependencies.retain(|dependency| !disabled.contains(&dependency.name));
    let mut enabled_charts: Vec<Chart> = chart.subcharts().to_vec();
    enabled_charts.retain(|child| !disabled.contains(child.name()));
    for child in &mut enabled_charts {
        let path = format!("{path}{}.", child.name());
        process_enabled(child, &effective, &path, budget, warnings)?;
    }
    chart.set_subcharts(enabled_charts);
    chart.set_dependencies(dependencies);
    Ok(())
}

/// The undeclared subcharts, then the declared ones under their effective names.
fn apply_aliases(chart: &Chart, budget: &Budget) -> Result<Vec<Chart>, Error> {
    let dependencies = &chart.metadata().dependencies;
    let is_match = |child: &Chart, dependency: &Dependency| {
        child.name() == dependency.name
            && version_matches(&dependency.version, &child.metadata().version).unwrap_or(false)
    };
    let mut subcharts: Vec<Chart> = chart
        .subcharts()
        .iter()
        .filter(|child| {
            !dependencies
                .iter()
                .any(|dependency| is_match(child, dependency))
        })
        .cloned()
        .collect();
    for dependency in dependencies {
        budget.charge_steps(chart.subcharts().len())?;
        if let Some(child) = chart
            .subcharts()
            .iter()
            .find(|child| is_match(child, dependency))
        {
            budget.charge_memory(child.clone_size())?;
            subcharts.push(child.renamed(dependency.effective_name()));
        }
    }
    Ok(subcharts)
}

/// The value of the first condition that is found.
fn enabled_by_condition(
    dependency: &Dependency,
    values: &Map,
    path: &str,
    warnings: &mut Vec<String>,
) -> Option<bool> {
    for condition in dependency.condition.trim().split(',') {
        if condition.is_empty() {
            continue;
        }
        match value_at(values, &format!("{path}{condition}")) {
            Some(Value::Bool(enabled)) => return Some(enabled),
            Some(Value::Map(_)) | None => {}
            Some(_) => warnings.push(format!(
                "Condition path '{condition}' for chart {} returned non-bool value",
                dependency.name
            )),
        }
    }
    None
}

/// Enabled when any tag is true; otherwise disabled when any tag is false.
fn enabled_by_tags(dependency: &Dependency, values: &Map, warnings: &mut Vec<String>) -> bool {
    let Some(Value::Map(tags)) = values.get("tags") else {
        return true;
    };
    let (mut enabled, mut disabled) = (false, false);
    for tag in &dependency.tags {
        match tags.get(tag) {
            None => {}
            Some(Value::Bool(true)) => enabled = true,
            Some(Value::Bool(false)) => disabled = true,
            Some(_) => warnings.push(format!(
                "Tag '{tag}' for chart {} returned non-bool value",
                dependency.name
            )),
        }
    }
    enabled || !disabled
}

fn value_at(map: &Map, path: &str) -> Option<Value> {
    match path.split_once('.') {
        Some((first, rest)) => match map.get(first)? {
            Value::Map(map) => value_at(&map, rest),
            _ => None,
        },
        None => map.get(path),
    }
}
