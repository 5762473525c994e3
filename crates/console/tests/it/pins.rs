//! Pinned Services are sampled without an open page, and are the traffic between the clusters of their mesh.

use crate::{
    meshes::{Pair, WEST},
    services::details,
    support::{EAST, operator, setup},
};
use cluster::Object;
use console::{AuditFilter, Console, Error, read_audit};
use std::time::Duration;
use wire::{
    Code, Namespace, Problem, ServiceName,
    mesh::{MeshTrafficView, PinView, ServiceListView, ServiceRef, ServicesRequest, StepKind},
};

/// A mesh whose product page in the primary calls details in the remote.
async fn bookinfo() -> Pair {
    let pair = Pair::new().await;
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
    let recheck = pair.console.recheck_mesh(&operator(), &pair.mesh).await;
    recheck.unwrap();
    pair.health_that(|health| health.is_whole() && health.asking.is_none())
        .await;
    pair
}

/// The traffic of the mesh, read again with each change until it is like that.
async fn traffic_that(pair: &Pair, like: impl Fn(&MeshTrafficView) -> bool) -> MeshTrafficView {
    let ann = operator();
    let mut changes = pair.console.follow_changes(&ann).await.unwrap();
    let reading = async {
        loop {
            let view = pair.console.mesh_traffic(&ann, &pair.mesh).await.unwrap();
            if like(&view) {
                return view;
            }
            changes.changed().await.unwrap();
        }
    };
    let found = tokio::time::timeout(Duration::from_mins(1), reading).await;
    let Ok(view) = found else {
        panic!("{:#?}", pair.console.mesh_traffic(&ann, &pair.mesh).await);
    };
    view
}

async fn listed(pair: &Pair) -> ServiceListView {
    let (ann, request) = (operator(), ServicesRequest::default());
    let listed = pair.console.mesh_services(&ann, &pair.mesh, &request);
    listed.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pinned_service_is_sampled_without_a_page_and_is_the_traffic_of_its_mesh() {
    let pair = bookinfo().await;
    let (ann, at) = (operator(), details(&pair));
    let none = pair.console.mesh_traffic(&ann, &pair.mesh).await.unwrap();
    assert_eq!((none.services.len(), none.flows.len()), (0, 0));

    pair.console.pin_service(&ann, &at).await.unwrap();
    pair.console.pin_service(&ann, &at).await.unwrap();
    traffic_that(&pair, |view| view.at.is_some()).await;
    pair.console.verify_mesh(&ann, &pair.mesh).await.unwrap();
    let view = traffic_that(&pair, |view| !view.flows.is_empty()).await;
    assert_eq!((view.pinned(), view.open()), (1, 0));
    let flow = &view.flows[0];
    assert_eq!((flow.from.as_str(), flow.to.as_str()), (EAST, WEST));
    assert!(flow.requests > 0.0 && flow.errors == Some(0.0), "{flow:#?}");
    assert_eq!(flow.services[0].name, "details");
    assert!(flow.points.iter().any(|point| point.requests > 0.0));

    let row = &listed(&pair).await.list.rows[0];
    assert_eq!(row.name, "details", "pinned Services are the first");
    assert!(
        row.pinned
            .as_ref()
            .is_some_and(|pin| pin.by == ann.operator)
    );
    assert!(row.requests.is_some_and(|requests| requests > 0.0));
    let page = pair.console.mesh_service(&ann, &at).await.unwrap();
    assert!(page.pinned.is_some());

    pair.console.unpin_service(&ann, &at).await.unwrap();
    assert!(
        listed(&pair)
            .await
            .list
            .rows
            .iter()
            .all(|row| row.pinned.is_none())
    );
    let pins = AuditFilter {
        target: Some("pin Service bookinfo/details of mesh article".into()),
        outcome: Some("succeeded".into()),
        ..AuditFilter::default()
    };
    assert_eq!(read_audit(pair.folder(), &pins).unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mesh_has_at_most_ten_pinned_services_and_a_restarted_console_samples_them() {
    let pair = Pair::new().await;
    let ann = operator();
    let service = |name: &str| ServiceRef {
        mesh: pair.mesh.clone(),
        namespace: Namespace::new("default").unwrap(),
        service: ServiceName::new(name).unwrap(),
    };
    pair.health_that(|health| health.is_whole() && health.asking.is_none())
        .await;
    let missing = pair.console.pin_service(&ann, &service("none")).await;
    assert!(matches!(missing, Err(Error::NoService(name)) if name == "default/none"));

    for number in 0..=PinView::MAX_PINNED {
        let name = format!("web-{number}");
        let object = serde_json::json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {"ports": [{"port": 80}]},
        });
        let object = Object::new(object).unwrap();
        pair.west().create(&object).await.unwrap();
    }
    pair.console.recheck_mesh(&ann, &pair.mesh).await.unwrap();
    pair.health_that(|health| health.asking.is_none()).await;
    for number in 0..PinView::MAX_PINNED {
        let web = service(&format!("web-{number}"));
        let pinned = pair.console.pin_service(&ann, &web);
        pinned.await.unwrap();
    }
    let more = pair.console.pin_service(&ann, &service("web-10")).await;
    let problem = Problem::from(&more.unwrap_err());
    assert_eq!(
        (problem.code, problem.arg("max")),
        (Code::TooManyPinned, "10")
    );

    // The pins are in the database; a console that starts with it samples them without a page.
    let restarted = Console::open(pair.folder(), setup()).unwrap();
    restarted.watch_meshes().await.unwrap();
    let view = restarted.mesh_traffic(&ann, &pair.mesh).await.unwrap();
    assert_eq!(view.pinned(), PinView::MAX_PINNED);
}
