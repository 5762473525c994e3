//! The clock of a cluster.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::api::{Api, PostParams};
use sandbox::{ClusterConfig, Sandbox};
use serde_json::{Value, json};

use crate::support::{client, object};

const DAY: i64 = 86_400;

/// The seconds since 1970 of [`clock`].
static SECONDS: AtomicI64 = AtomicI64::new(10 * DAY);

fn clock() -> Timestamp {
    Timestamp::from_second(SECONDS.load(Ordering::SeqCst)).unwrap()
}

#[tokio::test]
async fn timestamps_and_ages_follow_the_clock_of_the_configuration() {
    let sandbox = Sandbox::with_config(ClusterConfig {
        clock,
        ..ClusterConfig::default()
    });
    let client = client(&sandbox);
    let maps: Api<ConfigMap> = Api::default_namespaced(client.clone());
    let map = object(json!({"metadata": {"name": "mesh"}, "data": {"mode": "a"}}));
    let created = maps.create(&PostParams::default(), &map).await.unwrap();
    let creation = created.metadata.creation_timestamp.unwrap();
    assert_eq!(creation.0, clock());
    let fields = created.metadata.managed_fields.unwrap();
    assert_eq!(fields[0].time.as_ref(), Some(&creation));
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let default = namespaces.get("default").await.unwrap();
    assert_eq!(default.metadata.creation_timestamp, Some(creation));

    SECONDS.fetch_add(5 * DAY, Ordering::SeqCst);
    let path = "/api/v1/namespaces/default/configmaps/mesh";
    let request = http::Request::get(path)
        .header("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
        .body(Vec::new())
        .unwrap();
    let table: Value = client.request(request).await.unwrap();
    assert_eq!(table["rows"][0]["cells"], json!(["mesh", 1, "5d"]));

    let path = "/api/v1/namespaces/default/serviceaccounts/default/token";
    let body = json!({"spec": {"expirationSeconds": 600}}).to_string();
    let request = http::Request::post(path).body(body.into_bytes()).unwrap();
    let token: Value = client.request(request).await.unwrap();
    assert_eq!(
        token["status"]["expirationTimestamp"],
        "1970-01-16T00:10:00Z"
    );
}
