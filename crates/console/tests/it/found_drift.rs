//! Drift in a mesh that other tools installed: with its release it is repointed by a job, without one the command
//! is shown.

use crate::{
    current_istio::pair_of,
    istio_charts::IstioCharts,
    meshes::{Pair, WEST, request},
    support::{operator, succeeded},
};
use cluster::{Cluster, Kind, Object, Propagation};
use console::Error;
use serde_json::json;
use std::time::Duration;
use wire::{
    ClusterName, Namespace, ReleaseName,
    mesh::{DriftView, StepKind},
};

const NAMESPACE: &str = "istio-system";

/// The address of the only ready pod of istiod.
async fn istiod_address(east: &Cluster) -> String {
    for _ in 0..300 {
        let pods = east.list_objects(Kind::POD, Some(NAMESPACE), "app=istiod");
        let pods = pods.await.unwrap();
        let mut ready = pods.iter().filter(|pod| {
            let conditions = pod.list("/status/conditions").iter();
            let mut ready = conditions.filter(|condition| condition["type"] == "Ready");
            let deleted = pod.text("/metadata/deletionTimestamp");
            deleted.is_empty() && ready.any(|condition| condition["status"] == "True")
        });
        if let (Some(pod), None) = (ready.next(), ready.next()) {
            return pod.text("/status/podIP").to_owned();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("istiod has no ready pod");
}

/// The drift of the mesh, once it has one of this address.
async fn drift_of(pair: &Pair, used: &str) -> DriftView {
    for _ in 0..300 {
        let drifted = pair.view().await.drifted.into_iter();
        let mut drifted = drifted.filter(|drifted| !drifted.good.is_empty());
        if let Some(found) = drifted.find(|drifted| drifted.used == used) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{used} has not drifted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_address_without_a_release_is_shown_with_its_command() {
    let pair = Pair::new().await;
    let (ann, west) = (operator(), ClusterName::new(WEST).unwrap());
    for object in sandbox_istio::istiod("Kubernetes", "") {
        let object = Object::new(object).unwrap();
        pair.east().create(&object).await.unwrap();
    }
    let current = istiod_address(&pair.east()).await;
    assert_eq!(
        pair.view().await.drifted,
        [],
        "the remote has no address yet"
    );
    let labels = json!({"kubernetes.io/service-name": "istiod"});
    for object in [
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}),
        json!({"apiVersion": "v1", "kind": "Service",
               "metadata": {"name": "istiod", "namespace": NAMESPACE},
               "spec": {"ports": [{"name": "tcp-istiod", "port": 15012}]}}),
        json!({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
               "metadata": {"name": "istiod", "namespace": NAMESPACE, "labels": labels},
               "addressType": "IPv4", "endpoints": [{"addresses": ["10.99.9.9"]}],
               "ports": [{"name": "tcp-istiod", "port": 15012, "protocol": "TCP"}]}),
    ] {
        let object = Object::new(object).unwrap();
        pair.west().create(&object).await.unwrap();
    }
    let drifted = drift_of(&pair, "10.99.9.9").await;
    assert_eq!((&drifted.release, &drifted.good), (&None, &current));
    let command = drifted.command.unwrap();
    assert_eq!(command.cluster, west);
    assert!(
        command.text.contains("get endpointslice istiod") && command.text.contains(&current),
        "{}",
        command.text
    );
    let update = pair
        .console
        .update_remote_addresses(&ann, &pair.mesh, &west);
    let refused = update.await.unwrap_err();
    assert!(matches!(refused, Error::NoStep), "{refused}");

    // What the command writes.
    let slice = Kind::ENDPOINT_SLICE.object(Some(NAMESPACE), "istiod");
    let mut live = pair.west().get(&slice).await.unwrap().unwrap();
    live.value_mut()["endpoints"][0]["addresses"] = json!([current]);
    pair.west().replace(&live).await.unwrap();
    assert_eq!(pair.view().await.drifted, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_release_of_a_found_mesh_is_repointed_and_keeps_its_version() {
    let test = "the_release_of_a_found_mesh_is_repointed_and_keeps_its_version";
    let Some(charts) = IstioCharts::find(test) else {
        return;
    };
    let (_repositories, mut pair) = pair_of(&charts).await;
    let (ann, west) = (operator(), ClusterName::new(WEST).unwrap());
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    pair.run_step(StepKind::RemoteChart).await;
    // Another mesh of both clusters, whose own charts are those of Istio 1.0, finds what is installed.
    pair.console.forget_mesh(&ann, &pair.mesh).await.unwrap();
    pair.mesh = pair.console.new_mesh(&ann, request("found")).await.unwrap();
    let gateway = Kind::SERVICE.object(Some(NAMESPACE), "istio-eastwestgateway");
    let live = pair.east().get(&gateway).await.unwrap().unwrap();
    let used = live.text("/status/loadBalancer/ingress/0/ip").to_owned();
    assert_eq!(pair.view().await.drifted, []);
    let deleted = pair.east().delete(&gateway, Propagation::Background).await;
    assert!(deleted.unwrap());

    let drifted = drift_of(&pair, &used).await;
    let release = drifted.release.unwrap();
    assert_eq!(
        (release.release.as_str(), drifted.command),
        ("istiod", None)
    );
    let update = pair
        .console
        .update_remote_addresses(&ann, &pair.mesh, &west);
    succeeded(&pair.console, &update.await.unwrap()).await;
    assert_eq!(pair.view().await.drifted, []);
    let key = release::ReleaseKey {
        namespace: Namespace::new(NAMESPACE).unwrap(),
        release: ReleaseName::new("istiod").unwrap(),
    };
    let user = cluster::AsUser::new(pair.west());
    let latest = release::latest(&user, &key).await.unwrap();
    assert_eq!(latest.version, 2);
    assert_eq!(latest.chart.metadata("version"), crate::bundles::VERSION);
    assert_eq!(latest.config["global"]["remotePilotAddress"], drifted.good);
    assert_eq!(latest.config["global"]["meshID"], "current");
}
