//! Which of the charts below are used: conditions, tags and aliases.
use gotmpl::{Map, Value};

use crate::error::Error;
use crate::model::{Chart, Dependency};
use crate::values::{Values, coalesced};

/// The chart with only those charts below it that its values switch on, under their aliases.
pub(super) fn enabled(chart: &Chart, values: &Values) -> Result<Chart, Error> {
    let missing: Vec<String> = chart
        .metadata()
        .dependencies
        .iter()
        .filter(|wanted| {
            !chart
                .subcharts()
                .iter()
                .any(|child| child.name() == wanted.name)
        })
        .map(|wanted| wanted.name.clone())
        .collect();
    if !missing.is_empty() {
        return Err(Error::MissingDependencies { names: missing });
    }
    let aliased = with_aliases(chart);
    let complete = coalesced(&aliased, values)?;
    Ok(prune(&aliased, &complete.map(), &complete.map()))
}

/// Each chart below under the names its parent gives it.
fn with_aliases(chart: &Chart) -> Chart {
    let mut children = Vec::new();
    for child in chart.subcharts() {
        let child = with_aliases(child);
        let wanted: Vec<&Dependency> = chart
            .metadata()
            .dependencies
            .iter()
            .filter(|d| d.name == child.name())
            .collect();
        if wanted.is_empty() {
            children.push(child);
            continue;
        }
        for dependency in wanted {
            children.push(match dependency.alias.as_str() {
                "" => child.clone(),
                alias => child.renamed(alias),
            });
        }
    }
    chart.with_subcharts(children)
}

fn prune(chart: &Chart, all: &Map, own: &Map) -> Chart {
    let mut kept = Vec::new();
    for child in chart.subcharts() {
        let dependency = chart.metadata().dependencies.iter().find(|dependency| {
            let name = if dependency.alias.is_empty() {
                &dependency.name
            } else {
                &dependency.alias
            };
            name == child.name()
        });
        if dependency.is_some_and(|dependency| !is_enabled(dependency, all, own)) {
            continue;
        }
        let below = own
            .get(child.name())
            .and_then(|below| below.as_map())
            .unwrap_or_default();
        kept.push(prune(child, all, &below));
    }
    chart.with_subcharts(kept)
}

/// The first condition that is found decides; otherwise one true tag is enough.
fn is_enabled(dependency: &Dependency, all: &Map, own: &Map) -> bool {
    for condition in dependency
        .condition
        .split(',')
        .map(str::trim)
        .filter(|c| !c.is_empty())
    {
        if let Some(Value::Bool(decided)) = at(own, condition) {
            return decided;
        }
    }
    let Some(Value::Map(tags)) = all.get("tags") else {
        return true;
    };
    let mut refused = false;
    for tag in &dependency.tags {
        match tags.get(tag) {
            Some(Value::Bool(true)) => return true,
            Some(Value::Bool(false)) => refused = true,
            _ => {}
        }
    }
    !refused
}

fn at(map: &Map, path: &str) -> Option<Value> {
    match path.split_once('.') {
        Some((first, rest)) => at(&map.get(first)?.as_map()?, rest),
        None => map.get(path),
    }
}
