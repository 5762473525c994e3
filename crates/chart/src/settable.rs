//! The default values of a chart as an operator can set them, with which an upgrade is compared. Start at
//! [`settable_defaults`].

use gotmpl::Budget;
use serde_json::{Map, Value};

use crate::dependencies::process_dependencies;
use crate::error::Error;
use crate::model::Chart;
use crate::values::{Values, default_values, fill_values};

/// The key of the values that a parent shares with its subcharts.
const GLOBAL: &str = "global";

/// The defaults of a chart as an operator can set them: with those of its enabled subcharts under their aliases, the
/// globals of these at the top, and for a chart of Istio at the paths that a user sets, for the chosen profiles.
///
/// # Errors
/// As [`coalesce_values`](crate::coalesce_values).
pub fn settable_defaults(chart: &Chart, values: &Values, budget: &Budget) -> Result<Value, Error> {
    let chart = process_dependencies(chart, values, budget, &mut Vec::new())?;
    let mut defaults = default_values(&chart, values, budget)?.to_json();
    lift_globals(&chart, &mut defaults);
    Ok(defaults)
}

/// The keys below which the enabled subcharts of a chart have their values.
///
/// # Errors
/// As [`settable_defaults`].
pub fn subchart_keys(
    chart: &Chart,
    values: &Values,
    budget: &Budget,
) -> Result<Vec<String>, Error> {
    let chart = process_dependencies(chart, values, budget, &mut Vec::new())?;
    let names = chart
        .subcharts()
        .iter()
        .map(|child| child.name().to_owned());
    Ok(names.collect())
}

/// Moves the globals of subcharts to those of their parent, which an operator sets for all of them.
fn lift_globals(chart: &Chart, values: &mut Value) {
    for child in chart.subcharts() {
        let Some(below) = values.get_mut(child.name()) else {
            continue;
        };
        lift_globals(child, below);
        let Some(globals) = below.as_object_mut().and_then(|map| map.remove(GLOBAL)) else {
            continue;
        };
        if let Some(map) = values.as_object_mut() {
            let own = map
                .entry(GLOBAL)
                .or_insert_with(|| Value::Object(Map::new()));
            fill_values(own, &globals);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gotmpl::Limits;
    use serde_json::json;

    fn chart(dependencies: &str, values: &str, children: &[(&str, &str)]) -> Chart {
        let mut files = vec![
            (
                "Chart.yaml".to_owned(),
                format!("apiVersion: v2\nname: shop\nversion: 1.0.0\n{dependencies}").into_bytes(),
            ),
            ("values.yaml".to_owned(), values.as_bytes().to_vec()),
        ];
        for (name, values) in children {
            let metadata = format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\n");
            files.push((format!("charts/{name}/Chart.yaml"), metadata.into_bytes()));
            files.push((
                format!("charts/{name}/values.yaml"),
                values.as_bytes().to_vec(),
            ));
        }
        Chart::from_files(files).expect("a chart")
    }

    fn defaults(chart: &Chart, values: &str) -> Value {
        let values = Values::parse(values).expect("values");
        settable_defaults(chart, &values, &Budget::new(Limits::default())).expect("defaults")
    }

    #[test]
    fn subcharts_have_their_defaults_below_their_alias_and_share_globals() {
        let dependencies = "dependencies:\n- {name: db, version: 1.0.0, alias: store}\n";
        let children = [("db", "size: 1\nglobal: {zone: a}\n")];
        let found = defaults(&chart(dependencies, "port: 80", &children), "");
        assert_eq!(found["store"]["size"], 1);
        assert_eq!(found.get("db"), None);
        assert_eq!(found["global"], json!({"zone": "a"}));
        let off = "dependencies:\n- {name: db, version: 1.0.0, condition: db.enabled}\n";
        let found = defaults(&chart(off, "port: 80", &children), "db: {enabled: false}");
        assert_eq!(found.get("db"), None, "a disabled subchart has none");
    }

    #[test]
    fn the_defaults_of_istio_are_those_of_the_chosen_profile() {
        let files = [
            (
                "Chart.yaml",
                "apiVersion: v2\nname: istiod\nversion: 1.31.1\n",
            ),
            (
                "values.yaml",
                "_internal_defaults_do_not_set:\n  a: 1\n  b: 1\n",
            ),
            ("files/profile-remote.yaml", "b: 2\n"),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        let istiod = Chart::from_files(files.to_vec()).expect("a chart");
        assert_eq!(defaults(&istiod, ""), json!({"a": 1, "b": 1}));
        assert_eq!(
            defaults(&istiod, "profile: remote"),
            json!({"a": 1, "b": 2})
        );
    }
}
