//! Measures a sandbox under load: `load [PODS] [SECRETS] [DEPLOYMENTS]`.
//!
//! It creates the Secrets and the Deployments, waits until all pods are ready, and prints the time, the
//! slowest GET of an object meanwhile, and the memory of the process.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use sandbox::{ApiService, ClusterConfig, Sandbox, object};
use serde_json::{Value, json};
use tower::Service;

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome {
    let numbers: Vec<usize> = std::env::args()
        .skip(1)
        .map(|word| word.parse())
        .collect::<Result<_, _>>()?;
    let number = |position: usize, default| numbers.get(position).copied().unwrap_or(default);
    let (pods, secrets) = (number(0, 10_000), number(1, 5_000));
    let deployments = number(2, pods.div_ceil(50).max(1));
    let nodes = u8::try_from(pods.div_ceil(100) + 1)?;
    let sandbox = Sandbox::with_config(ClusterConfig {
        nodes,
        ..ClusterConfig::default()
    });
    let api = sandbox.service();
    let ended = Arc::new(AtomicBool::new(false));
    let prober = tokio::spawn(probe(api.clone(), ended.clone()));
    let started = Instant::now();
    for number in 0..secrets {
        let body = json!({
            "metadata": {"name": format!("sh.helm.release.v1.web-{number}.v1")},
            "type": "helm.sh/release.v1", "data": {"release": "YWJj".repeat(2_000)},
        });
        send(&api, "POST", "/api/v1/namespaces/default/secrets", &body).await?;
    }
    println!("{secrets} Secrets after {:.1?}", started.elapsed());
    for number in 0..deployments {
        let replicas = pods / deployments + usize::from(number < pods % deployments);
        for (path, body) in workload(&format!("web-{number}"), replicas) {
            send(&api, "POST", path, &body).await?;
        }
    }
    println!("{deployments} Deployments after {:.1?}", started.elapsed());
    loop {
        let ready = ready_replicas(&api).await?;
        let elapsed = started.elapsed();
        println!("{ready} pods ready after {elapsed:.1?}, {} MB", memory());
        if ready >= pods || elapsed > Duration::from_mins(10) {
            break;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    ended.store(true, Ordering::Relaxed);
    let (count, slowest) = prober.await??;
    println!("{count} GETs, the slowest took {slowest:.1?}");
    for (controller, count) in sandbox.reconciliations() {
        println!("{controller}: {count} reconciliations");
    }
    Ok(())
}

/// A Deployment and its Service.
fn workload(name: &str, replicas: usize) -> [(&'static str, Value); 2] {
    let deployment = json!({
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{
                    "name": "web", "image": "docker.io/library/web:1", "ports": [{"containerPort": 8080}],
                    "env": [{"name": "LEVEL", "value": "info"}],
                    "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
                }]},
            },
        },
    });
    let service = json!({
        "metadata": {"name": name},
        "spec": {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]},
    });
    [
        ("/apis/apps/v1/namespaces/default/deployments", deployment),
        ("/api/v1/namespaces/default/services", service),
    ]
}

/// Reads one object again and again; returns the number of GETs and the time of the slowest.
async fn probe(api: ApiService, ended: Arc<AtomicBool>) -> Outcome<(usize, Duration)> {
    let (mut count, mut slowest) = (0, Duration::ZERO);
    while !ended.load(Ordering::Relaxed) {
        let started = Instant::now();
        send(&api, "GET", "/api/v1/namespaces/default", &Value::Null).await?;
        slowest = slowest.max(started.elapsed());
        count += 1;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok((count, slowest))
}

async fn ready_replicas(api: &ApiService) -> Outcome<usize> {
    let path = "/apis/apps/v1/namespaces/default/deployments";
    let list = send(api, "GET", path, &Value::Null).await?;
    let ready = object::items(&list, "/items")
        .filter_map(|deployment| deployment["status"]["readyReplicas"].as_u64())
        .sum::<u64>();
    Ok(usize::try_from(ready)?)
}

async fn send(api: &ApiService, method: &str, path: &str, body: &Value) -> Outcome<Value> {
    let body = if body.is_null() {
        Bytes::new()
    } else {
        body.to_string().into()
    };
    let request = Request::builder().method(method).uri(path);
    let request = request
        .header("content-type", "application/json")
        .body(Full::new(body))?;
    let response = api.clone().call(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    if !status.is_success() {
        return Err(format!(
            "{method} {path}: {status} {}",
            String::from_utf8_lossy(&body)
        )
        .into());
    }
    Ok(serde_json::from_slice(&body)?)
}

/// The resident memory of this process in MB; 0 where the system does not tell.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1000
}
