//! The simulated controllers.

use std::time::Duration;

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Namespace, Node, Pod, Secret, ServiceAccount};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::ServiceCIDR;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use sandbox::{ClusterConfig, Sandbox, Timing};
use serde_json::json;

use crate::support::{client, deploy, object, ready_pod_name, wait_until};

#[tokio::test]
async fn a_deployment_becomes_available_through_its_pods() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    deploy(&client, "pilot", 2).await;
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    wait_until("two replicas", || async {
        let found = deployments.get("pilot").await.unwrap();
        found.status.and_then(|status| status.available_replicas) == Some(2)
    })
    .await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    for pod in pods
        .list(&ListParams::default().labels("app=pilot"))
        .await
        .unwrap()
    {
        let address: std::net::Ipv4Addr = pod.status.unwrap().pod_ip.unwrap().parse().unwrap();
        assert!(sandbox.config().pod_cidr.contains(&address));
    }
}

#[tokio::test]
async fn a_new_template_replaces_the_pods_and_keeps_the_old_replica_set() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    deploy(&client, "pilot", 1).await;
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let sets: Api<ReplicaSet> = Api::default_namespaced(client.clone());
    let count = || async { sets.list(&ListParams::default()).await.unwrap().items.len() };
    wait_until("a set", || async { count().await == 1 }).await;
    let patch = Patch::Strategic(json!({"spec": {"template": {"spec": {"containers": [
        {"name": "web", "image": "pilot:2"},
    ]}}}}));
    deployments
        .patch("pilot", &PatchParams::default(), &patch)
        .await
        .unwrap();
    let pods: Api<Pod> = Api::default_namespaced(client);
    wait_until("one new pod", || async {
        let pods = pods.list(&ListParams::default()).await.unwrap().items;
        pods.len() == 1
            && pods[0].spec.as_ref().unwrap().containers[0]
                .image
                .as_deref()
                == Some("pilot:2")
    })
    .await;
    assert_eq!(count().await, 2);
}

#[tokio::test]
async fn dependents_are_deleted_with_their_owner() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    deploy(&client, "pilot", 1).await;
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let pods: Api<Pod> = Api::default_namespaced(client);
    let count = || async { pods.list(&ListParams::default()).await.unwrap().items.len() };
    wait_until("a pod", || async { count().await == 1 }).await;
    deployments
        .delete("pilot", &DeleteParams::foreground())
        .await
        .unwrap();
    wait_until("no pod", || async { count().await == 0 }).await;
    wait_until("no deployment", || async {
        deployments.get_opt("pilot").await.unwrap().is_none()
    })
    .await;
}

#[tokio::test]
async fn an_owner_that_is_deleted_in_the_foreground_waits_for_the_dependents_of_its_dependents() {
    let timing = Timing {
        pod_termination: Duration::from_secs(1),
        ..Timing::default()
    };
    let sandbox = Sandbox::with_config(ClusterConfig {
        timing,
        ..ClusterConfig::default()
    });
    let client = client(&sandbox);
    deploy(&client, "pilot", 1).await;
    ready_pod_name(&client, "default", "app=pilot").await;
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    deployments
        .delete("pilot", &DeleteParams::foreground())
        .await
        .unwrap();
    wait_until("no deployment", || async {
        deployments.get_opt("pilot").await.unwrap().is_none()
    })
    .await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    assert_eq!(
        pods.list(&ListParams::default()).await.unwrap().items.len(),
        0
    );
}

#[tokio::test]
async fn a_job_completes() {
    let sandbox = Sandbox::new();
    let jobs: Api<Job> = Api::default_namespaced(client(&sandbox));
    let wanted = object(json!({
        "metadata": {"name": "clean-up"},
        "spec": {"template": {"spec": {"restartPolicy": "Never",
            "containers": [{"name": "a", "image": "kubectl:1"}]}}},
    }));
    jobs.create(&PostParams::default(), &wanted).await.unwrap();
    wait_until("complete", || async {
        let conditions = jobs
            .get("clean-up")
            .await
            .unwrap()
            .status
            .and_then(|at| at.conditions);
        conditions
            .into_iter()
            .flatten()
            .any(|condition| condition.type_ == "Complete" && condition.status == "True")
    })
    .await;
}

#[tokio::test]
async fn stateful_sets_and_daemon_sets_create_their_pods() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let template = json!({
        "metadata": {"labels": {"app": "db"}},
        "spec": {"containers": [{"name": "a", "image": "db:1"}]},
    });
    let spec =
        json!({"selector": {"matchLabels": {"app": "db"}}, "template": template, "replicas": 2});
    let stateful: Api<StatefulSet> = Api::default_namespaced(client.clone());
    let wanted = object(json!({"metadata": {"name": "db"}, "spec": spec}));
    stateful
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    let daemons: Api<DaemonSet> = Api::default_namespaced(client.clone());
    let spec = json!({"selector": {"matchLabels": {"app": "db"}}, "template": template});
    let wanted = object(json!({"metadata": {"name": "agent"}, "spec": spec}));
    daemons
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    wait_until("all ready", || async {
        let set = stateful.get("db").await.unwrap().status.unwrap_or_default();
        let agent = daemons
            .get("agent")
            .await
            .unwrap()
            .status
            .unwrap_or_default();
        set.ready_replicas == Some(2) && agent.number_ready == 3
    })
    .await;
    let pods: Api<Pod> = Api::default_namespaced(client);
    assert!(pods.get_opt("db-1").await.unwrap().is_some());
}

#[tokio::test]
async fn a_service_has_its_ready_pods_as_endpoints() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    deploy(&client, "pilot", 2).await;
    let services = Api::default_namespaced(client.clone());
    let wanted: k8s_openapi::api::core::v1::Service = object(json!({
        "metadata": {"name": "pilot"},
        "spec": {"selector": {"app": "pilot"}, "ports": [{"port": 15010, "targetPort": 8080}]},
    }));
    services
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    let slices: Api<EndpointSlice> = Api::default_namespaced(client);
    let ours = ListParams::default().labels("kubernetes.io/service-name=pilot");
    wait_until("two endpoints", || async {
        let found = slices.list(&ours).await.unwrap().items;
        found.first().map_or(0, |slice| slice.endpoints.len()) == 2
    })
    .await;
}

#[tokio::test]
async fn a_cluster_has_nodes_address_ranges_and_system_namespaces() {
    let sandbox = Sandbox::with_config(ClusterConfig {
        name: "west".to_owned(),
        ..ClusterConfig::default()
    });
    let client = client(&sandbox);
    let nodes = Api::<Node>::all(client.clone())
        .list(&ListParams::default())
        .await
        .unwrap();
    let names: Vec<_> = nodes
        .iter()
        .filter_map(|node| node.metadata.name.clone())
        .collect();
    assert_eq!(names, ["west-node-1", "west-node-2", "west-node-3"]);
    let ranges: Api<ServiceCIDR> = Api::all(client.clone());
    let cidrs = ranges
        .get("kubernetes")
        .await
        .unwrap()
        .spec
        .unwrap()
        .cidrs
        .unwrap();
    assert_eq!(cidrs, ["172.25.0.0/20"]);
    let system = Api::<Namespace>::all(client)
        .get("kube-system")
        .await
        .unwrap();
    assert!(system.metadata.uid.is_some());
}

#[tokio::test]
async fn a_token_secret_gets_a_valid_token() {
    let sandbox = Sandbox::new();
    let client = client(&sandbox);
    let accounts: Api<ServiceAccount> = Api::default_namespaced(client.clone());
    let account = object(json!({"metadata": {"name": "reader"}}));
    accounts
        .create(&PostParams::default(), &account)
        .await
        .unwrap();
    let secrets: Api<Secret> = Api::default_namespaced(client);
    let wanted = object(json!({
        "metadata": {"name": "reader-token",
            "annotations": {"kubernetes.io/service-account.name": "reader"}},
        "type": "kubernetes.io/service-account-token",
    }));
    secrets
        .create(&PostParams::default(), &wanted)
        .await
        .unwrap();
    wait_until("a token", || async {
        secrets.get("reader-token").await.unwrap().data.is_some()
    })
    .await;
    let token = secrets.get("reader-token").await.unwrap().data.unwrap()["token"]
        .0
        .clone();
    let service = sandbox.service_with_token(&String::from_utf8(token).unwrap());
    assert!(
        kube::Client::new(service, "default")
            .apiserver_version()
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn the_number_of_reconciliations_grows_with_the_number_of_pods() {
    let mut counts = Vec::new();
    for replicas in [50, 200] {
        let sandbox = Sandbox::new();
        let client = client(&sandbox);
        deploy(&client, "web", replicas).await;
        let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
        wait_until("all pods are ready", || async {
            let found = deployments.get("web").await.unwrap();
            let ready = found.status.and_then(|status| status.ready_replicas);
            ready == Some(replicas)
        })
        .await;
        counts.push(sandbox.reconciliations().values().sum::<u64>());
    }
    let per_pod = counts[1] / 200;
    assert!(per_pod < 25, "{per_pod} reconciliations for each pod");
    // Four times the pods take about four times the reconciliations, not sixteen times.
    assert!(counts[1] < 6 * counts[0], "{counts:?}");
}

#[tokio::test]
async fn a_thousand_pods_become_ready_while_the_api_answers() {
    let sandbox = Sandbox::with_config(ClusterConfig {
        nodes: 10,
        ..ClusterConfig::default()
    });
    let client = client(&sandbox);
    for number in 0..20 {
        deploy(&client, &format!("web-{number}"), 50).await;
    }
    let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
    let started = std::time::Instant::now();
    let mut ready = 0;
    while ready < 1_000 && started.elapsed() < std::time::Duration::from_mins(2) {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let list = deployments.list(&ListParams::default()).await.unwrap();
        let status = list.items.into_iter().filter_map(|found| found.status);
        ready = status.filter_map(|status| status.ready_replicas).sum();
    }
    assert_eq!(ready, 1_000);
    let pods: Api<Pod> = Api::default_namespaced(client);
    let pods = pods.list(&ListParams::default()).await.unwrap().items;
    let addresses = pods
        .into_iter()
        .filter_map(|pod| pod.status.and_then(|status| status.pod_ip))
        .collect::<std::collections::BTreeSet<_>>();
    assert_eq!(addresses.len(), 1_000);
}
