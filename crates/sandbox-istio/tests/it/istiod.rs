//! Two clusters joined by today's control plane, as its debug answers tell.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, DeleteParams};
use serde_json::{Value, json};

use crate::side::Side;
use crate::support::until;
use crate::two::Two;

impl Two {
    /// The clusters by name, each with its Secret and its status.
    async fn clusters(&self) -> Vec<[String; 3]> {
        let all = self.debug("/debug/clusterz").await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let all = all.as_array().unwrap().iter();
        all.map(|one| ["id", "secretName", "syncStatus"].map(|name| text(&one[name])))
            .collect()
    }

    async fn until_clusters(&self, wanted: &[&str]) {
        until("these clusters, synced", || async {
            let all = self.clusters().await;
            let synced = all.iter().filter(|one| one[2] == "synced");
            all.len() == wanted.len() && synced.map(|one| &one[0]).eq(wanted)
        })
        .await;
    }

    /// The endpoints of details by cluster.
    async fn shards(&self) -> Value {
        let all = self.debug("/debug/endpointShardz").await;
        all["details.bookinfo.svc.cluster.local"]["bookinfo"]["Shards"].clone()
    }

    async fn until_shard(&self, cluster: &str, count: usize) {
        until("a shard", || async {
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
async fn a_joined_cluster_is_synced_its_endpoints_are_known_and_the_page_is_whole() {
    let two = Two::today().await;
    two.until_products(503).await;
    two.until_clusters(&["west"]).await;
    two.remote.serve_details().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    two.until_clusters(&["west", "east"]).await;
    let clusters = two.clusters().await;
    assert_eq!(clusters[0], ["west", "", "synced"]);
    assert_eq!(clusters[1][1], "istio-system/east");
    two.until_shard("east", 1).await;
    let endpoint = &two.shards().await["Kubernetes/east"][0];
    assert_eq!(
        endpoint["Addresses"],
        json!(two.remote.addresses("app=details").await)
    );
    assert_eq!(endpoint["ServicePortName"], "http");
    assert_eq!(endpoint["EndpointPort"], 9080);
    assert_eq!(endpoint["Network"], "net-east");
    assert_eq!(endpoint["TLSMode"], "disabled");
    two.until_products(200).await;
    assert!(two.page().await.contains("Book Details"));
    let proxies = two.debug("/debug/syncz").await;
    let proxies = proxies.as_array().unwrap();
    assert_eq!(proxies.len(), 1, "{proxies:?}");
    assert_eq!(proxies[0]["proxy"], "productpage.bookinfo");
    assert_eq!(proxies[0]["cluster_id"], "west");
    assert_eq!(proxies[0]["istio_version"], "1.30.3");
}

#[tokio::test]
async fn the_key_in_the_secret_is_the_name_of_the_cluster() {
    let two = Two::today().await;
    let label = BTreeMap::from([("istio/multiCluster".to_owned(), "true".to_owned())]);
    let config = two.remote.kubeconfig().await;
    two.put_secret("east", &label, &[("renamed", &config)])
        .await;
    two.until_clusters(&["west", "renamed"]).await;
}

#[tokio::test]
async fn its_own_name_a_name_of_another_secret_and_a_program_to_run_are_ignored() {
    let two = Two::today().await;
    let label = BTreeMap::from([("istio/multiCluster".to_owned(), "true".to_owned())]);
    let config = two.remote.kubeconfig().await;
    let program = config.replace("    token: ", "    exec: {command: x}\n    token: ");
    two.put_secret("a-own", &label, &[("west", &config)]).await;
    two.put_secret("b-program", &label, &[("program", &program)])
        .await;
    two.put_secret("c-first", &label, &[("east", &config)])
        .await;
    two.until_clusters(&["west", "east"]).await;
    two.put_secret("d-second", &label, &[("east", &config)])
        .await;
    two.put_secret("e-unlabelled", &BTreeMap::new(), &[("unseen", &config)])
        .await;
    two.put_secret("f-last", &label, &[("last", &config)]).await;
    two.until_clusters(&["west", "east", "last"]).await;
    // The second is not taken up when the first goes.
    two.leave("c-first").await;
    two.until_clusters(&["west", "last"]).await;
}

#[tokio::test]
async fn a_changed_kubeconfig_takes_over_and_the_old_token_can_go() {
    let two = Two::today().await;
    two.remote.serve_details().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    two.until_shard("east", 1).await;
    two.replace_secret("east", &two.remote.listening.kubeconfig())
        .await;
    let secrets: Api<Secret> = Api::namespaced(two.remote.client.clone(), Side::SYSTEM);
    let how = DeleteParams::default();
    secrets.delete("istio-multi-token", &how).await.unwrap();
    two.remote.delete_service("details").await;
    two.until_shard("east", 0).await;
}

#[tokio::test]
async fn a_wrong_token_and_a_role_without_slices_are_not_synced_until_they_are_right() {
    let two = Two::today().await;
    two.remote.serve_details().await;
    let right = two.remote.kubeconfig().await;
    let token = two.remote.token().await;
    two.join("east", &right.replace(&token, "wrong")).await;
    two.remote
        .give_role(&["services", "endpoints", "nodes", "pods", "namespaces"])
        .await;
    two.join("later", &right).await;
    until("both are seen", || async {
        two.clusters().await.len() == 3
    })
    .await;
    for cluster in &two.clusters().await[1..] {
        assert_eq!(cluster[2], "syncing", "{cluster:?}");
    }
    let roles = ["services", "endpointslices", "nodes", "pods", "namespaces"];
    two.remote.give_role(&roles).await;
    two.until_shard("later", 1).await;
    two.until_shard("east", 0).await;
    two.replace_secret("east", &right).await;
    two.until_shard("east", 1).await;
}

#[tokio::test]
async fn in_a_namespace_without_the_label_the_page_knows_nothing_of_the_mesh() {
    let two = Two::injected("disabled").await;
    two.remote.serve_details().await;
    two.join("east", &two.remote.kubeconfig().await).await;
    two.until_shard("east", 1).await;
    two.until_products(500).await;
    assert!(two.page().await.contains("Error fetching product details"));
}
