//! Probes whether an address is reachable from inside a cluster, by a Job that is deleted afterwards.
//!
//! An address that the console reaches may not be reachable for a cluster's pods. The Job uses an image that
//! the installation pulls anyway, without any rights. When the image cannot be pulled, or Jobs are
//! forbidden, the outcome is unknown with its reason. Start at [`probe`], or at [`probe_mesh`] for all
//! connections of a mesh.

mod connectivity;

pub use connectivity::probe_mesh;

use crate::{
    facts::{Fact, ProbeFacts, Purpose, Unknown},
    gather::read,
};
use cluster::{AsUser, Cluster, Identity as _, Kind, Object, ObjectRef, Propagation};
use k8s_openapi::api::core::v1::{ContainerStateTerminated, Pod};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// How long the Job may run.
const JOB_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a probe may take, with the pull of the image.
const PROBE_TIMEOUT: Duration = Duration::from_mins(1);
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// The image and command of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeTool {
    /// The image.
    pub image: String,
    /// The command, with placeholders `{host}` and `{port}`. It exits with 0 when the connection succeeds.
    pub command: Vec<String>,
}

impl ProbeTool {
    /// Connects with the bash of an image; Istio's proxy images have one.
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

/// A connection to probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The namespace of the Job, which has to exist.
    pub namespace: String,
    /// The host or address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The purpose of the connection.
    pub purpose: Purpose,
}

/// Probes a connection from inside a cluster. It always ends, and deletes its Job.
pub async fn probe(
    from: &AsUser,
    probe: &Probe,
    tool: &ProbeTool,
    stop: &CancellationToken,
) -> ProbeFacts {
    let from = from.cluster();
    ProbeFacts {
        from: from.name().clone(),
        to: format!("{}:{}", probe.host, probe.port),
        purpose: probe.purpose,
        outcome: run_job(from, probe, tool, stop).await,
    }
}

async fn run_job(
    from: &Cluster,
    probe: &Probe,
    tool: &ProbeTool,
    stop: &CancellationToken,
) -> Fact<Result<(), String>> {
    let job = Object::new(job(probe, tool)).map_err(Unknown::because)?;
    let made = from.create(&job).await?;
    let reference = made.reference();
    let outcome = await_end(from, &reference, stop).await;
    from.delete_by_uid(&made, Propagation::Background).await?;
    outcome
}

/// Waits for the end of the Job.
async fn await_end(
    from: &Cluster,
    job: &ObjectRef,
    stop: &CancellationToken,
) -> Fact<Result<(), String>> {
    let started = Instant::now();
    let namespace = job.namespace.as_deref();
    let selector = format!("job-name={}", job.name);
    loop {
        let live = from.get(job).await?;
        let live = live.ok_or_else(|| Unknown::because("the Job was deleted"))?;
        let pods = from.list_objects(Kind::POD, namespace, &selector).await;
        let pods = pods?;
        if let Some(outcome) = outcome(&live, &pods)? {
            return Ok(outcome);
        }
        if started.elapsed() >= PROBE_TIMEOUT {
            let waited = PROBE_TIMEOUT.as_secs();
            return Err(Unknown::because(format!(
                "the Job did not end within {waited} s"
            )));
        }
        tokio::select! {
            () = stop.cancelled() => return Err(Unknown::because("the probe was cancelled")),
            () = sleep(POLL_INTERVAL) => {}
        }
    }
}

/// The outcome of the Job; none while it runs. Pure.
fn outcome(job: &Object, pods: &[Object]) -> Fact<Option<Result<(), String>>> {
    if read::true_condition(job, "Complete")?.is_some() {
        return Ok(Some(Ok(())));
    }
    let pods = pods.iter().map(Object::typed);
    let pods: Vec<Pod> = pods.collect::<Result<_, cluster::Error>>()?;
    let statuses = pods.iter().filter_map(|pod| pod.status.as_ref());
    let statuses = statuses.filter_map(|status| status.container_statuses.as_ref());
    let mut states = statuses
        .flatten()
        .filter_map(|status| status.state.as_ref());
    if let Some(failed) = read::true_condition(job, "Failed")? {
        let message = match failed.reason.as_deref() {
            Some("DeadlineExceeded") => format!("no answer in {} s", JOB_TIMEOUT.as_secs()),
            _ => last_output(states.find_map(|state| state.terminated.as_ref())),
        };
        return Ok(Some(Err(message)));
    }
    let mut waits = states.filter_map(|state| state.waiting.as_ref()?.reason.as_deref());
    let fatal = waits.find(|reason| {
        matches!(
            *reason,
            "ErrImagePull" | "ImagePullBackOff" | "InvalidImageName" | "CreateContainerConfigError"
        )
    });
    match fatal {
        Some(reason) => Err(Unknown::because(format!(
            "the pod of the Job does not start: {reason}"
        ))),
        None => Ok(None),
    }
}

/// The last output of the container, else its exit code.
fn last_output(end: Option<&ContainerStateTerminated>) -> String {
    let Some(end) = end else {
        return "the connection failed".to_owned();
    };
    let output = end.message.as_deref().unwrap_or_default().trim();
    match output.lines().last() {
        Some(line) => line.chars().take(200).collect(),
        None => format!("the connection failed: exit code {}", end.exit_code),
    }
}

/// The manifest of the Job: no sidecar, no token, no rights.
fn job(probe: &Probe, tool: &ProbeTool) -> Value {
    let port = probe.port.to_string();
    let argument = |text: &String| text.replace("{host}", &probe.host).replace("{port}", &port);
    let command: Vec<String> = tool.command.iter().map(argument).collect();
    let labels = json!({"app.kubernetes.io/managed-by": "meshspan",
                        "sidecar.istio.io/inject": "false"});
    json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": name(probe), "namespace": probe.namespace, "labels": labels},
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": JOB_TIMEOUT.as_secs(),
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

/// One name for each address, so that an address has one Job at a time.
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
