//! The logs of the pods of a hook, read when it has ended: its delete policy may delete them afterwards.

use crate::{Error, Event, Operation};
use cluster::{Cluster, Container, Object};
use serde_json::Value;
use wire::{error_chain, job::HookLog};

/// The pods of a hook whose logs are read: the newest tries of a Job.
const MAX_PODS: usize = 3;

/// Reads the logs of the pods of a hook and reports them. A log that cannot be read is reported with the reason: it
/// does not change the result of the hook.
pub(crate) async fn report(operation: &Operation<'_>, hook: &Object) {
    if !matches!(hook.kind(), "Job" | "Pod") || operation.wait.stop.is_cancelled() {
        return;
    }
    match pods(operation.cluster(), hook).await {
        Ok(pods) => {
            for pod in &pods {
                for container in containers(pod) {
                    let log = read(operation.cluster(), hook, pod, container).await;
                    operation.report(Event::Log(log));
                }
            }
        }
        Err(error) => operation.report(Event::Log(HookLog {
            hook: hook.reference(),
            pod: String::new(),
            container: String::new(),
            text: Err(error_chain(&error)),
            is_cut: false,
        })),
    }
}

/// The newest pods of a hook, the newest first.
async fn pods(cluster: &Cluster, hook: &Object) -> Result<Vec<Object>, Error> {
    // As it is now: the selector of a Job and the containers of a Pod are set by the API server.
    let Some(live) = cluster.get(&hook.reference()).await? else {
        return Ok(Vec::new());
    };
    let mut pods = cluster.pods_of(&live).await?;
    pods.sort_by(|left, right| created(right).cmp(created(left)));
    pods.truncate(MAX_PODS);
    Ok(pods)
}

fn created(pod: &Object) -> &str {
    pod.text("/metadata/creationTimestamp")
}

/// The names of the containers of a pod, those that run before the others first.
fn containers(pod: &Object) -> Vec<&str> {
    let lists = ["/spec/initContainers", "/spec/containers"];
    let lists = lists.iter().filter_map(|list| pod.value().pointer(list));
    let all = lists.filter_map(Value::as_array).flatten();
    all.filter_map(|container| container.get("name")?.as_str())
        .collect()
}

async fn read(cluster: &Cluster, hook: &Object, pod: &Object, container: &str) -> HookLog {
    let of = Container {
        namespace: pod.namespace().unwrap_or_default().to_owned(),
        pod: pod.name().to_owned(),
        name: container.to_owned(),
        previous: false,
    };
    let log = cluster.container_log(&of).await;
    HookLog {
        hook: hook.reference(),
        pod: of.pod,
        container: of.name,
        is_cut: log.as_ref().is_ok_and(|log| log.is_cut),
        text: log.map(|log| log.text).map_err(|error| error_chain(&error)),
    }
}
