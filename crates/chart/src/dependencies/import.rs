//! import-values: defaults that a parent chart imports from its subcharts.
use gotmpl::{Budget, Map, Value};
use serde_json::Value as Json;

use crate::error::Error;
use crate::model::Chart;
use crate::values::{Coalescer, deep_copy};

/// Adds the imported values to the defaults of each chart, the deepest charts first.
pub(super) fn process_import_values(
    chart: &mut Chart,
    budget: &Budget,
    warnings: &mut Vec<String>,
) -> Result<(), Error> {
    let mut subcharts = chart.subcharts().to_vec();
    for child in &mut subcharts {
        process_import_values(child, budget, warnings)?;
    }
    chart.set_subcharts(subcharts);
    if chart.metadata().dependencies.is_empty() {
        return Ok(());
    }
    let effective = Map::new();
    let mut coalescer = Coalescer {
        helm: chart.helm(),
        keep_nulls: true,
        budget,
        warnings,
    };
    coalescer.chart(chart, &effective, "")?;
    let imported_values = Map::new();
    for dependency in &chart.metadata().dependencies {
        for import in &dependency.import_values {
            let Some((child, parent)) = paths(import) else {
                continue;
            };
            let path = format!("{}.{child}", dependency.name);
            match table(&effective, &path) {
                Some(found) => {
                    coalescer.tables(&imported_values, &nested_map(&parent, found), "")?;
                }
                None => coalescer.warnings.push(format!(
                    "ImportValues missing table from chart {}: {path:?} is not a table",
                    dependency.name
                )),
            }
        }
    }
    let effective = deep_copy(&Value::Map(effective), budget)?;
    coalescer.tables(&effective, &imported_values, "")?;
    chart.set_values(Value::Map(effective));
    Ok(())
}

/// The source path in the child and the target path in the parent.
fn paths(import: &Json) -> Option<(String, String)> {
    match import {
        Json::String(name) => Some((format!("exports.{name}"), ".".to_owned())),
        Json::Object(map) => {
            let path = |key: &str| map.get(key).and_then(Json::as_str).map(str::to_owned);
            Some((path("child")?, path("parent")?))
        }
        _ => None,
    }
}

fn table(map: &Map, path: &str) -> Option<Map> {
    let mut map = map.clone();
    for key in path.split('.') {
        match map.get(key) {
            Some(Value::Map(inner)) => map = inner,
            _ => return None,
        }
    }
    Some(map)
}

fn nested_map(path: &str, map: Map) -> Map {
    if path == "." {
        return map;
    }
    let mut map = map;
    for key in path.rsplit('.') {
        map = [(key, Value::Map(map))].into_iter().collect();
    }
    map
}
