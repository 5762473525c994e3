//! A Prometheus server in a cluster of the mesh is asked for the traffic, and the proxies where it does not answer.

use crate::{
    meshes::{Pair, WEST},
    support::operator,
};
use axum::{body::Bytes, http};
use cluster::Object;
use console::Error;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};
use wire::{
    ClusterName, Code, Namespace, Problem, ServiceName, Time,
    mesh::{
        PrometheusRef, ServiceDetailView, ServiceRef, ServicesRequest, SetPrometheusRequest,
        TrafficSource,
    },
};

/// Creates a Deployment or a Service of a server in a namespace of the remote.
async fn create(pair: &Pair, object: Value) {
    let object = Object::new(object).unwrap();
    pair.west().create(&object).await.unwrap();
}

/// A Prometheus server in the remote that answers with this status, and web, a Service without a pod.
async fn server(pair: &Pair, status: Arc<AtomicU16>) {
    let labels = json!({"app": "prometheus"});
    pair.west
        .add_program("prom/prometheus", 9090, move |request| {
            let status = status.load(Ordering::Relaxed);
            let answer = http::Response::builder().status(status);
            answer
                .body(Bytes::from(answer_of(&request, status)))
                .unwrap()
        });
    let namespace =
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "monitoring"}});
    create(pair, namespace).await;
    create(
        pair,
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "prometheus", "namespace": "monitoring"},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "server", "image": "prom/prometheus:v3.13.2",
                        "ports": [{"containerPort": 9090}]}]},
                },
            },
        }),
    )
    .await;
    create(
        pair,
        json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "prometheus", "namespace": "monitoring"},
            "spec": {"selector": labels, "ports": [{"name": "http", "port": 80, "targetPort": 9090}]},
        }),
    )
    .await;
    create(
        pair,
        json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "web", "namespace": "default"},
            "spec": {"ports": [{"port": 80}]},
        }),
    )
    .await;
}

/// What Prometheus answers: the rates of web at the end of the window.
fn answer_of(request: &http::Request<Bytes>, status: u16) -> String {
    if status != 200 {
        let error = json!({"status": "error", "errorType": "unavailable", "error": "starting up"});
        return error.to_string();
    }
    let (path, query) = (
        request.uri().path(),
        request.uri().query().unwrap_or_default(),
    );
    let data = match path {
        "/api/v1/label/__name__/values" => json!(["istio_requests_total"]),
        "/api/v1/query_range" if query.contains("istio_requests_total") => {
            assert!(
                query.contains("destination_service_name%3D%22web%22"),
                "{query}"
            );
            let end = query.split('&').find_map(|part| part.strip_prefix("end="));
            let end: i64 = end.unwrap().parse().unwrap();
            json!({"resultType": "matrix", "result": [{
                "metric": {"reporter": "destination", "source_cluster": "c1",
                    "destination_cluster": "c2", "response_code": "200"},
                "values": [[end - 15, "4"], [end, "6"]],
            }]})
        }
        "/api/v1/query_range" => json!({"resultType": "matrix", "result": []}),
        other => panic!("{other}"),
    };
    json!({"status": "success", "data": data}).to_string()
}

fn at(service: &str) -> PrometheusRef {
    PrometheusRef {
        cluster: ClusterName::new(WEST).unwrap(),
        namespace: Namespace::new("monitoring").unwrap(),
        service: ServiceName::new(service).unwrap(),
        port: 80,
    }
}

async fn set(pair: &Pair, at: Option<PrometheusRef>) -> Result<(), Error> {
    let mesh = pair.mesh.clone();
    let request = SetPrometheusRequest { mesh, at };
    pair.console.set_prometheus(&operator(), request).await
}

/// Sets the server once its pod is ready.
async fn set_when_ready(pair: &Pair) {
    let end = tokio::time::Instant::now() + Duration::from_secs(30);
    while let Err(error) = set(pair, Some(at("prometheus"))).await {
        assert!(tokio::time::Instant::now() < end, "{error:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The page of web, read again with each change until it is like that.
async fn web_that(pair: &Pair, like: impl Fn(&ServiceDetailView) -> bool) -> ServiceDetailView {
    let ann = operator();
    let web = ServiceRef {
        mesh: pair.mesh.clone(),
        namespace: Namespace::new("default").unwrap(),
        service: ServiceName::new("web").unwrap(),
    };
    let mut changes = pair.console.follow_changes(&ann).await.unwrap();
    let reading = async {
        loop {
            let view = pair.console.mesh_service(&ann, &web).await.unwrap();
            if like(&view) {
                return view;
            }
            changes.changed().await.unwrap();
        }
    };
    let found = tokio::time::timeout(Duration::from_mins(1), reading).await;
    let Ok(view) = found else {
        panic!("{:#?}", pair.console.mesh_service(&ann, &web).await);
    };
    view
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_tested_then_asked_and_replaced_by_the_proxies_while_it_fails() {
    let pair = Pair::new().await;
    let status = Arc::new(AtomicU16::new(200));
    server(&pair, status.clone()).await;
    let missing = Problem::from(&set(&pair, Some(at("other"))).await.unwrap_err());
    assert_eq!(
        (missing.code, missing.arg("object"), missing.arg("cluster")),
        (Code::NoPrometheus, "Service monitoring/other", WEST)
    );
    let elsewhere = PrometheusRef {
        cluster: ClusterName::new("elsewhere").unwrap(),
        ..at("prometheus")
    };
    assert!(matches!(
        set(&pair, Some(elsewhere)).await,
        Err(Error::NoCluster(_))
    ));

    set_when_ready(&pair).await;
    let (ann, request) = (operator(), ServicesRequest::default());
    let listed = pair.console.mesh_services(&ann, &pair.mesh, &request);
    let setting = listed.await.unwrap().prometheus.unwrap();
    assert_eq!((setting.at, setting.by), (at("prometheus"), ann.operator));

    pair.console
        .recheck_mesh(&operator(), &pair.mesh)
        .await
        .unwrap();
    let view = web_that(&pair, |view| !view.traffic.flows.is_empty()).await;
    assert_eq!(view.traffic.source, Some(TrafficSource::Prometheus));
    let flow = &view.traffic.flows[0];
    assert!((flow.requests - 5.0).abs() < f64::EPSILON, "{flow:#?}");
    assert!(view.traffic.at > Some(Time(0)));

    status.store(503, Ordering::Relaxed);
    let problem = |view: &ServiceDetailView| view.traffic.prometheus.clone()?.problem;
    let failed = web_that(&pair, |view| problem(view).is_some()).await;
    let problem = problem(&failed).unwrap();
    assert_eq!(problem.code, Code::PrometheusFailed);
    assert!(
        problem
            .detail
            .is_some_and(|detail| detail.contains("answered 503: starting up"))
    );
    assert_ne!(failed.traffic.source, Some(TrafficSource::Prometheus));

    set(&pair, None).await.unwrap();
    web_that(&pair, |view| view.traffic.prometheus.is_none()).await;
}
