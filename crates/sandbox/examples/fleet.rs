//! Serves many clusters with releases and pods, for measurements of a console:
//! `fleet CLUSTERS RELEASES PODS KUBECONFIG`.
//!
//! The clusters are named `fleet-000` and so on; releases and pods are spread over them. The kubeconfig is written
//! once all are served and the pods are ready, and the process runs until it is ended.

use std::error::Error;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use sandbox::{ApiService, ClusterConfig, HttpsServer, Sandbox};
use serde_json::{Value, json};
use tower::Service;

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";

/// The size of the manifest of a release.
const MANIFEST_BYTES: usize = 8_000;

#[tokio::main]
async fn main() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [clusters, releases, pods, kubeconfig] = words.as_slice() else {
        return Err("fleet CLUSTERS RELEASES PODS KUBECONFIG".into());
    };
    let (clusters, releases): (usize, usize) = (clusters.parse()?, releases.parse()?);
    let pods = pods.parse::<usize>()? / clusters.max(1);
    let mut served = Vec::new();
    for number in 0..clusters {
        let sandbox = Sandbox::with_config(ClusterConfig {
            name: format!("fleet-{number:03}"),
            ..ClusterConfig::default()
        });
        let api = sandbox.service();
        for release in (number..releases).step_by(clusters) {
            // A chart of the catalog is installed on each cluster.
            let chart = if release < clusters {
                "ack-istio-remote"
            } else {
                "shop"
            };
            let secret = release_secret(&format!("shop-{release:04}"), chart, release)?;
            post(&api, "/api/v1/namespaces/default/secrets", &secret).await?;
        }
        post(&api, DEPLOYMENTS, &deployment(pods)).await?;
        let server = sandbox.listen("127.0.0.1:0").await?;
        served.push((sandbox, server));
    }
    for (sandbox, _) in &served {
        until_ready(&sandbox.service(), pods).await?;
    }
    let servers: Vec<&HttpsServer> = served.iter().map(|(_, server)| server).collect();
    let unfinished = format!("{kubeconfig}.part");
    std::fs::write(&unfinished, sandbox::kubeconfig(&servers))?;
    std::fs::rename(&unfinished, kubeconfig)?;
    std::future::pending().await
}

/// The record of a release, as old versions of Helm wrote it: without compression.
fn release_secret(name: &str, chart: &str, number: usize) -> Outcome<Value> {
    let failed = number % 100 == 17;
    let status = if failed { "failed" } else { "deployed" };
    let changed = format!("2026-01-{:02}T{:02}:00:00Z", number % 28 + 1, number % 24);
    let release = json!({
        "name": name, "namespace": "default", "version": 1,
        "info": {
            "first_deployed": changed, "last_deployed": changed, "deleted": "",
            "description": "Install complete", "status": status,
        },
        "chart": {"metadata": {"name": chart, "version": "1.0.0", "apiVersion": "v2"}},
        "config": {}, "manifest": "# one line of a manifest\n".repeat(MANIFEST_BYTES / 25),
    });
    let stored = STANDARD.encode(STANDARD.encode(serde_json::to_vec(&release)?));
    Ok(json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {
            "name": format!("sh.helm.release.v1.{name}.v1"),
            "labels": {"owner": "helm", "name": name, "status": status, "version": "1"},
        },
        "data": {"release": stored},
    }))
}

/// A Deployment with as many pods.
fn deployment(replicas: usize) -> Value {
    json!({
        "metadata": {"name": "web"},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{
                    "name": "web", "image": "docker.io/library/web:1", "ports": [{"containerPort": 8080}],
                    "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
                }]},
            },
        },
    })
}

/// Waits until all pods of the Deployment are ready.
async fn until_ready(api: &ApiService, pods: usize) -> Outcome {
    loop {
        let request = Request::get(format!("{DEPLOYMENTS}/web")).body(Full::default())?;
        let found: Value = serde_json::from_slice(&send(api, request).await?)?;
        let ready = found["status"]["readyReplicas"].as_u64().unwrap_or(0);
        if usize::try_from(ready)? >= pods {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn post(api: &ApiService, path: &str, body: &Value) -> Outcome {
    let request = Request::post(path).header("content-type", "application/json");
    let request = request.body(Full::new(Bytes::from(body.to_string())))?;
    send(api, request).await.map(|_| ())
}

async fn send(api: &ApiService, request: Request<Full<Bytes>>) -> Outcome<Bytes> {
    let path = request.uri().to_string();
    let response = api.clone().call(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    if status.is_success() {
        return Ok(body);
    }
    Err(format!("{path}: {status} {}", String::from_utf8_lossy(&body)).into())
}
