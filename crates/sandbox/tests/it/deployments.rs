//! Deployments: rollouts, their limits and deadlines, and their history.

use k8s_openapi::api::apps::v1::{Deployment, DeploymentCondition, ReplicaSet};
use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, ListParams, Patch, PatchParams, PostParams};
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{client, deployment, object, wait_until};
use crate::tool::Tool;

/// The Deployment `web` of a test.
struct Web {
    deployments: Api<Deployment>,
    client: Client,
}

impl Web {
    /// Creates the Deployment with some members of its spec, and waits for its pods.
    async fn create(sandbox: &Sandbox, replicas: i32, spec: Value) -> Self {
        let client = client(sandbox);
        let deployments: Api<Deployment> = Api::default_namespaced(client.clone());
        let created = object(deployment("web", replicas));
        let params = PostParams::default();
        let web = Self {
            deployments,
            client,
        };
        web.deployments.create(&params, &created).await.unwrap();
        web.patch(spec).await;
        web.wait_for_rollout().await;
        web
    }

    async fn patch(&self, spec: Value) {
        let patch = Patch::Strategic(json!({"spec": spec}));
        let params = PatchParams::default();
        self.deployments
            .patch("web", &params, &patch)
            .await
            .unwrap();
    }

    async fn set_image(&self, image: &str) {
        let containers = json!([{"name": "web", "image": image}]);
        self.patch(json!({"template": {"spec": {"containers": containers}}}))
            .await;
    }

    async fn wait_for(&self, description: &str, is_true: impl Fn(&Deployment) -> bool) {
        wait_until(description, || async {
            let found = self.deployments.get("web").await.unwrap();
            let observed = found.status.as_ref().unwrap().observed_generation;
            observed == found.metadata.generation && is_true(&found)
        })
        .await;
    }

    async fn wait_for_rollout(&self) {
        self.wait_for("the end of the rollout", |web| {
            let (spec, status) = (web.spec.as_ref().unwrap(), web.status.as_ref().unwrap());
            status.updated_replicas == spec.replicas
                && status.replicas == spec.replicas
                && status.available_replicas == spec.replicas
        })
        .await;
    }

    /// The images of the pods that do not terminate, in order.
    async fn images(&self) -> Vec<String> {
        let pods: Api<Pod> = Api::default_namespaced(self.client.clone());
        let pods = pods.list(&ListParams::default()).await.unwrap().into_iter();
        let mut images: Vec<String> = pods
            .filter(|pod| pod.metadata.deletion_timestamp.is_none())
            .map(|pod| pod.spec.unwrap().containers[0].image.clone().unwrap())
            .collect();
        images.sort();
        images
    }

    /// The revisions of the ReplicaSets with their sizes, in order.
    async fn revisions(&self) -> Vec<(String, i32)> {
        let sets: Api<ReplicaSet> = Api::default_namespaced(self.client.clone());
        let sets = sets.list(&ListParams::default()).await.unwrap().into_iter();
        let mut revisions: Vec<(String, i32)> = sets
            .map(|set| {
                let annotations = set.metadata.annotations.unwrap();
                let revision = annotations["deployment.kubernetes.io/revision"].clone();
                (revision, set.spec.unwrap().replicas.unwrap())
            })
            .collect();
        revisions.sort();
        revisions
    }
}

fn condition<'a>(web: &'a Deployment, condition_type: &str) -> &'a DeploymentCondition {
    let conditions = web.status.as_ref().unwrap().conditions.iter().flatten();
    let mut conditions = conditions.filter(|condition| condition.type_ == condition_type);
    conditions.next().unwrap()
}

#[tokio::test]
async fn a_rollout_stops_at_its_limits_and_exceeds_its_deadline() {
    let sandbox = Sandbox::new();
    let limits = json!({"maxSurge": "25%", "maxUnavailable": "50%"});
    let spec = json!({
        "strategy": {"type": "RollingUpdate", "rollingUpdate": limits},
        "progressDeadlineSeconds": 1,
    });
    let web = Web::create(&sandbox, 4, spec).await;
    sandbox.fail_image_pull("web:2");
    web.set_image("web:2").await;
    web.wait_for("an exceeded deadline", |web| {
        condition(web, "Progressing").status == "False"
    })
    .await;
    let found = web.deployments.get("web").await.unwrap();
    let progressing = condition(&found, "Progressing");
    assert_eq!(
        progressing.reason.as_deref(),
        Some("ProgressDeadlineExceeded")
    );
    let message = progressing.message.clone().unwrap();
    assert!(message.starts_with("ReplicaSet \"web-"), "{message}");
    assert!(
        message.ends_with("\" has timed out progressing."),
        "{message}"
    );
    let status = found.status.as_ref().unwrap();
    let counts = (
        status.replicas,
        status.updated_replicas,
        status.available_replicas,
    );
    assert_eq!(counts, (Some(5), Some(3), Some(2)));
    assert_eq!(status.unavailable_replicas, Some(3));
    assert_eq!(condition(&found, "Available").status, "True");
    sandbox.restore_image_pull("web:2");
    web.wait_for_rollout().await;
    web.wait_for("a progressed rollout", |web| {
        condition(web, "Progressing").reason.as_deref() == Some("NewReplicaSetAvailable")
    })
    .await;
    assert_eq!(web.images().await, ["web:2"; 4]);
}

#[tokio::test]
async fn a_recreated_deployment_ends_its_old_pods_first() {
    let sandbox = Sandbox::new();
    let spec = json!({"strategy": {"type": "Recreate", "rollingUpdate": null}});
    let web = Web::create(&sandbox, 2, spec).await;
    sandbox.fail_image_pull("web:2");
    web.set_image("web:2").await;
    wait_until("new pods", || async { web.images().await == ["web:2"; 2] }).await;
    web.wait_for("no available pod", |web| {
        condition(web, "Available").reason.as_deref() == Some("MinimumReplicasUnavailable")
    })
    .await;
    assert_eq!(web.revisions().await, [("1".into(), 0), ("2".into(), 2)]);
}

#[tokio::test]
async fn a_paused_deployment_keeps_its_pods_until_it_is_resumed() {
    let sandbox = Sandbox::new();
    let web = Web::create(&sandbox, 1, json!({})).await;
    web.patch(json!({"paused": true})).await;
    web.wait_for("the pause", |web| {
        let progressing = condition(web, "Progressing");
        progressing.reason.as_deref() == Some("DeploymentPaused") && progressing.status == "Unknown"
    })
    .await;
    web.set_image("web:2").await;
    web.patch(json!({"replicas": 2})).await;
    web.wait_for("two old pods", |web| {
        let status = web.status.as_ref().unwrap();
        status.available_replicas == Some(2) && status.updated_replicas.is_none()
    })
    .await;
    assert_eq!(web.images().await, ["docker.io/istio/web:1.0.0"; 2]);
    web.patch(json!({"paused": null})).await;
    web.wait_for_rollout().await;
    assert_eq!(web.images().await, ["web:2"; 2]);
}

#[tokio::test]
async fn a_template_that_returns_gets_the_newest_revision() {
    let sandbox = Sandbox::new();
    let web = Web::create(&sandbox, 1, json!({"revisionHistoryLimit": 1})).await;
    for image in ["web:2", "web:3", "web:2"] {
        web.set_image(image).await;
        web.wait_for_rollout().await;
    }
    let expected = [("3".to_owned(), 0), ("4".to_owned(), 1)];
    wait_until("two revisions", || async {
        web.revisions().await == expected
    })
    .await;
    let found = web.deployments.get("web").await.unwrap();
    let annotations = found.metadata.annotations.unwrap();
    assert_eq!(annotations["deployment.kubernetes.io/revision"], "4");
}

#[tokio::test]
async fn pods_are_available_after_their_minimum_time() {
    let sandbox = Sandbox::new();
    let web = Web::create(&sandbox, 1, json!({})).await;
    web.patch(json!({"replicas": 2, "minReadySeconds": 3600, "progressDeadlineSeconds": 3601}))
        .await;
    web.wait_for("two ready pods", |web| {
        web.status.as_ref().unwrap().ready_replicas == Some(2)
    })
    .await;
    let found = web.deployments.get("web").await.unwrap();
    let status = found.status.as_ref().unwrap();
    assert_eq!(status.available_replicas, None);
    assert_eq!(condition(&found, "Available").status, "False");
    web.patch(json!({"minReadySeconds": 1})).await;
    web.wait_for_rollout().await;
}

#[tokio::test]
async fn kubectl_pauses_resumes_and_undoes_rollouts() {
    let sandbox = Sandbox::new();
    let test = "kubectl_pauses_resumes_and_undoes_rollouts";
    let Some(kubectl) = Tool::find("kubectl", test, &sandbox).await else {
        return;
    };
    let web = Web::create(&sandbox, 2, json!({})).await;
    let status = ["rollout", "status", "deployment/web", "--timeout=20s"];
    kubectl
        .output(&["rollout", "pause", "deployment/web"])
        .await;
    kubectl
        .output(&["set", "image", "deployment/web", "web=web:2"])
        .await;
    let resumed = kubectl
        .output(&["rollout", "resume", "deployment/web"])
        .await;
    assert_eq!(resumed, "deployment.apps/web resumed\n");
    let followed = kubectl.output(&status).await;
    assert!(
        followed.ends_with("deployment \"web\" successfully rolled out\n"),
        "{followed}"
    );
    assert_eq!(web.images().await, ["web:2"; 2]);
    kubectl
        .output(&["rollout", "pause", "deployment/web"])
        .await;
    let refused = kubectl.run(&["rollout", "undo", "deployment/web"]).await;
    let refused = refused.unwrap_err();
    assert!(
        refused.contains("cannot rollback a paused deployment"),
        "{refused}"
    );
    kubectl
        .output(&["rollout", "resume", "deployment/web"])
        .await;
    let undone = kubectl.output(&["rollout", "undo", "deployment/web"]).await;
    assert_eq!(undone, "deployment.apps/web rolled back\n");
    kubectl.output(&status).await;
    assert_eq!(web.images().await, ["docker.io/istio/web:1.0.0"; 2]);
    let history = kubectl
        .output(&["rollout", "history", "deployment/web"])
        .await;
    let revisions: Vec<&str> = history
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(revisions, ["deployment.apps/web", "REVISION", "2", "3"]);
    let second = ["rollout", "undo", "deployment/web", "--to-revision=2"];
    kubectl.output(&second).await;
    kubectl.output(&status).await;
    assert_eq!(web.images().await, ["web:2"; 2]);
}
