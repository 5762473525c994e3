//! The logs of containers.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams, LogParams, PostParams};
use sandbox::{ClusterConfig, Sandbox, Timing};
use serde_json::{Value, json};

use crate::support::{api_error, client, deploy, object, ready_pod_name, wait_until};
use crate::tool::Tool;

/// Creates a pod with these containers and init containers.
async fn create_pod(sandbox: &Sandbox, containers: Value, init: Value) -> Api<Pod> {
    let pods: Api<Pod> = Api::default_namespaced(client(sandbox));
    let spec = json!({"containers": containers, "initContainers": init});
    let pod = object(json!({"metadata": {"name": "web"}, "spec": spec}));
    pods.create(&PostParams::default(), &pod).await.unwrap();
    pods
}

async fn wait_for_phase(pods: &Api<Pod>, phase: &str) {
    wait_until(phase, || async {
        let status = pods.get("web").await.unwrap().status;
        status.and_then(|status| status.phase).as_deref() == Some(phase)
    })
    .await;
}

fn of_container(container: &str) -> LogParams {
    LogParams {
        container: Some(container.to_owned()),
        ..LogParams::default()
    }
}

#[tokio::test]
async fn the_log_is_that_of_the_named_container() {
    let sandbox = Sandbox::new();
    let containers = json!([{"name": "a", "image": "a:1"}, {"name": "b", "image": "b:1"}]);
    let init = json!([{"name": "setup", "image": "setup:1"}]);
    let pods = create_pod(&sandbox, containers, init).await;
    wait_for_phase(&pods, "Running").await;
    let log = pods.logs("web", &of_container("b")).await.unwrap();
    let expected = "sandbox: started b:1\nsandbox: no container runs, this log is simulated\n";
    assert_eq!(log, expected);
    let log = pods.logs("web", &of_container("setup")).await.unwrap();
    assert!(log.starts_with("sandbox: started setup:1\n"), "{log}");
    assert!(log.ends_with("sandbox: exited with code 0\n"), "{log}");
    let message = "a container name must be specified for pod web, choose one of: [a b] or one of \
                   the init containers: [setup]";
    let refused = pods.logs("web", &LogParams::default()).await;
    assert_eq!(api_error(refused), (400, message.to_owned()));
    let refused = pods.logs("web", &of_container("c")).await;
    let message = "container c is not valid for pod web";
    assert_eq!(api_error(refused), (400, message.to_owned()));
}

#[tokio::test]
async fn a_container_that_never_started_has_no_log() {
    let sandbox = Sandbox::with_config(ClusterConfig {
        timing: Timing {
            container_start: std::time::Duration::from_secs(1),
            ..Timing::default()
        },
        ..ClusterConfig::default()
    });
    sandbox.fail_image_pull("a:1");
    let containers = json!([{"name": "a", "image": "a:1"}]);
    let pods = create_pod(&sandbox, containers, json!([])).await;
    for reason in [
        "ContainerCreating",
        "image can't be pulled",
        "trying and failing to pull image",
    ] {
        let message = format!("container \"a\" in pod \"web\" is waiting to start: {reason}");
        wait_until(reason, || async {
            match pods.logs("web", &LogParams::default()).await {
                Err(kube::Error::Api(status)) => {
                    assert_eq!((status.code, status.reason.as_str()), (400, "BadRequest"));
                    status.message == message
                }
                // A pod that is not scheduled has an empty log.
                log => log.is_ok_and(|log| log.is_empty()),
            }
        })
        .await;
    }
}

#[tokio::test]
async fn options_select_a_part_of_the_log() {
    let sandbox = Sandbox::new();
    let containers = json!([{"name": "a", "image": "a:1"}]);
    let pods = create_pod(&sandbox, containers, json!([])).await;
    wait_for_phase(&pods, "Running").await;
    let log = |params: LogParams| {
        let pods = pods.clone();
        async move { pods.logs("web", &params).await }
    };
    let last = log(LogParams {
        tail_lines: Some(1),
        ..LogParams::default()
    });
    let simulated = "sandbox: no container runs, this log is simulated\n";
    assert_eq!(last.await.unwrap(), simulated);
    let limited = log(LogParams {
        limit_bytes: Some(7),
        ..LogParams::default()
    });
    assert_eq!(limited.await.unwrap(), "sandbox");
    let dated = log(LogParams {
        timestamps: true,
        ..LogParams::default()
    });
    for line in dated.await.unwrap().lines() {
        let (time, text) = line.split_once(' ').unwrap();
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{line}");
        assert!(text.starts_with("sandbox: "), "{line}");
    }
    let hour = jiff::SignedDuration::from_hours(1);
    for (offset, expected) in [(-hour, 2), (hour, 0)] {
        let recent = log(LogParams {
            since_time: Some(jiff::Timestamp::now() + offset),
            ..LogParams::default()
        });
        assert_eq!(recent.await.unwrap().lines().count(), expected);
    }
    let recent = log(LogParams {
        since_seconds: Some(3600),
        ..LogParams::default()
    });
    assert_eq!(recent.await.unwrap().lines().count(), 2);
    let refused = log(LogParams {
        tail_lines: Some(-1),
        ..LogParams::default()
    });
    let message = "PodLogOptions \"web\" is invalid: tailLines: Invalid value: -1: must be greater \
                   than or equal to 0";
    assert_eq!(api_error(refused.await), (422, message.to_owned()));
    let previous = log(LogParams {
        previous: true,
        ..LogParams::default()
    });
    let message = "previous terminated container \"a\" in pod \"web\" not found";
    assert_eq!(api_error(previous.await), (400, message.to_owned()));
}

#[tokio::test]
async fn the_log_of_an_ended_container_tells_its_exit_code() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let jobs: Api<Job> = Api::default_namespaced(client.clone());
    let job = object(json!({
        "metadata": {"name": "clean-up"},
        "spec": {"template": {"spec": {"restartPolicy": "Never",
            "containers": [{"name": "a", "image": "kubectl:1"}]}}},
    }));
    jobs.create(&PostParams::default(), &job).await.unwrap();
    let pods: Api<Pod> = Api::default_namespaced(client);
    wait_until("the end of the log", || async {
        let params = ListParams::default().labels("job-name=clean-up");
        let list = pods.list(&params).await.unwrap().items;
        let Some(name) = list.first().and_then(|pod| pod.metadata.name.clone()) else {
            return false;
        };
        let log = pods.logs(&name, &LogParams::default()).await;
        log.is_ok_and(|log| log.ends_with("sandbox: exited with code 0\n"))
    })
    .await;
}

#[tokio::test]
async fn kubectl_prints_logs_and_says_why_there_is_none() {
    let sandbox = Sandbox::new();
    let test = "kubectl_prints_logs_and_says_why_there_is_none";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let client = client(&sandbox);
    deploy(&client, "web", 1).await;
    ready_pod_name(&client, "default", "app=web").await;
    let last = kubectl
        .output(&["logs", "deployment/web", "--tail=1"])
        .await;
    assert_eq!(last, "sandbox: no container runs, this log is simulated\n");
    sandbox.fail_image_pull("a:1");
    let containers = json!([{"name": "a", "image": "a:1"}]);
    create_pod(&sandbox, containers, json!([])).await;
    let reason = "Error from server (BadRequest): container \"a\" in pod \"web\" is waiting to \
                  start: trying and failing to pull image";
    wait_until("a failed pull", || async {
        let refused = kubectl.run(&["logs", "web"]).await;
        refused.is_err_and(|error| error.trim_end() == reason)
    })
    .await;
}
