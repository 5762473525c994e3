//! The default values of Istio's own charts, which lie below one key.
//!
//! A template of these charts merges the defaults, the profiles that the user chooses, and the values of the
//! user, and removes the key. What a person sees of the values is what the other templates see. Start at
//! [`effective_values`].

use gotmpl::{Budget, Map, Value};

use super::{Values, coalesce_values, merge};
use crate::error::Error;
use crate::model::Chart;
use crate::yaml;

/// The key below which the defaults lie.
pub(crate) const DEFAULTS_KEY: &str = "_internal_defaults_do_not_set";

/// The values that select a file of further defaults, and the beginning of its name.
const PROFILES: &[(&[&str], &str)] = &[
    (&["profile", "global.profile"], "profile-"),
    (&["compatibilityVersion"], "profile-compatibility-version-"),
    (&["platform", "global.platform"], "profile-platform-"),
];

/// The values with which a chart renders: the given ones over the defaults of the chart and its subcharts, and
/// for a chart of Istio over those of the chosen profiles.
///
/// # Errors
/// As [`coalesce_values`].
pub fn effective_values(chart: &Chart, values: &Values, budget: &Budget) -> Result<Values, Error> {
    let coalesced = coalesce_values(chart, values, budget)?;
    let Some(defaults) = lifted_defaults(chart, &coalesced.0) else {
        return Ok(coalesced);
    };
    let own = coalesced.map();
    own.remove(DEFAULTS_KEY);
    merge(&defaults, &own);
    Ok(Values(Value::Map(defaults)))
}

/// The default values of a chart and its subcharts, for a chart of Istio with the profiles that these values
/// choose.
///
/// # Errors
/// As [`coalesce_values`].
pub fn default_values(chart: &Chart, values: &Values, budget: &Budget) -> Result<Values, Error> {
    match lifted_defaults(chart, &values.0) {
        Some(defaults) => Ok(Values(Value::Map(defaults))),
        None => coalesce_values(chart, &Values::empty(), budget),
    }
}

/// The defaults below the key with those of the profiles that these values choose; none for any other chart.
pub(crate) fn lifted_defaults(chart: &Chart, values: &Value) -> Option<Map> {
    let defaults = chart.values().as_map()?.get(DEFAULTS_KEY)?;
    let defaults = defaults.deep_copy().as_map()?;
    for (paths, prefix) in PROFILES {
        let chosen = paths.iter().find_map(|path| text_at(values, path));
        let profile = chosen.and_then(|name| profile(chart, &format!("files/{prefix}{name}.yaml")));
        if let Some(profile) = profile {
            merge(&defaults, &profile);
        }
    }
    Some(defaults)
}

/// The text at a dotted path, unless it is empty.
fn text_at(values: &Value, path: &str) -> Option<String> {
    let mut value = values.clone();
    for key in path.split('.') {
        value = value.as_map()?.get(key)?;
    }
    let text = value.as_str()?.to_owned();
    (!text.is_empty()).then_some(text)
}

fn profile(chart: &Chart, name: &str) -> Option<Map> {
    let file = chart.files().iter().find(|file| file.name == name)?;
    yaml::read_first(file.text().ok()?).ok()?.as_map()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gotmpl::Limits;

    fn chart() -> Chart {
        let files = [
            (
                "Chart.yaml",
                "apiVersion: v2\nname: istiod\nversion: 1.31.1\n",
            ),
            (
                "values.yaml",
                "_internal_defaults_do_not_set:\n  # Replicas of istiod.\n  replicaCount: 1\n  \
                 configMap: true\n  global:\n    # The hub.\n    hub: docker.io/istio\n",
            ),
            ("files/profile-remote.yaml", "configMap: false\n"),
        ];
        let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        Chart::from_files(files.to_vec()).expect("a chart")
    }

    fn effective(text: &str) -> serde_json::Value {
        let values = Values::parse(text).expect("values");
        let budget = Budget::new(Limits::default());
        let effective = effective_values(&chart(), &values, &budget);
        effective.expect("values").to_json()
    }

    #[test]
    fn the_values_are_over_the_profile_and_the_profile_over_the_defaults() {
        let hub = |hub: &str| serde_json::json!({"hub": hub});
        let found = effective("profile: remote\nglobal: {hub: registry.example}");
        assert_eq!(found["configMap"], false);
        assert_eq!(found["replicaCount"], 1);
        assert_eq!(found["global"], hub("registry.example"));
        let found = effective("profile: remote\nconfigMap: true");
        assert_eq!(found["configMap"], true);
        assert_eq!(effective("{}")["global"], hub("docker.io/istio"));
    }

    #[test]
    fn the_form_has_the_paths_that_a_user_sets() {
        let budget = Budget::new(Limits::default());
        let form = crate::form(&chart(), "profile: remote\nreplicaCount: 2", &budget);
        let fields = form.expect("a form").fields;
        let rows: Vec<_> = fields
            .iter()
            .map(|field| {
                (
                    field.path.join("."),
                    field.default.clone(),
                    field.value.clone(),
                )
            })
            .collect();
        use crate::yaml::Scalar::{Bool, Text};
        assert_eq!(rows.len(), 3, "{rows:?}");
        assert_eq!(rows[0].0, "replicaCount");
        assert!(rows[0].2.is_some());
        assert_eq!(rows[1], ("configMap".to_owned(), Some(Bool(false)), None));
        let hub = Some(Text("docker.io/istio".to_owned()));
        assert_eq!(rows[2], ("global.hub".to_owned(), hub, None));
        assert_eq!(
            fields[0].description.as_deref(),
            Some("Replicas of istiod.")
        );
    }
}
