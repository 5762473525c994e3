//! Claims and volumes: bound, waited for, protected and reclaimed.

use k8s_openapi::api::core::v1::{Event, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::StorageClass;
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, PostParams};
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::support::{client, object, wait_until};

struct Storage {
    client: Client,
    claims: Api<PersistentVolumeClaim>,
    volumes: Api<PersistentVolume>,
    pods: Api<Pod>,
}

impl Storage {
    fn new(sandbox: &Sandbox) -> Self {
        let client = client(sandbox);
        Self {
            claims: Api::default_namespaced(client.clone()),
            volumes: Api::all(client.clone()),
            pods: Api::default_namespaced(client.clone()),
            client,
        }
    }

    /// Creates a claim of 1Gi; without a class, it gets the default one.
    async fn claim(&self, name: &str, class: Option<&str>) {
        let claim: PersistentVolumeClaim = object(json!({
            "metadata": {"name": name},
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": class,
                "resources": {"requests": {"storage": "1Gi"}}},
        }));
        self.claims
            .create(&PostParams::default(), &claim)
            .await
            .unwrap();
    }

    async fn class(&self, name: &str, members: Value) {
        let mut class = json!({
            "metadata": {"name": name}, "provisioner": "sandbox.meshspan.dev/volumes",
        });
        for (member, value) in members.as_object().unwrap() {
            class[member] = value.clone();
        }
        let classes: Api<StorageClass> = Api::all(self.client.clone());
        let class = object(class);
        classes
            .create(&PostParams::default(), &class)
            .await
            .unwrap();
    }

    /// Creates a pod that uses a claim.
    async fn pod(&self, name: &str, claim: &str) {
        let pod: Pod = object(json!({
            "metadata": {"name": name},
            "spec": {
                "containers": [{"name": "db", "image": "db:1"}],
                "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}],
            },
        }));
        self.pods
            .create(&PostParams::default(), &pod)
            .await
            .unwrap();
    }

    async fn phase(&self, claim: &str) -> String {
        let claim = self.claims.get(claim).await.unwrap();
        claim.status.unwrap().phase.unwrap()
    }

    async fn wait_until_bound(&self, claim: &str) -> String {
        wait_until(&format!("{claim} is bound"), || async {
            self.phase(claim).await == "Bound"
        })
        .await;
        let claim = self.claims.get(claim).await.unwrap();
        claim.spec.unwrap().volume_name.unwrap()
    }

    async fn wait_until_running(&self, pod: &str) {
        wait_until(&format!("{pod} is running"), || async {
            let pod = self.pods.get(pod).await.unwrap();
            pod.status.unwrap().phase.as_deref() == Some("Running")
        })
        .await;
    }

    /// The events about an object: type, reason and message.
    async fn events(&self, name: &str) -> Vec<(String, String, String)> {
        let events: Api<Event> = Api::default_namespaced(self.client.clone());
        let params = ListParams::default().fields(&format!("involvedObject.name={name}"));
        let found = events.list(&params).await.unwrap().items;
        found
            .into_iter()
            .map(|event| {
                (
                    event.type_.unwrap_or_default(),
                    event.reason.unwrap_or_default(),
                    event.message.unwrap_or_default(),
                )
            })
            .collect()
    }

    async fn wait_for_event(&self, name: &str, event: (&str, &str, &str)) {
        wait_until(&format!("{name}: {event:?}"), || async {
            let events = self.events(name).await;
            events.iter().any(|(event_type, reason, message)| {
                (event_type.as_str(), reason.as_str(), message.as_str()) == event
            })
        })
        .await;
    }
}

#[tokio::test]
async fn a_claim_gets_a_volume_of_the_default_class() {
    let storage = Storage::new(&Sandbox::new());
    storage.claim("data", None).await;
    let volume_name = storage.wait_until_bound("data").await;
    let claim = storage.claims.get("data").await.unwrap();
    let uid = claim.metadata.uid.clone().unwrap();
    assert_eq!(volume_name, format!("pvc-{uid}"));
    assert_eq!(
        claim.metadata.finalizers.unwrap(),
        ["kubernetes.io/pvc-protection"]
    );
    assert_eq!(
        claim.spec.unwrap().storage_class_name.as_deref(),
        Some("standard")
    );
    let status = claim.status.unwrap();
    assert_eq!(status.access_modes.unwrap(), ["ReadWriteOnce"]);
    assert_eq!(status.capacity.unwrap()["storage"].0, "1Gi");
    wait_until("the volume is bound", || async {
        let volume = storage.volumes.get(&volume_name).await.unwrap();
        volume.status.unwrap().phase.as_deref() == Some("Bound")
    })
    .await;
    let volume = storage.volumes.get(&volume_name).await.unwrap();
    assert_eq!(volume.spec.unwrap().claim_ref.unwrap().uid, Some(uid));
    for (reason, message) in [
        (
            "Provisioning",
            "External provisioner is provisioning volume for claim \"default/data\"".to_owned(),
        ),
        (
            "ProvisioningSucceeded",
            format!("Successfully provisioned volume {volume_name}"),
        ),
    ] {
        storage
            .wait_for_event("data", ("Normal", reason, &message))
            .await;
    }
}

#[tokio::test]
async fn a_claim_of_an_unknown_class_stays_pending_and_so_does_its_pod() {
    let storage = Storage::new(&Sandbox::new());
    storage.claim("data", Some("fast")).await;
    let message = "storageclass.storage.k8s.io \"fast\" not found";
    storage
        .wait_for_event("data", ("Warning", "ProvisioningFailed", message))
        .await;
    storage.pod("db", "data").await;
    let message = "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. no \
                   new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is \
                   not helpful for scheduling.";
    storage
        .wait_for_event("db", ("Warning", "FailedScheduling", message))
        .await;
    assert_eq!(storage.phase("data").await, "Pending");
    storage.class("fast", json!({})).await;
    storage.wait_until_bound("data").await;
    storage.wait_until_running("db").await;
}

#[tokio::test]
async fn a_pod_without_its_claim_says_so() {
    let storage = Storage::new(&Sandbox::new());
    storage.pod("db", "data").await;
    let message = "0/3 nodes are available: persistentvolumeclaim \"data\" not found. no new \
                   claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not \
                   helpful for scheduling.";
    storage
        .wait_for_event("db", ("Warning", "FailedScheduling", message))
        .await;
    storage.claim("data", None).await;
    storage.wait_until_running("db").await;
}

#[tokio::test]
async fn a_class_may_wait_for_the_first_pod() {
    let storage = Storage::new(&Sandbox::new());
    storage
        .class("late", json!({"volumeBindingMode": "WaitForFirstConsumer"}))
        .await;
    storage.claim("data", Some("late")).await;
    let message = "waiting for first consumer to be created before binding";
    storage
        .wait_for_event("data", ("Normal", "WaitForFirstConsumer", message))
        .await;
    assert_eq!(storage.phase("data").await, "Pending");
    storage.pod("db", "data").await;
    storage.wait_until_running("db").await;
    storage.wait_until_bound("data").await;
    let claim = storage.claims.get("data").await.unwrap();
    let pod = storage.pods.get("db").await.unwrap();
    assert_eq!(
        claim.metadata.annotations.unwrap()["volume.kubernetes.io/selected-node"],
        pod.spec.unwrap().node_name.unwrap()
    );
}

#[tokio::test]
async fn a_claim_outlives_its_pod_and_its_volume_is_deleted_with_it() {
    let storage = Storage::new(&Sandbox::new());
    storage.claim("data", None).await;
    storage.pod("db", "data").await;
    storage.wait_until_running("db").await;
    let volume = storage.wait_until_bound("data").await;
    let parameters = DeleteParams::default();
    storage.claims.delete("data", &parameters).await.unwrap();
    let claim = storage.claims.get("data").await.unwrap();
    assert!(claim.metadata.deletion_timestamp.is_some());
    storage.pods.delete("db", &parameters).await.unwrap();
    wait_until("no claim and no volume", || async {
        storage.claims.get_opt("data").await.unwrap().is_none()
            && storage.volumes.get_opt(&volume).await.unwrap().is_none()
    })
    .await;
}

#[tokio::test]
async fn a_retained_volume_is_released() {
    let storage = Storage::new(&Sandbox::new());
    storage
        .class("keep", json!({"reclaimPolicy": "Retain"}))
        .await;
    storage.claim("data", Some("keep")).await;
    let volume = storage.wait_until_bound("data").await;
    let parameters = DeleteParams::default();
    storage.claims.delete("data", &parameters).await.unwrap();
    wait_until("released", || async {
        let volume = storage.volumes.get(&volume).await.unwrap();
        volume.status.unwrap().phase.as_deref() == Some("Released")
    })
    .await;
}

#[tokio::test]
async fn a_claim_without_a_class_takes_the_smallest_volume_that_fits() {
    let storage = Storage::new(&Sandbox::new());
    storage.claim("data", Some("")).await;
    let message = "no persistent volumes available for this claim and no storage class is set";
    storage
        .wait_for_event("data", ("Normal", "FailedBinding", message))
        .await;
    for (name, size) in [("tiny", "500Mi"), ("large", "10Gi")] {
        let volume = object(json!({
            "metadata": {"name": name},
            "spec": {"capacity": {"storage": size}, "accessModes": ["ReadWriteOnce"],
                "hostPath": {"path": "/data"}},
        }));
        storage
            .volumes
            .create(&PostParams::default(), &volume)
            .await
            .unwrap();
    }
    assert_eq!(storage.wait_until_bound("data").await, "large");
}
