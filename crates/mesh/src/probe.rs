//! Is an address reachable from within a cluster? Tried by a Job there, which is taken away afterwards.
//!
//! What the console reaches itself proves nothing about a cluster's pods. The image is one that the
//! installation pulls anyway, and it runs with the least of rights; where no image can be pulled, or Jobs
//! are forbidden, the outcome is unknown with its reason. Start at [`probe`], or at [`ways`] for all of a
//! mesh.

mod ways;

pub use ways::ways;

use crate::facts::{Fact, ProbeFacts, Purpose, Unknown, gather::why};
use cluster::{Cluster, Object, ObjectRef, Propagation};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How long the Job may try.
const TRIES: Duration = Duration::from_secs(30);
/// How long the whole may take, image and all.
const ENDS: Duration = Duration::from_mins(1);
const PAUSE: Duration = Duration::from_millis(250);

/// With what it is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// The image.
    pub image: String,
    /// The command; `{host}` and `{port}` stand for what is dialled. It ends with 0 when it was reached.
    pub command: Vec<String>,
}

impl Tool {
    /// Dials with the bash of an image, as Istio's proxy images have one.
    pub fn bash(image: &str) -> Self {
        let words = [
            "bash",
            "-c",
            "exec 3<>\"/dev/tcp/$0/$1\"",
            "{host}",
            "{port}",
        ];
        Self {
            image: image.to_owned(),
            command: words.map(str::to_owned).to_vec(),
        }
    }
}

/// One connection that is to be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The namespace of the Job; it must be there.
    pub namespace: String,
    /// The host or address that is dialled.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What about.
    pub purpose: Purpose,
}

/// Tries a connection from within a cluster. It always ends, and leaves nothing behind.
pub async fn probe(
    from: &Cluster,
    probe: &Probe,
    tool: &Tool,
    stop: &CancellationToken,
) -> ProbeFacts {
    ProbeFacts {
        from: from.name().to_string(),
        to: format!("{}:{}", probe.host, probe.port),
        purpose: probe.purpose,
        outcome: Box::pin(tried(from, probe, tool, stop)).await,
    }
}

async fn tried(
    from: &Cluster,
    probe: &Probe,
    tool: &Tool,
    stop: &CancellationToken,
) -> Fact<Result<(), String>> {
    let job = Object::new(job(probe, tool)).map_err(Unknown::because)?;
    let made = from.create(&job).await.map_err(|error| why(&error))?;
    let reference = made.reference();
    let outcome = ended(from, &reference, stop).await;
    let gone = from.delete_by_uid(&made, Propagation::Background).await;
    gone.map_err(|error| why(&error))?;
    outcome
}

/// Waits for the Job's end.
async fn ended(
    from: &Cluster,
    job: &ObjectRef,
    stop: &CancellationToken,
) -> Fact<Result<(), String>> {
    let begun = Instant::now();
    let namespace = job.namespace.as_deref();
    let selector = format!("job-name={}", job.name);
    loop {
        let live = from.get(job).await.map_err(|error| why(&error))?;
        let live = live.ok_or_else(|| Unknown::because("somebody took the Job away"))?;
        let pods = from.list("v1", "Pod", namespace, &selector).await;
        let pods = pods.map_err(|error| why(&error))?;
        if let Some(outcome) = outcome(&live, &pods) {
            return outcome;
        }
        if begun.elapsed() >= ENDS {
            let waited = ENDS.as_secs();
            return Err(Unknown::because(format!(
                "the Job did not end in {waited} s"
            )));
        }
        tokio::select! {
            () = stop.cancelled() => return Err(Unknown::because("somebody stopped it")),
            () = sleep(PAUSE) => {}
        }
    }
}

/// How the Job ended; none while it runs. Pure.
fn outcome(job: &Object, pods: &[Object]) -> Option<Fact<Result<(), String>>> {
    let says = |kind: &str| {
        let mut conditions = job.list("/status/conditions").iter();
        conditions.find(|one| {
            let is = |key: &str, value: &str| one.get(key).and_then(Value::as_str) == Some(value);
            is("type", kind) && is("status", "True")
        })
    };
    if says("Complete").is_some() {
        return Some(Ok(Ok(())));
    }
    if let Some(failed) = says("Failed") {
        let reason = failed.get("reason").and_then(Value::as_str);
        let said = match reason {
            Some("DeadlineExceeded") => format!("no answer in {} s", TRIES.as_secs()),
            _ => last_words(pods),
        };
        return Some(Ok(Err(said)));
    }
    let waits = pods
        .iter()
        .flat_map(|pod| pod.list("/status/containerStatuses"));
    let mut waits = waits.filter_map(|one| one.pointer("/state/waiting/reason")?.as_str());
    let hopeless = waits.find(|reason| {
        matches!(
            *reason,
            "ErrImagePull" | "ImagePullBackOff" | "InvalidImageName" | "CreateContainerConfigError"
        )
    });
    hopeless.map(|reason| {
        Err(Unknown::because(format!(
            "its pod does not start: {reason}"
        )))
    })
}

/// What the container wrote last, else how it ended.
fn last_words(pods: &[Object]) -> String {
    let ends = pods
        .iter()
        .flat_map(|pod| pod.list("/status/containerStatuses"));
    let mut ends = ends.filter_map(|one| one.pointer("/state/terminated"));
    let Some(end) = ends.next() else {
        return "the connection was not made".to_owned();
    };
    let words = end
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim();
    if !words.is_empty() {
        return words
            .lines()
            .last()
            .unwrap_or_default()
            .chars()
            .take(200)
            .collect();
    }
    let code = end
        .get("exitCode")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    format!("the connection was not made: exit code {code}")
}

/// The Job: no sidecar, no token, no rights.
fn job(probe: &Probe, tool: &Tool) -> Value {
    let port = probe.port.to_string();
    let word = |one: &String| one.replace("{host}", &probe.host).replace("{port}", &port);
    let command: Vec<String> = tool.command.iter().map(word).collect();
    let labels = json!({"app.kubernetes.io/managed-by": "meshspan",
                        "sidecar.istio.io/inject": "false"});
    json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": name(probe), "namespace": probe.namespace, "labels": labels},
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": TRIES.as_secs(),
            "ttlSecondsAfterFinished": 60,
            "template": {
                "metadata": {
                    "labels": labels, "annotations": {"sidecar.istio.io/inject": "false"},
                },
                "spec": {
                    "restartPolicy": "Never",
                    "automountServiceAccountToken": false,
                    "enableServiceLinks": false,
                    "securityContext": {
                        "runAsNonRoot": true, "runAsUser": 65534, "runAsGroup": 65534,
                        "seccompProfile": {"type": "RuntimeDefault"},
                    },
                    "containers": [{
                        "name": "probe", "image": tool.image, "command": command,
                        "imagePullPolicy": "IfNotPresent",
                        "terminationMessagePolicy": "FallbackToLogsOnError",
                        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
                        "securityContext": {
                            "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                            "capabilities": {"drop": ["ALL"]},
                        },
                    }],
                },
            },
        },
    })
}

/// One name for each address, so that one that is tried already is not tried beside it.
fn name(probe: &Probe) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let host: String = probe.host.chars().map(plain).take(40).collect();
    format!("meshspan-probe-{}-{}", host.trim_matches('-'), probe.port)
}

#[cfg(test)]
mod tests;
