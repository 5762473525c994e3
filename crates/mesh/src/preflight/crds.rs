//! P21 and P22: definitions of another line that stand in the way, and definitions on their way out.

use super::{Finding, Ground};
use cluster::Object;
use serde_json::Value;
use std::collections::BTreeSet;
use wire::check::Verdict;

const API: &str = "apiextensions.k8s.io/v1";

async fn there(ground: Ground<'_>) -> Result<Vec<Object>, cluster::Error> {
    ground
        .cluster
        .list(API, "CustomResourceDefinition", None, "")
        .await
}

/// P21: a definition that is there and does not serve what the chart needs.
pub(super) async fn look_left_over(ground: Ground<'_>) -> Result<Finding, cluster::Error> {
    let live = there(ground).await?;
    let mut verdict = Verdict::Passed;
    let mut found = Vec::new();
    for wanted in &ground.plan.crds {
        let Some(live) = live.iter().find(|live| live.name() == wanted.name()) else {
            continue;
        };
        let (worse, line) = compare(live, wanted);
        verdict = verdict.max(worse);
        found.extend(line);
    }
    Ok(Finding::of(verdict).with("crds", found.len()).found(found))
}

/// A definition stays as it is (Helm never changes one): enough when it serves what is wanted.
fn compare(live: &Object, wanted: &Object) -> (Verdict, Option<String>) {
    let (serves, wants) = (versions(live), versions(wanted));
    let missing: Vec<&str> = wants.difference(&serves).copied().collect();
    let name = live.name();
    if missing.is_empty() {
        return (Verdict::Passed, None);
    }
    let owner = live
        .annotation("meta.helm.sh/release-name")
        .or_else(|| live.label("release"));
    let owner = owner
        .map(|owner| format!(", it belongs to release {owner}"))
        .unwrap_or_default();
    let serves: Vec<&str> = serves.into_iter().collect();
    let line = format!(
        "{name} serves {}, the chart needs {}{owner}",
        serves.join(", "),
        missing.join(", ")
    );
    (Verdict::Blocked, Some(line))
}

fn versions(definition: &Object) -> BTreeSet<&str> {
    let served = definition.list("/spec/versions").iter().filter(|version| {
        version
            .get("served")
            .and_then(Value::as_bool)
            .unwrap_or(true)
    });
    served
        .filter_map(|version| version.get("name").and_then(Value::as_str))
        .collect()
}

/// P22: a definition that is being deleted.
pub(super) async fn look_going(ground: Ground<'_>) -> Result<Finding, cluster::Error> {
    let live = there(ground).await?;
    let wanted: BTreeSet<&str> = ground.plan.crds.iter().map(Object::name).collect();
    let going = live.iter().filter(|crd| {
        wanted.contains(crd.name()) && !crd.text("/metadata/deletionTimestamp").is_empty()
    });
    let found: Vec<String> = going
        .map(|crd| {
            format!(
                "{} is being deleted; its objects hold it until they are gone",
                crd.name()
            )
        })
        .collect();
    let verdict = if found.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Blocked
    };
    Ok(Finding::of(verdict).with("crds", found.len()).found(found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn crd(versions: &[&str]) -> Object {
        let versions: Vec<Value> = versions
            .iter()
            .map(|name| json!({"name": name, "served": true}))
            .collect();
        Object::new(json!({
            "apiVersion": API, "kind": "CustomResourceDefinition",
            "metadata": {"name": "gateways.networking.istio.io", "labels": {"release": "istio"}},
            "spec": {"versions": versions},
        }))
        .expect("an object")
    }

    #[test]
    fn a_definition_of_another_line_blocks_and_names_its_release() {
        let (verdict, line) = compare(&crd(&["v1", "v1beta1"]), &crd(&["v1alpha3"]));
        assert_eq!(verdict, Verdict::Blocked);
        assert!(line.is_some_and(|line| line.contains("belongs to release istio")));
    }

    #[test]
    fn a_definition_that_serves_what_is_needed_is_fine() {
        assert_eq!(
            compare(&crd(&["v1", "v1alpha3"]), &crd(&["v1alpha3"])).0,
            Verdict::Passed
        );
    }
}
