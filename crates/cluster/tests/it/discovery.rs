//! API servers that do not know the aggregated form of discovery, and API groups that do not answer.

use cluster::{Cluster, Error, Kind};
use http::{Request, Response, StatusCode, header::ACCEPT};
use http_body_util::{BodyExt as _, Full};
use sandbox::Sandbox;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// What an API server lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lacks {
    /// It knows the plain form only, as before Kubernetes 1.26.
    Aggregated,
    /// A proxy drops the Accept header of `/apis`.
    AggregatedGroups,
    /// It answers every discovery with an error.
    Everything,
}

/// A sandbox behind such a server, which also lists an API group that answers 503.
fn cluster(lacks: Lacks) -> Cluster {
    let service = Sandbox::new().service();
    Cluster::from_service(tower::service_fn(move |mut request: Request<_>| {
        let service = service.clone();
        async move {
            let path = request.uri().path().to_owned();
            let is_discovery = path == "/api" || path.starts_with("/api/v1") || path == "/apis";
            if lacks == Lacks::Everything && is_discovery {
                return Ok(answer(StatusCode::INTERNAL_SERVER_ERROR, &json!("error")));
            }
            if path.starts_with("/apis/metrics.k8s.io") {
                return Ok(answer(
                    StatusCode::SERVICE_UNAVAILABLE,
                    &json!("unavailable"),
                ));
            }
            if lacks == Lacks::Aggregated || path == "/apis" {
                request.headers_mut().remove(ACCEPT);
            }
            let response = service.oneshot(request).await?;
            if path != "/apis" {
                let (head, body) = response.into_parts();
                let body = body.collect().await.unwrap().to_bytes();
                return Ok::<_, tower::BoxError>(Response::from_parts(head, Full::new(body)));
            }
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let mut groups: Value = serde_json::from_slice(&body).unwrap();
            let version = json!({"groupVersion": "metrics.k8s.io/v1beta1", "version": "v1beta1"});
            let metrics = json!({
                "name": "metrics.k8s.io", "versions": [version], "preferredVersion": version,
            });
            groups["groups"].as_array_mut().unwrap().push(metrics);
            Ok(answer(StatusCode::OK, &groups))
        }
    }))
}

fn answer(status: StatusCode, body: &Value) -> Response<Full<bytes::Bytes>> {
    let mut response = Response::new(Full::new(body.to_string().into()));
    *response.status_mut() = status;
    response
}

#[tokio::test]
async fn the_plain_form_of_discovery_is_read_and_a_group_that_does_not_answer_is_noted() {
    let aggregated = Cluster::from_service(Sandbox::new().service());
    let expected = aggregated.kinds().await.unwrap().api_versions();
    for lacks in [Lacks::Aggregated, Lacks::AggregatedGroups] {
        let cluster = cluster(lacks);
        let kinds = cluster.kinds().await.unwrap();
        assert_eq!(kinds.api_versions(), expected);
        let namespaces = cluster.list_objects(Kind::NAMESPACE, None, "").await;
        assert!(!namespaces.unwrap().is_empty());
        let unavailable: Vec<(&str, &str)> = kinds
            .unavailable()
            .iter()
            .map(|group| (group.api_version.as_str(), group.reason.as_str()))
            .collect();
        assert_eq!(unavailable, [("metrics.k8s.io/v1beta1", "HTTP status 503")]);
        assert_eq!(cluster.facts().await.unwrap().unavailable.len(), 1);
    }
}

#[tokio::test]
async fn a_server_without_discovery_is_an_error() {
    let error = cluster(Lacks::Everything).kinds().await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error:?}");
}
