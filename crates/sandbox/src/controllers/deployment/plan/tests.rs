//! The plans of rollouts, by strategy and by the state of the ReplicaSets.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::replica_sets::{DESIRED_REPLICAS, MAX_REPLICAS, ReplicaSets};
use super::{Action, max_surge, max_unavailable, plan};
use crate::object;

fn deployment(replicas: i64, strategy: Value) -> Value {
    json!({"spec": {"replicas": replicas, "strategy": strategy}})
}

fn rolling(replicas: i64, surge: Value, unavailable: Value) -> Value {
    let limits = json!({"maxSurge": surge, "maxUnavailable": unavailable});
    deployment(
        replicas,
        json!({"type": "RollingUpdate", "rollingUpdate": limits}),
    )
}

/// A ReplicaSet of a Deployment that had `desired` replicas and a surge of 1.
fn set(name: &str, desired: i64, replicas: i64, available: i64) -> Arc<Value> {
    let annotations = json!({
        DESIRED_REPLICAS: desired.to_string(), MAX_REPLICAS: (desired + 1).to_string(),
    });
    Arc::new(json!({
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"replicas": replicas},
        "status": {"replicas": replicas, "availableReplicas": available},
    }))
}

fn sets(new: Option<Arc<Value>>, old: &[Arc<Value>]) -> ReplicaSets {
    let old = old.to_vec();
    ReplicaSets { new, old }
}

fn planned(deployment: &Value, sets: &ReplicaSets, has_old_pods: bool) -> Vec<String> {
    let actions = plan(deployment, sets, has_old_pods).into_iter();
    actions
        .map(|action| match action {
            Action::Create { replicas } => format!("create {replicas}"),
            Action::Scale { set, replicas } => format!("{} {replicas}", object::name(&set)),
        })
        .collect()
}

#[test]
fn percentages_of_surge_are_rounded_up_and_of_unavailability_down() {
    let limits = |deployment: &Value| (max_surge(deployment), max_unavailable(deployment));
    assert_eq!(limits(&rolling(3, json!("25%"), json!("25%"))), (1, 0));
    assert_eq!(limits(&rolling(10, json!("25%"), json!("25%"))), (3, 2));
    assert_eq!(limits(&rolling(1, json!("25%"), json!(3))), (1, 1));
    assert_eq!(limits(&rolling(3, json!("0%"), json!("10%"))), (0, 1));
    assert_eq!(limits(&deployment(3, json!({"type": "Recreate"}))), (0, 0));
}

#[test]
fn a_rolling_update_surges_then_removes_what_is_surplus() {
    let web = rolling(4, json!("25%"), json!("25%"));
    let old = |replicas, available| set("old", 4, replicas, available);
    let new = |replicas, available| Some(set("new", 4, replicas, available));
    assert_eq!(
        planned(&web, &sets(None, &[old(4, 4)]), false),
        ["create 1"]
    );
    assert_eq!(
        planned(&web, &sets(new(1, 0), &[old(4, 4)]), false),
        ["old 3"]
    );
    assert_eq!(
        planned(&web, &sets(new(1, 0), &[old(3, 3)]), false),
        ["new 2"]
    );
    let waiting = planned(&web, &sets(new(2, 0), &[old(3, 3)]), false);
    assert_eq!(waiting, [""; 0]);
    assert_eq!(
        planned(&web, &sets(new(2, 1), &[old(3, 3)]), false),
        ["old 2"]
    );
    assert_eq!(
        planned(&web, &sets(new(4, 4), &[old(1, 1)]), false),
        ["old 0"]
    );
    assert_eq!(
        planned(&web, &sets(new(4, 4), &[old(0, 0)]), false),
        [""; 0]
    );
}

#[test]
fn old_pods_that_are_not_available_are_removed_first() {
    let web = rolling(4, json!(1), json!(0));
    let (broken, good) = (set("broken", 4, 1, 0), set("good", 4, 4, 4));
    let stuck = sets(Some(set("new", 4, 0, 0)), &[good, broken]);
    assert_eq!(planned(&web, &stuck, false), ["broken 0"]);
}

#[test]
fn recreate_waits_for_the_end_of_the_old_pods() {
    let web = deployment(2, json!({"type": "Recreate"}));
    let old = |replicas| set("old", 2, replicas, replicas);
    assert_eq!(planned(&web, &sets(None, &[old(2)]), true), ["old 0"]);
    assert_eq!(planned(&web, &sets(None, &[old(0)]), true), [""; 0]);
    assert_eq!(planned(&web, &sets(None, &[old(0)]), false), ["create 2"]);
}

#[test]
fn a_paused_deployment_is_scaled_but_not_rolled_out() {
    let mut web = rolling(5, json!(1), json!(0));
    web["spec"]["paused"] = json!(true);
    assert_eq!(
        planned(&web, &sets(None, &[set("old", 3, 3, 3)]), false),
        ["old 5"]
    );
}

#[test]
fn scaling_during_a_rollout_keeps_the_shares_of_the_sets() {
    let web = rolling(15, json!(1), json!(0));
    let halfway = sets(Some(set("new", 10, 3, 0)), &[set("old", 10, 8, 8)]);
    assert_eq!(planned(&web, &halfway, false), ["old 12", "new 4"]);
    let smaller = rolling(5, json!(1), json!(0));
    assert_eq!(planned(&smaller, &halfway, false), ["old 4", "new 2"]);
    let none = rolling(0, json!(1), json!(0));
    assert_eq!(planned(&none, &halfway, false), ["old 0", "new 0"]);
}
