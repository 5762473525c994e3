//! import-values: defaults that a parent takes over from the charts below it.
use gotmpl::{Map, Value};
use serde_json::Value as Json;

use crate::error::Error;
use crate::model::Chart;
use crate::values::Coalescing;

/// Completes the defaults of each chart by what it takes over, the deepest first.
pub(super) fn values(chart: &mut Chart, warnings: &mut Vec<String>) -> Result<(), Error> {
    let mut below = chart.subcharts().to_vec();
    for child in &mut below {
        values(child, warnings)?;
    }
    chart.set_subcharts(below);
    if chart.metadata().dependencies.is_empty() {
        return Ok(());
    }
    let complete = Map::new();
    let mut merging = Coalescing {
        keep_nulls: true,
        warnings,
    };
    merging.chart(chart, &complete, "")?;
    let imported = Map::new();
    for dependency in &chart.metadata().dependencies {
        for wanted in &dependency.import_values {
            let Some((child, parent)) = paths(wanted) else {
                continue;
            };
            let path = format!("{}.{child}", dependency.name);
            match table(&complete, &path) {
                Some(found) => merging.tables(&imported, &below_path(&parent, found), ""),
                None => merging.warnings.push(format!(
                    "ImportValues missing table from chart {}: {path:?} is not a table",
                    dependency.name
                )),
            }
        }
    }
    let complete = Value::Map(complete)
        .deep_copy()
        .as_map()
        .unwrap_or_default();
    merging.tables(&complete, &imported, "");
    chart.set_values(Value::Map(complete));
    Ok(())
}

/// From where in the child to where in the parent.
fn paths(wanted: &Json) -> Option<(String, String)> {
    match wanted {
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
            Some(Value::Map(below)) => map = below,
            _ => return None,
        }
    }
    Some(map)
}

fn below_path(path: &str, map: Map) -> Map {
    if path == "." {
        return map;
    }
    let mut map = map;
    for key in path.rsplit('.') {
        map = [(key, Value::Map(map))].into_iter().collect();
    }
    map
}
