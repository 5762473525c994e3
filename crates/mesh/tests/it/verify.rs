//! Verifies a mesh through port-forwards: the answers of control plane and product page, compared with
//! the remote's own pods.

use crate::fixture::{SYSTEM, TestMesh};
use bytes::Bytes;
use cluster::{AddressPolicy, Identity, Kind};
use jiff::Timestamp;
use mesh::{
    facts::{Access, IstioGeneration},
    gather::ShardQuery,
    verify::{self, Diagnosis, SyncState, Timeouts, VerifyReport, VerifyRequest, verify},
};
use sandbox::Sandbox;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use wire::{ClusterId, check::CheckCode};

/// What the pods of east answer; changed while they run.
#[derive(Clone)]
struct ControlPlanes {
    clusters: Arc<Mutex<Value>>,
    shards: Arc<Mutex<Value>>,
    page: Arc<Mutex<(u16, &'static str)>>,
}

const WHOLE: (u16, &str) = (200, "<h4>Book Details</h4>");
const BROKEN: (u16, &str) = (503, "<h3>Error fetching product details!</h3>");

fn answer(status: u16, body: String) -> http::Response<Bytes> {
    let answer = http::Response::builder().status(status);
    answer.body(Bytes::from(body)).unwrap()
}

impl ControlPlanes {
    fn new() -> Self {
        Self {
            clusters: Arc::new(Mutex::new(json!([]))),
            shards: Arc::new(Mutex::new(json!({}))),
            page: Arc::new(Mutex::new(BROKEN)),
        }
    }

    fn run_in(&self, sandbox: &Sandbox) {
        let all = self.clone();
        sandbox.add_program("istio/pilot", 8080, move |request| {
            match request.uri().path() {
                "/debug/clusterz" => answer(200, all.clusters.lock().unwrap().to_string()),
                "/debug/endpointShardz" => answer(200, all.shards.lock().unwrap().to_string()),
                "/debug/syncz" => answer(200, "[]".to_owned()),
                _ => answer(404, String::new()),
            }
        });
        let all = self.clone();
        sandbox.add_program("bookinfo/productpage", 9080, move |request| {
            let (status, text) = *all.page.lock().unwrap();
            match request.uri().path() {
                "/productpage" => answer(200, text.to_owned()),
                _ => answer(status, "{}".to_owned()),
            }
        });
    }

    fn follow(&self, state: &str) {
        *self.clusters.lock().unwrap() = json!([
            {"id": "east", "syncStatus": "synced"},
            {"id": "west", "secretName": "istio-system/istio-remote-secret-west",
             "syncStatus": state}]);
    }

    fn register(&self, address: &str) {
        *self.shards.lock().unwrap() = json!({"details.bookinfo.svc.cluster.local": {
            "bookinfo": {"Shards": {"Kubernetes/west": [{"Addresses": [address]}]}}}});
    }
}

async fn verified(mesh: &TestMesh) -> VerifyReport {
    let west = mesh.west.user();
    let remotes: [(_, &dyn Identity); 1] = [(ClusterId::new("west").unwrap(), &west)];
    let request = VerifyRequest {
        primary: &mesh.east.user(),
        remotes: &remotes,
        generation: IstioGeneration::Istiod,
        namespace: SYSTEM,
        sample: Some("bookinfo"),
        policy: AddressPolicy::WithLoopback,
        timeouts: Timeouts::default(),
        shards: ShardQuery::Now,
        now: Timestamp::now,
    };
    verify(&request).await
}

async fn details_address(mesh: &TestMesh) -> String {
    let pods = mesh
        .west
        .cluster
        .list_objects(Kind::POD, Some("bookinfo"), "app=details");
    pods.await.unwrap()[0].text("/status/podIP").to_owned()
}

#[tokio::test]
async fn a_mesh_is_verified_part_by_part() {
    let answers = ControlPlanes::new();
    let mut mesh = TestMesh::bare(sandbox_istio::control_plane(), sandbox_istio::remote()).await;
    answers.run_in(mesh.east.sandbox());
    mesh.join().await;
    answers.follow("syncing");

    let verdict = verified(&mesh).await;
    let west = &verdict.remotes[0];
    assert!(
        matches!(&west.sync, Ok(SyncState::NotSynced(reason)) if reason.contains("syncing for west"))
    );
    assert!(matches!(west.access, Ok(Access::Accepted { .. })));
    let sample = verdict.sample.as_ref().unwrap();
    assert_eq!(
        sample.diagnosis,
        Diagnosis::NotRegistered,
        "{:?}",
        sample.observations
    );
    let details = &sample.services[1];
    let places: Vec<(&str, Result<bool, _>, usize)> = details
        .clusters
        .iter()
        .map(|part| {
            let workloads = part.workloads.as_ref().unwrap().len();
            (part.cluster.as_str(), part.service.clone(), workloads)
        })
        .collect();
    assert_eq!(places, [("east", Ok(true), 0), ("west", Ok(true), 1)]);
    assert!(!verdict.is_healthy());

    answers.follow("synced");
    answers.register(&details_address(&mesh).await);
    let verdict = verified(&mesh).await;
    assert_eq!(verdict.remotes[0].sync, Ok(SyncState::Synced));
    assert_eq!(verdict.remotes[0].registered.as_ref().unwrap().len(), 1);
    let sample = verdict.sample.as_ref().unwrap();
    assert_eq!(
        sample.diagnosis,
        Diagnosis::Settling,
        "everything stands for a moment only"
    );

    *answers.page.lock().unwrap() = WHOLE;
    let verdict = verified(&mesh).await;
    assert_eq!(
        verdict.sample.as_ref().unwrap().diagnosis,
        Diagnosis::Joined
    );
    assert!(verdict.is_healthy());
    // The doctor says the same.
    for code in [CheckCode::ClusterSynced, CheckCode::ProductPage] {
        let check = mesh.check(code).await;
        assert_eq!(check.status, wire::check::CheckStatus::Passed, "{check:#?}");
    }

    // A stored token that is refused is seen although the control plane says synced.
    let how = cluster::Propagation::Background;
    let token = mesh::join::names::secret_ref(SYSTEM, "istio-reader-token");
    let text = mesh.west.token().await;
    mesh.west.cluster.delete(&token, how).await.unwrap();
    mesh.west.refuses(&text).await;
    let verdict = verified(&mesh).await;
    assert!(matches!(verdict.remotes[0].access, Ok(Access::Rejected(_))));
    assert!(!verdict.is_healthy());

    // What cannot be had says why, and the rest stands.
    mesh.west.end();
    let verdict = verified(&mesh).await;
    assert!(verdict.remotes[0].registered.is_err());
    assert_eq!(verdict.remotes[0].sync, Ok(SyncState::Synced));
    assert_eq!(verdict.sample.unwrap().answer.status, Ok(200));
}

#[tokio::test]
async fn a_service_that_the_caller_lacks_is_named() {
    let answers = ControlPlanes::new();
    let mesh = TestMesh::bare(sandbox_istio::control_plane(), sandbox_istio::remote()).await;
    answers.run_in(mesh.east.sandbox());
    mesh.join().await;
    answers.follow("synced");
    answers.register(&details_address(&mesh).await);
    *answers.page.lock().unwrap() = (500, BROKEN.1);
    mesh.east
        .delete("v1", "Service", Some("bookinfo"), "details")
        .await;
    let verdict = verified(&mesh).await;
    assert_eq!(verdict.sample.unwrap().diagnosis, Diagnosis::ServiceMissing);
    let check = mesh.check(CheckCode::ProductPage).await;
    assert_eq!(
        check.remedies,
        [wire::check::Remedy::CreateService],
        "{check:#?}"
    );
}

#[tokio::test]
async fn a_control_plane_that_does_not_answer_leaves_its_reason() {
    let mesh = TestMesh::bare(sandbox_istio::control_plane(), sandbox_istio::remote()).await;
    for image in ["istio/pilot", "bookinfo/productpage"] {
        let silent = |_| answer(404, String::new());
        mesh.east.sandbox().add_program(image, 1, silent);
    }
    mesh.join().await;
    let verdict = verified(&mesh).await;
    let silent = verdict.remotes[0].sync.as_ref().unwrap_err();
    assert!(
        silent
            .reason
            .contains("no answer from Pod istio-system/istiod"),
        "{silent}"
    );
    let sample = verdict.sample.unwrap();
    assert!(
        matches!(sample.diagnosis, Diagnosis::PageUnreachable(_)),
        "{:?}",
        sample.diagnosis
    );
    let answer: &verify::ProductAnswer = &sample.answer;
    assert_eq!(answer.sidecar, Ok(true));
}
