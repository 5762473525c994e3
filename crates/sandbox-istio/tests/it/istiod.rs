//! Two clusters in the mesh of an istiod, as its debug interface reports.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams};
use serde_json::{Value, json};

use crate::support::wait_until;
use crate::test_cluster::TestCluster;
use crate::test_mesh::TestMesh;

impl TestMesh {
    /// The clusters by name, each with its Secret and its status.
    async fn clusters(&self) -> Vec<[String; 3]> {
        let all = self.debug("/debug/clusterz").await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let all = all.as_array().unwrap().iter();
        all.map(|cluster| ["id", "secretName", "syncStatus"].map(|name| text(&cluster[name])))
            .collect()
    }

    async fn wait_for_clusters(&self, wanted: &[&str]) {
        wait_until("these clusters, synced", || async {
            let all = self.clusters().await;
            let synced = all.iter().filter(|cluster| cluster[2] == "synced");
            all.len() == wanted.len() && synced.map(|cluster| &cluster[0]).eq(wanted)
        })
        .await;
    }

    /// The endpoints of details by cluster.
    async fn shards(&self) -> Value {
        let all = self.debug("/debug/endpointShardz").await;
        all["details.bookinfo.svc.cluster.local"]["bookinfo"]["Shards"].clone()
    }

    async fn wait_for_shard(&self, cluster: &str, count: usize) {
        wait_until("a shard", || async {
            let shards = self.shards().await;
            shards[format!("Kubernetes/{cluster}")]
                .as_array()
                .map_or(0, Vec::len)
                == count
        })
        .await;
    }
}

#[tokio::test]
async fn a_joined_cluster_is_synced_and_its_endpoints_serve_the_page() {
    let mesh = TestMesh::with_istiod().await;
    mesh.wait_for_product_status(503).await;
    mesh.wait_for_clusters(&["west"]).await;
    mesh.remote.run_details().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.wait_for_clusters(&["west", "east"]).await;
    let clusters = mesh.clusters().await;
    assert_eq!(clusters[0], ["west", "", "synced"]);
    assert_eq!(clusters[1][1], "istio-system/east");
    mesh.wait_for_shard("east", 1).await;
    let endpoint = &mesh.shards().await["Kubernetes/east"][0];
    assert_eq!(
        endpoint["Addresses"],
        json!(mesh.remote.addresses("app=details").await)
    );
    assert_eq!(endpoint["ServicePortName"], "http");
    assert_eq!(endpoint["EndpointPort"], 9080);
    assert_eq!(endpoint["Network"], "net-east");
    assert_eq!(endpoint["TLSMode"], "disabled");
    mesh.wait_for_product_status(200).await;
    assert!(mesh.page().await.contains("Book Details"));
    let proxies = mesh.debug("/debug/syncz").await;
    let proxies = proxies.as_array().unwrap();
    assert_eq!(proxies.len(), 1, "{proxies:?}");
    assert_eq!(proxies[0]["proxy"], "productpage.bookinfo");
    assert_eq!(proxies[0]["cluster_id"], "west");
    assert_eq!(proxies[0]["istio_version"], "1.30.5");
}

#[tokio::test]
async fn the_key_in_the_secret_is_the_cluster_id() {
    let mesh = TestMesh::with_istiod().await;
    let label = BTreeMap::from([("istio/multiCluster".to_owned(), "true".to_owned())]);
    let config = mesh.remote.kubeconfig().await;
    mesh.create_secret("east", &label, &[("renamed", &config)])
        .await;
    mesh.wait_for_clusters(&["west", "renamed"]).await;
}

#[tokio::test]
async fn the_own_cluster_id_duplicate_cluster_ids_and_exec_plugins_are_ignored() {
    let mesh = TestMesh::with_istiod().await;
    let label = BTreeMap::from([("istio/multiCluster".to_owned(), "true".to_owned())]);
    let config = mesh.remote.kubeconfig().await;
    let program = config.replace("    token: ", "    exec: {command: x}\n    token: ");
    mesh.create_secret("a-own", &label, &[("west", &config)])
        .await;
    mesh.create_secret("b-program", &label, &[("program", &program)])
        .await;
    mesh.create_secret("c-first", &label, &[("east", &config)])
        .await;
    mesh.wait_for_clusters(&["west", "east"]).await;
    mesh.create_secret("d-second", &label, &[("east", &config)])
        .await;
    mesh.create_secret("e-unlabelled", &BTreeMap::new(), &[("unseen", &config)])
        .await;
    mesh.create_secret("f-last", &label, &[("last", &config)])
        .await;
    mesh.wait_for_clusters(&["west", "east", "last"]).await;
    // The second Secret stays ignored when the first one is deleted.
    mesh.delete_secret("c-first").await;
    mesh.wait_for_clusters(&["west", "last"]).await;
}

#[tokio::test]
async fn a_changed_kubeconfig_replaces_the_old_one_whose_token_can_be_deleted() {
    let mesh = TestMesh::with_istiod().await;
    mesh.remote.run_details().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.wait_for_shard("east", 1).await;
    mesh.replace_secret("east", &mesh.remote.server.kubeconfig())
        .await;
    let secrets: Api<Secret> =
        Api::namespaced(mesh.remote.client.clone(), TestCluster::ISTIO_NAMESPACE);
    let how = DeleteParams::default();
    secrets.delete("istio-multi-token", &how).await.unwrap();
    mesh.remote.delete_service("details").await;
    mesh.wait_for_shard("east", 0).await;
}

#[tokio::test]
async fn an_invalid_token_and_a_role_without_slices_are_not_synced_until_corrected() {
    let mesh = TestMesh::with_istiod().await;
    mesh.remote.run_details().await;
    let right = mesh.remote.kubeconfig().await;
    let token = mesh.remote.token().await;
    mesh.create_remote_secret("east", &right.replace(&token, "wrong"))
        .await;
    mesh.remote
        .apply_role(&["services", "endpoints", "nodes", "pods", "namespaces"])
        .await;
    mesh.create_remote_secret("later", &right).await;
    wait_until("both clusters", || async {
        mesh.clusters().await.len() == 3
    })
    .await;
    for cluster in &mesh.clusters().await[1..] {
        assert_eq!(cluster[2], "syncing", "{cluster:?}");
    }
    let roles = ["services", "endpointslices", "nodes", "pods", "namespaces"];
    mesh.remote.apply_role(&roles).await;
    mesh.wait_for_shard("later", 1).await;
    mesh.wait_for_shard("east", 0).await;
    mesh.replace_secret("east", &right).await;
    mesh.wait_for_shard("east", 1).await;
}

#[tokio::test]
async fn in_a_namespace_without_the_label_the_page_sees_its_own_cluster_only() {
    let mesh = TestMesh::with_injection_label("disabled").await;
    mesh.remote.run_details().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.wait_for_shard("east", 1).await;
    mesh.wait_for_product_status(500).await;
    assert!(mesh.page().await.contains("Error fetching product details"));
}

#[tokio::test]
async fn an_istiod_that_lost_its_endpoints_still_reports_the_cluster_as_synced() {
    let mesh = TestMesh::with_istiod().await;
    mesh.remote.run_details().await;
    mesh.create_remote_secret("east", &mesh.remote.kubeconfig().await)
        .await;
    mesh.wait_for_shard("east", 1).await;
    mesh.request_fault("lose-endpoints", "*").await;
    mesh.wait_for_shard("east", 0).await;
    mesh.wait_for_clusters(&["west", "east"]).await;
    mesh.request_fault("lose-endpoints", "another-pod").await;
    mesh.wait_for_shard("east", 1).await;
}

#[tokio::test]
async fn both_ports_serve_the_debug_interface() {
    let mesh = TestMesh::with_istiod().await;
    mesh.wait_for_clusters(&["west"]).await;
    for port in [8080, 15014] {
        let clusters = mesh.debug_at(port, "/debug/clusterz").await;
        assert_eq!(clusters[0]["id"], "west");
    }
}
