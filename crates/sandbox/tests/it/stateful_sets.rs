//! StatefulSets: ordered pods, updates by revision, and claims.

use k8s_openapi::api::apps::v1::{ControllerRevision, StatefulSet, StatefulSetStatus};
use k8s_openapi::api::core::v1::{Event, PersistentVolumeClaim, Pod};
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{client, object, wait_until};
use crate::tool::Tool;

/// A StatefulSet of one container.
fn stateful_set(replicas: i32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"},
        "spec": {
            "replicas": replicas, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
            "template": {
                "metadata": {"labels": {"app": "db"}},
                "spec": {"containers": [{"name": "a", "image": "db:1"}]},
            },
        },
    })
}

/// The StatefulSet `db` of a test.
struct Database {
    sets: Api<StatefulSet>,
    client: Client,
}

impl Database {
    async fn create(sandbox: &Sandbox, set: Value) -> Self {
        let client = client(sandbox);
        let sets: Api<StatefulSet> = Api::default_namespaced(client.clone());
        sets.create(&PostParams::default(), &object(set))
            .await
            .unwrap();
        Self { sets, client }
    }

    async fn patch(&self, spec: Value) {
        let patch = Patch::Strategic(json!({"spec": spec}));
        let params = PatchParams::default();
        self.sets.patch("db", &params, &patch).await.unwrap();
    }

    async fn set_image(&self, image: &str) {
        let containers = json!([{"name": "a", "image": image}]);
        self.patch(json!({"template": {"spec": {"containers": containers}}}))
            .await;
    }

    /// The status, once the controller has observed the newest generation.
    async fn status(&self) -> Option<StatefulSetStatus> {
        let set = self.sets.get("db").await.unwrap();
        let status = set.status?;
        (status.observed_generation == set.metadata.generation).then_some(status)
    }

    async fn wait_for(&self, description: &str, is_true: impl Fn(&StatefulSetStatus) -> bool) {
        wait_until(description, || async {
            self.status().await.is_some_and(|status| is_true(&status))
        })
        .await;
    }

    async fn pods(&self) -> Vec<Pod> {
        let pods: Api<Pod> = Api::default_namespaced(self.client.clone());
        pods.list(&ListParams::default()).await.unwrap().items
    }

    /// The names of the pods with their images.
    async fn images(&self) -> Vec<String> {
        let pods = self.pods().await.into_iter();
        pods.map(|pod| {
            let image = pod.spec.unwrap().containers[0].image.clone().unwrap();
            format!("{} {image}", pod.metadata.name.unwrap())
        })
        .collect()
    }

    async fn revisions(&self) -> Vec<i64> {
        let revisions: Api<ControllerRevision> = Api::default_namespaced(self.client.clone());
        let params = ListParams::default().labels("app=db");
        let list = revisions.list(&params).await.unwrap();
        let mut numbers: Vec<i64> = list.iter().map(|item| item.revision).collect();
        numbers.sort_unstable();
        numbers
    }

    async fn claims(&self) -> Vec<String> {
        let claims: Api<PersistentVolumeClaim> = Api::default_namespaced(self.client.clone());
        let list = claims.list(&ListParams::default()).await.unwrap();
        list.into_iter()
            .filter_map(|claim| claim.metadata.name)
            .collect()
    }
}

fn is_complete(status: &StatefulSetStatus, replicas: i32) -> bool {
    status.ready_replicas.unwrap_or(0) == replicas
        && status.replicas == replicas
        && status.updated_replicas.unwrap_or(0) == replicas
        && status.current_revision == status.update_revision
}

#[tokio::test]
async fn a_new_template_replaces_the_pods_from_the_highest_ordinal() {
    let sandbox = Sandbox::new();
    let db = Database::create(&sandbox, stateful_set(3)).await;
    db.wait_for("three pods", |status| is_complete(status, 3))
        .await;
    let first = db.status().await.unwrap().update_revision.unwrap();
    db.set_image("db:2").await;
    db.wait_for("the update", |status| is_complete(status, 3))
        .await;
    assert_eq!(db.images().await, ["db-0 db:2", "db-1 db:2", "db-2 db:2"]);
    assert_eq!(db.revisions().await, [1, 2]);
    let status = db.status().await.unwrap();
    let second = status.update_revision.unwrap();
    assert_ne!(second, first);
    for pod in db.pods().await {
        let labels = pod.metadata.labels.unwrap();
        assert_eq!(labels["controller-revision-hash"], second);
    }
    let events: Api<Event> = Api::default_namespaced(db.client.clone());
    let params = ListParams::default().fields("reason=SuccessfulDelete");
    let mut deletions = events.list(&params).await.unwrap().items;
    deletions.sort_by_key(|event| {
        let revision = event.metadata.resource_version.clone().unwrap();
        revision.parse::<u64>().unwrap()
    });
    let messages: Vec<String> = deletions
        .into_iter()
        .filter_map(|event| event.message)
        .collect();
    let expected =
        [2, 1, 0].map(|ordinal| format!("delete Pod db-{ordinal} in StatefulSet db successful"));
    assert_eq!(messages, expected);
}

#[tokio::test]
async fn an_update_stops_at_a_pod_that_does_not_become_ready() {
    let sandbox = Sandbox::new();
    sandbox.fail_image_pull("db:2");
    let db = Database::create(&sandbox, stateful_set(3)).await;
    db.wait_for("three pods", |status| is_complete(status, 3))
        .await;
    db.set_image("db:2").await;
    db.wait_for("a failing pod", |status| {
        status.updated_replicas == Some(1) && status.ready_replicas == Some(2)
    })
    .await;
    sandbox.restore_image_pull("db:2");
    db.wait_for("the update", |status| is_complete(status, 3))
        .await;
    sandbox.fail_image_pull("db:3");
    db.set_image("db:3").await;
    db.wait_for("a failing pod", |status| {
        status.updated_replicas == Some(1) && status.ready_replicas == Some(2)
    })
    .await;
    assert_eq!(db.images().await, ["db-0 db:2", "db-1 db:2", "db-2 db:3"]);
}

#[tokio::test]
async fn a_partition_keeps_the_pods_below_it() {
    let sandbox = Sandbox::new();
    let mut set = stateful_set(3);
    set["spec"]["updateStrategy"] =
        json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 2}});
    let db = Database::create(&sandbox, set).await;
    db.wait_for("three pods", |status| is_complete(status, 3))
        .await;
    db.set_image("db:2").await;
    let one_updated = |status: &StatefulSetStatus| {
        status.updated_replicas == Some(1)
            && status.current_replicas == Some(2)
            && status.ready_replicas == Some(3)
    };
    db.wait_for("one updated pod", one_updated).await;
    assert_eq!(db.images().await, ["db-0 db:1", "db-1 db:1", "db-2 db:2"]);
    let pods: Api<Pod> = Api::default_namespaced(db.client.clone());
    pods.delete("db-0", &DeleteParams::default()).await.unwrap();
    db.wait_for("two ready pods", |status| status.ready_replicas != Some(3))
        .await;
    db.wait_for("one updated pod", one_updated).await;
    assert_eq!(db.images().await, ["db-0 db:1", "db-1 db:1", "db-2 db:2"]);
    db.patch(json!({"updateStrategy": {"rollingUpdate": {"partition": 0}}}))
        .await;
    db.wait_for("the update", |status| is_complete(status, 3))
        .await;
    assert_eq!(db.images().await, ["db-0 db:2", "db-1 db:2", "db-2 db:2"]);
}

#[tokio::test]
async fn pods_updated_on_delete_keep_their_template_until_then() {
    let sandbox = Sandbox::new();
    let mut set = stateful_set(2);
    set["spec"]["updateStrategy"] = json!({"type": "OnDelete"});
    let db = Database::create(&sandbox, set).await;
    db.wait_for("two pods", |status| is_complete(status, 2))
        .await;
    db.set_image("db:2").await;
    db.wait_for("no updated pod", |status| {
        status.updated_replicas.is_none() && status.current_revision != status.update_revision
    })
    .await;
    let pods: Api<Pod> = Api::default_namespaced(db.client.clone());
    pods.delete("db-1", &DeleteParams::default()).await.unwrap();
    db.wait_for("one updated pod", |status| {
        status.updated_replicas == Some(1) && status.ready_replicas == Some(2)
    })
    .await;
    assert_eq!(db.images().await, ["db-0 db:1", "db-1 db:2"]);
}

#[tokio::test]
async fn old_revisions_are_deleted_beyond_the_history_limit() {
    let sandbox = Sandbox::new();
    let mut set = stateful_set(1);
    set["spec"]["revisionHistoryLimit"] = json!(1);
    let db = Database::create(&sandbox, set).await;
    for image in ["db:2", "db:3", "db:4"] {
        db.wait_for("the update", |status| is_complete(status, 1))
            .await;
        db.set_image(image).await;
    }
    db.wait_for("the update", |status| is_complete(status, 1))
        .await;
    wait_until("two revisions", || async { db.revisions().await == [3, 4] }).await;
    db.set_image("db:3").await;
    db.wait_for("the update", |status| is_complete(status, 1))
        .await;
    assert_eq!(db.revisions().await, [4, 5]);
}

#[tokio::test]
async fn claims_survive_their_pods_unless_the_policy_deletes_them() {
    let sandbox = Sandbox::new();
    let mut set = stateful_set(2);
    set["spec"]["volumeClaimTemplates"] = json!([{
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }]);
    let db = Database::create(&sandbox, set).await;
    wait_until("two claims", || async {
        db.claims().await == ["data-db-0", "data-db-1"]
    })
    .await;
    db.wait_for("two pods", |status| is_complete(status, 2))
        .await;
    let spec = db.pods().await[1].spec.clone().unwrap();
    assert_eq!(spec.hostname.as_deref(), Some("db-1"));
    assert_eq!(spec.subdomain.as_deref(), Some("db"));
    let volume = spec.volumes.unwrap().remove(0);
    let claim = volume.persistent_volume_claim.unwrap().claim_name;
    assert_eq!(
        (volume.name.as_str(), claim.as_str()),
        ("data", "data-db-1")
    );
    db.patch(json!({"replicas": 1})).await;
    db.wait_for("one pod", |status| is_complete(status, 1))
        .await;
    assert_eq!(db.claims().await, ["data-db-0", "data-db-1"]);
    let policy = json!({"whenScaled": "Delete", "whenDeleted": "Delete"});
    db.patch(json!({"replicas": 2, "persistentVolumeClaimRetentionPolicy": policy}))
        .await;
    db.wait_for("two pods", |status| is_complete(status, 2))
        .await;
    db.patch(json!({"replicas": 1})).await;
    wait_until("one claim", || async { db.claims().await == ["data-db-0"] }).await;
    db.sets
        .delete("db", &DeleteParams::default())
        .await
        .unwrap();
    wait_until("no claim", || async { db.claims().await.is_empty() }).await;
}

#[tokio::test]
async fn parallel_pods_start_without_waiting_for_each_other() {
    let sandbox = Sandbox::new();
    sandbox.fail_image_pull("db:1");
    let mut set = stateful_set(3);
    set["spec"]["podManagementPolicy"] = json!("Parallel");
    let db = Database::create(&sandbox, set).await;
    db.wait_for("three pods", |status| status.replicas == 3)
        .await;
    assert_eq!(db.status().await.unwrap().ready_replicas, None);
}

#[tokio::test]
async fn kubectl_follows_and_undoes_the_update_of_a_stateful_set() {
    let sandbox = Sandbox::new();
    let test = "kubectl_follows_and_undoes_the_update_of_a_stateful_set";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let file = kubectl.file("db.json", &stateful_set(2).to_string());
    kubectl.output(&["apply", "-f", &file]).await;
    let status = ["rollout", "status", "statefulset/db", "--timeout=20s"];
    kubectl.output(&status).await;
    kubectl
        .output(&["set", "image", "statefulset/db", "a=db:2"])
        .await;
    let followed = kubectl.output(&status).await;
    let last = followed.lines().last().unwrap();
    assert_eq!(
        last,
        "partitioned roll out complete: 2 new pods have been updated..."
    );
    let image = "jsonpath={.items[*].spec.containers[0].image}";
    let images = ["get", "pods", "-o", image];
    assert_eq!(kubectl.output(&images).await, "db:2 db:2");
    let history = kubectl
        .output(&["rollout", "history", "statefulset/db"])
        .await;
    assert!(
        history.contains("\n1 ") && history.contains("\n2 "),
        "{history}"
    );
    let undone = kubectl.output(&["rollout", "undo", "statefulset/db"]).await;
    assert_eq!(undone, "statefulset.apps/db rolled back\n");
    kubectl.output(&status).await;
    assert_eq!(kubectl.output(&images).await, "db:1 db:1");
}
