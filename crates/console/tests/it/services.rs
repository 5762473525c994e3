//! The Services of a mesh: who serves each, what the control plane has registered, and the traffic between clusters.

use crate::{
    meshes::{Pair, WEST},
    support::{EAST, operator},
};
use console::Error;
use std::time::Duration;
use wire::{
    ClusterName, MeshName, Namespace, ServiceName,
    mesh::{
        ServiceDetailView, ServiceRef, ServiceState, ServicesRequest, StepKind, TrafficPlace,
        TrafficSource,
    },
};

pub(crate) fn details(pair: &Pair) -> ServiceRef {
    ServiceRef {
        mesh: pair.mesh.clone(),
        namespace: Namespace::new("bookinfo").unwrap(),
        service: ServiceName::new("details").unwrap(),
    }
}

pub(crate) fn place(cluster: &str) -> TrafficPlace {
    TrafficPlace::Cluster(ClusterName::new(cluster).unwrap())
}

/// The page of a Service, read again with each change until it is like that.
async fn service_that(
    pair: &Pair,
    at: &ServiceRef,
    like: impl Fn(&ServiceDetailView) -> bool,
) -> ServiceDetailView {
    let ann = operator();
    let mut changes = pair.console.follow_changes(&ann).await.unwrap();
    let reading = async {
        loop {
            let view = pair.console.mesh_service(&ann, at).await.unwrap();
            if like(&view) {
                return view;
            }
            changes.changed().await.unwrap();
        }
    };
    let found = tokio::time::timeout(Duration::from_mins(1), reading).await;
    let Ok(view) = found else {
        panic!("{:#?}", pair.console.mesh_service(&ann, at).await);
    };
    view
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_shows_who_serves_it_and_the_requests_from_cluster_to_cluster() {
    let pair = Pair::new().await;
    let ann = operator();
    pair.accept().await;
    for kind in [
        StepKind::ControlPlane,
        StepKind::Join,
        StepKind::RemoteChart,
        StepKind::Sample,
        StepKind::Details,
    ] {
        pair.run_step(kind).await;
    }
    pair.verdict_that(|verdict| verdict.diagnosis.whole).await;
    pair.console.recheck_mesh(&ann, &pair.mesh).await.unwrap();

    let at = details(&pair);
    let is_registered = |view: &ServiceDetailView| {
        let mut west = view.clusters.iter().filter(|cluster| cluster.ready == 1);
        west.any(|west| west.registered.iter().any(|own| own.registered == Some(1)))
    };
    let served = service_that(&pair, &at, is_registered).await;
    let ready: Vec<(&str, u32)> = (served.clusters.iter())
        .map(|cluster| (cluster.cluster.as_str(), cluster.ready))
        .collect();
    assert_eq!(ready, [(EAST, 0), (WEST, 1)]);
    assert_eq!(served.state, Some(ServiceState::Ready));
    let endpoint = &served.clusters[1].endpoints[0];
    assert!(
        endpoint
            .pod
            .as_ref()
            .is_some_and(|pod| pod.starts_with("details"))
    );
    assert!(endpoint.proxy);

    let wanted = ServicesRequest {
        words: "namespace:bookinfo details".into(),
        ..ServicesRequest::default()
    };
    let listed = pair
        .console
        .mesh_services(&ann, &pair.mesh, &wanted)
        .await
        .unwrap();
    let rows: Vec<&str> = listed
        .list
        .rows
        .iter()
        .map(|row| row.name.as_str())
        .collect();
    assert_eq!(rows, ["details"]);
    assert_eq!(listed.list.rows[0].clusters.len(), 2);

    // The product page in the primary calls details in the remote; its proxy counts the request.
    service_that(&pair, &at, |view| view.traffic.at.is_some()).await;
    pair.console.verify_mesh(&ann, &pair.mesh).await.unwrap();
    let view = service_that(&pair, &at, |view| !view.traffic.flows.is_empty()).await;
    let traffic = view.traffic;
    assert_eq!(traffic.source, Some(TrafficSource::EnvoyClusters));
    let flow = &traffic.flows[0];
    assert_eq!((&flow.from, &flow.to), (&place(EAST), &place(WEST)));
    assert!(flow.requests > 0.0 && flow.p99.is_none());
    assert_eq!(
        (flow.errors, traffic.failed.len()),
        (Some(0.0), 0),
        "{traffic:#?}"
    );
    assert!(traffic.sampled > 0 && traffic.sampled <= traffic.proxies);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_service_and_an_unknown_mesh_are_named() {
    let pair = Pair::new().await;
    let ann = operator();
    // Before the first checks have ended nothing is known; afterwards the Service is known not to exist.
    pair.health_that(|health| health.is_whole() && health.asking.is_none())
        .await;
    let none = ServiceRef {
        service: ServiceName::new("none").unwrap(),
        ..details(&pair)
    };
    let missing = pair.console.mesh_service(&ann, &none).await;
    assert!(matches!(missing, Err(Error::NoService(name)) if name == "bookinfo/none"));
    let other = ServiceRef {
        mesh: MeshName::new("other").unwrap(),
        ..none
    };
    let missing = pair.console.mesh_service(&ann, &other).await;
    assert!(matches!(missing, Err(Error::NoMesh(_))));
}
