//! Conditions, tags and aliases.
use std::collections::BTreeSet;

use gotmpl::{Map, Value};

use crate::error::Error;
use crate::funcs::version_matches;
use crate::model::{Chart, Dependency};
use crate::values::{Values, coalesced_telling};

/// Puts the charts below under their aliases and takes away those that are switched off.
pub(super) fn decide(
    chart: &mut Chart,
    values: &Values,
    path: &str,
    warnings: &mut Vec<String>,
) -> Result<(), Error> {
    if !chart.metadata().declares_dependencies {
        return Ok(());
    }
    let below = under_aliases(chart);
    chart.set_subcharts(below);
    let complete = coalesced_telling(chart, values, warnings)?;
    let mut dependencies = chart.metadata().dependencies.clone();
    for dependency in &mut dependencies {
        dependency.name = dependency.called().to_owned();
        dependency.enabled = by_condition(dependency, &complete.map(), path, warnings)
            .unwrap_or_else(|| by_tags(dependency, &complete.map(), warnings));
    }
    let off: BTreeSet<String> = dependencies
        .iter()
        .filter(|dependency| !dependency.enabled)
        .map(|dependency| dependency.name.clone())
        .collect();
    dependencies.retain(|dependency| !off.contains(&dependency.name));
    let mut kept: Vec<Chart> = chart.subcharts().to_vec();
    kept.retain(|child| !off.contains(child.name()));
    for child in &mut kept {
        let path = format!("{path}{}.", child.name());
        decide(child, &complete, &path, warnings)?;
    }
    chart.set_subcharts(kept);
    chart.set_dependencies(dependencies);
    Ok(())
}

/// The charts below that nobody declares, then the declared ones under the names they are called
/// by.
fn under_aliases(chart: &Chart) -> Vec<Chart> {
    let wanted = &chart.metadata().dependencies;
    let fits = |child: &Chart, wanted: &Dependency| {
        child.name() == wanted.name
            && version_matches(&wanted.version, &child.metadata().version).unwrap_or(false)
    };
    let mut below: Vec<Chart> = chart
        .subcharts()
        .iter()
        .filter(|child| !wanted.iter().any(|wanted| fits(child, wanted)))
        .cloned()
        .collect();
    for wanted in wanted {
        if let Some(child) = chart.subcharts().iter().find(|child| fits(child, wanted)) {
            below.push(child.renamed(wanted.called()));
        }
    }
    below
}

/// The first condition that is found decides.
fn by_condition(
    dependency: &Dependency,
    values: &Map,
    path: &str,
    warnings: &mut Vec<String>,
) -> Option<bool> {
    for condition in dependency.condition.trim().split(',') {
        if condition.is_empty() {
            continue;
        }
        match at(values, &format!("{path}{condition}")) {
            Some(Value::Bool(decided)) => return Some(decided),
            Some(Value::Map(_)) | None => {}
            Some(_) => warnings.push(format!(
                "Condition path '{condition}' for chart {} returned non-bool value",
                dependency.name
            )),
        }
    }
    None
}

/// One true tag is enough; without it one false tag is.
fn by_tags(dependency: &Dependency, values: &Map, warnings: &mut Vec<String>) -> bool {
    let Some(Value::Map(tags)) = values.get("tags") else {
        return true;
    };
    let (mut wanted, mut refused) = (false, false);
    for tag in &dependency.tags {
        match tags.get(tag) {
            None => {}
            Some(Value::Bool(true)) => wanted = true,
            Some(Value::Bool(false)) => refused = true,
            Some(_) => warnings.push(format!(
                "Tag '{tag}' for chart {} returned non-bool value",
                dependency.name
            )),
        }
    }
    wanted || !refused
}

fn at(map: &Map, path: &str) -> Option<Value> {
    match path.split_once('.') {
        Some((first, rest)) => match map.get(first)? {
            Value::Map(map) => at(&map, rest),
            _ => None,
        },
        None => map.get(path),
    }
}
