//! Tests of this module.

use super::*;
use crate::finding::detail;
use wire::check::{CheckCode, CheckStatus, Detail, Group};

fn finding(remedy: Remedy, details: Vec<Detail>) -> CheckView {
    CheckView {
        code: CheckCode::PodsWithoutSidecar,
        group: Group::Workloads,
        status: CheckStatus::Failed,
        skipped: None,
        args: Vec::new(),
        details,
        remedies: vec![remedy],
        problem: None,
        took: 0,
    }
}

#[test]
fn the_targets_are_those_of_the_cluster_and_each_once() {
    let west = ClusterName::new("west").expect("a name");
    let missing = |pod: &str| detail!(SidecarMissing { pod });
    let check = finding(
        Remedy::RestartWorkloads,
        vec![
            missing("Pod bookinfo/ratings-1").on("west"),
            missing("Pod bookinfo/ratings-1").on("west"),
            missing("Pod bookinfo/ratings-2").on("east"),
        ],
    );
    let pod = Target::Pod("bookinfo".into(), "ratings-1".into());
    assert_eq!(targets(&check, &west), [pod]);
    let namespace = detail!(NamespaceNotLabelled { namespace: "shop" }).on("west");
    let check = finding(Remedy::LabelNamespace, vec![namespace]);
    assert_eq!(targets(&check, &west), [Target::Namespace("shop".into())]);
    let twice = detail!(NamespaceLabelledTwice { namespace: "shop" }).on("west");
    let check = finding(Remedy::LabelNamespace, vec![twice]);
    assert!(
        targets(&check, &west).is_empty(),
        "it is not known which label is right"
    );
}

#[test]
fn the_workload_of_a_pod_is_found_through_its_replica_set() {
    let object = |kind: &str, name: &str, owner: (&str, &str)| {
        Object::new(serde_json::json!({
            "apiVersion": "v1", "kind": kind,
            "metadata": {"name": name, "namespace": "shop",
                "ownerReferences": [{"kind": owner.0, "name": owner.1}]},
        }))
        .expect("an object")
    };
    let sets = [object("ReplicaSet", "web-1", ("Deployment", "web"))];
    let workload = |owner| workload(&object("Pod", "p", owner), &sets).map(|own| own.to_string());
    assert_eq!(
        workload(("ReplicaSet", "web-1")).as_deref(),
        Some("Deployment shop/web")
    );
    assert_eq!(
        workload(("StatefulSet", "db")).as_deref(),
        Some("StatefulSet shop/db")
    );
    assert_eq!(workload(("Job", "once")), None);
}
