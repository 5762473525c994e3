//! Sidecars of the remote with a valid or a stale address of the control plane.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, Service};
use kube::api::{Api, ListParams, PostParams};
use serde_json::json;

use crate::support::{object, wait_until};
use crate::test_cluster::TestCluster;
use crate::test_mesh::TestMesh;

const DETAILS: &str = "details.bookinfo.svc.cluster.local|http";

async fn pilot(mesh: &TestMesh) -> String {
    let addresses = mesh
        .primary
        .addresses_in(TestCluster::ISTIO_NAMESPACE, "app=pilot")
        .await;
    addresses.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_sidecar_that_never_reached_its_control_plane_accepts_no_connections() {
    let mesh = TestMesh::start().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.remote
        .run_details_with_sidecar("stale", "172.16.9.9:15007")
        .await;
    mesh.wait_for_hosts(DETAILS, 1).await;
    mesh.wait_for_product_status(503).await;
    let address = format!("{}:15007", pilot(&mesh).await);
    mesh.remote
        .run_details_with_sidecar("right", &address)
        .await;
    mesh.wait_for_product_status(200).await;
}

#[tokio::test]
async fn running_sidecars_keep_working_without_a_control_plane_and_new_ones_do_not_start() {
    let mesh = TestMesh::start().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    let address = format!("{}:15005", pilot(&mesh).await);
    mesh.remote
        .run_details_with_sidecar("early", &address)
        .await;
    mesh.wait_for_product_status(200).await;
    let image = "docker.io/istio/pilot:1.0.0";
    mesh.primary
        .run(TestCluster::ISTIO_NAMESPACE, "moved", &[image])
        .await;
    mesh.delete_pilot().await;
    mesh.wait_for_product_status(200).await;
    mesh.remote.run_details_with_sidecar("late", &address).await;
    // Calls use both endpoints in turn.
    mesh.wait_for_product_status(503).await;
    mesh.wait_for_product_status(200).await;
}

#[tokio::test]
async fn a_load_balancer_may_lead_to_the_control_plane() {
    let mesh = TestMesh::start().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    let services: Api<Service> =
        Api::namespaced(mesh.primary.client.clone(), TestCluster::ISTIO_NAMESPACE);
    let balanced = object(json!({"metadata": {"name": "pilot"}, "spec": {
        "type": "LoadBalancer", "selector": {"app": "pilot"},
        "ports": [{"name": "grpc-xds", "port": 15010}],
    }}));
    services
        .create(&PostParams::default(), &balanced)
        .await
        .unwrap();
    let balancer = || async {
        let status = services.get("pilot").await.unwrap().status?;
        status.load_balancer?.ingress?.into_iter().next()?.ip
    };
    wait_until("a load balancer", || async { balancer().await.is_some() }).await;
    let address = format!("{}:15007", balancer().await.unwrap());
    mesh.remote
        .run_details_with_sidecar("details", &address)
        .await;
    mesh.wait_for_product_status(200).await;
}

/// Runs a Job in the remote that connects to an address: its condition and its message.
async fn run_tcp_probe(mesh: &TestMesh, host: &str, port: &str) -> (String, Option<String>) {
    let name = format!("dial-{port}");
    let jobs: Api<Job> = Api::default_namespaced(mesh.remote.client.clone());
    let job = object(json!({
        "metadata": {"name": name},
        "spec": {"backoffLimit": 0, "template": {"spec": {
            "restartPolicy": "Never",
            "containers": [{
                "name": "dial", "image": "istio/proxyv2:1.0.0",
                "command": ["bash", "-c", "exec 3<>\"/dev/tcp/$0/$1\"", host, port],
            }],
        }}},
    }));
    jobs.create(&PostParams::default(), &job).await.unwrap();
    let ended = || async {
        let status = jobs.get(&name).await.unwrap().status?;
        let last = status.conditions?.into_iter().last()?;
        (last.status == "True").then_some(last.type_)
    };
    wait_until("the end", || async { ended().await.is_some() }).await;
    let pods: Api<Pod> = Api::default_namespaced(mesh.remote.client.clone());
    let of_job = ListParams::default().labels(&format!("job-name={name}"));
    let pods = pods.list(&of_job).await.unwrap();
    let status = pods.items[0].status.clone().unwrap();
    let state = status.container_statuses.unwrap()[0].state.clone().unwrap();
    (ended().await.unwrap(), state.terminated.unwrap().message)
}

#[tokio::test]
async fn a_tcp_probe_job_ends_with_the_result_of_its_connection() {
    let mesh = TestMesh::start().await;
    let server = mesh.remote.server.address;
    let (host, port) = (server.ip().to_string(), server.port().to_string());
    assert_eq!(
        run_tcp_probe(&mesh, &host, &port).await,
        ("Complete".to_owned(), None)
    );
    let outside = run_tcp_probe(&mesh, "203.0.113.1", "6443").await;
    assert_eq!(outside, ("Complete".to_owned(), None));
    let (condition, message) = run_tcp_probe(&mesh, &pilot(&mesh).await, "15999").await;
    assert_eq!(condition, "Failed");
    let message = message.unwrap();
    assert!(message.ends_with("/15999: Connection refused"), "{message}");
}
