//! The life of a mesh of Istio 1.0 on two sandboxes, whose control plane follows remote Secrets and whose
//! product page calls through it: broken, joined, verified, rotated, drifted, left.

use crate::{
    fixture::{SYSTEM, TestCluster, deployment, injected, namespace, service, test_cluster},
    pair::{Pair, RBAC},
};
use cluster::{AddressPolicy, Identity, Kind, SystemResolver};
use jiff::Timestamp;
use mesh::{
    endpoint_sync::proof::ProofTiming,
    endpoints::{self, Component, Outcome},
    facts::IstioGeneration,
    gather::ShardQuery,
    leave, rotate,
    verify::{Diagnosis, SyncState, Timeouts, VerifyReport, VerifyRequest, verify},
};
use sandbox::Network;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use wire::ClusterId;

pub(crate) async fn pair() -> Pair {
    let network = Network::new();
    Pair {
        east: test_cluster("east", sandbox_istio::control_plane(), &network).await,
        west: test_cluster("west", sandbox_istio::remote(), &network).await,
        namespace: SYSTEM.into(),
    }
}

/// The control plane of Istio 1.0: its ServiceAccount, its role, its Deployment.
fn pilot() -> Vec<Value> {
    let named = json!({"name": "istio-pilot", "namespace": SYSTEM});
    let labels = json!({"app": "pilot", "istio": "pilot"});
    let container = json!([{"name": "discovery", "image": "docker.io/istio/pilot:1.0.0"}]);
    let mut pilot = deployment(SYSTEM, "istio-pilot", &labels, &container);
    pilot["spec"]["template"]["spec"]["serviceAccountName"] = json!("istio-pilot");
    let rule = json!({"apiGroups": [""], "verbs": ["get", "list", "watch"],
        "resources": ["services", "endpoints", "nodes", "pods", "secrets"]});
    vec![
        json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": named}),
        json!({"apiVersion": RBAC, "kind": "ClusterRole", "metadata": {"name": "istio-pilot"},
               "rules": [rule]}),
        json!({"apiVersion": RBAC, "kind": "ClusterRoleBinding",
               "metadata": {"name": "istio-pilot"},
               "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                           "name": "istio-pilot"},
               "subjects": [{"kind": "ServiceAccount", "name": "istio-pilot",
                             "namespace": SYSTEM}]}),
        pilot,
    ]
}

fn details_service() -> Value {
    service("bookinfo", "details", 9080, &json!({"app": "details"}))
}

async fn furnish(pair: &Pair, generation: IstioGeneration) {
    furnish_with(
        pair,
        match generation {
            IstioGeneration::Mixer => pilot(),
            IstioGeneration::Istiod => sandbox_istio::istiod("east", ""),
        },
    )
    .await;
}

/// The namespaces, the control plane in the primary, and the sample but its details.
pub(crate) async fn furnish_with(pair: &Pair, control: Vec<Value>) {
    for side in [&pair.east, &pair.west] {
        side.apply(namespace(SYSTEM, &json!({}), &json!({}))).await;
        side.apply(namespace("bookinfo", &json!({}), &json!({})))
            .await;
        side.apply(details_service()).await;
    }
    // Its webhook would call a pod that does not run yet.
    let control = control.into_iter();
    let control = control.filter(|object| object["kind"] != "MutatingWebhookConfiguration");
    pair.east.settle(control.collect()).await;
    pair.east
        .settle(vec![injected("productpage", "east")])
        .await;
}

async fn verified(pair: &Pair, generation: IstioGeneration) -> VerifyReport {
    let west = pair.west.user();
    let remotes: [(_, &dyn Identity); 1] = [(ClusterId::new("west").unwrap(), &west)];
    let question = VerifyRequest {
        primary: &pair.east.user(),
        remotes: &remotes,
        generation,
        namespace: SYSTEM,
        sample: Some("bookinfo"),
        policy: AddressPolicy::WithLoopback,
        timeouts: Timeouts::default(),
        shards: ShardQuery::Now,
        now: Timestamp::now,
    };
    verify(&question).await
}

/// Verifies until that is the diagnosis.
async fn until(pair: &Pair, generation: IstioGeneration, wanted: &Diagnosis) -> VerifyReport {
    let mut last = None;
    for _ in 0..150 {
        let verdict = verified(pair, generation).await;
        let sample = verdict.sample.as_ref().unwrap();
        // The page is asked beside the control plane: it may be whole a moment before that is seen.
        let whole = *wanted != Diagnosis::Joined || verdict.is_healthy();
        if sample.diagnosis == *wanted && whole {
            return verdict;
        }
        last = Some(sample.clone());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not {wanted:?}: {last:#?}");
}

async fn procedure(generation: IstioGeneration) {
    let pair = pair().await;
    furnish(&pair, generation).await;
    let verdict = until(&pair, generation, &Diagnosis::WorkloadMissing).await;
    assert_eq!(verdict.sample.unwrap().answer.status, Ok(503));
    pair.west.settle(vec![injected("details", "west")]).await;
    let verdict = until(&pair, generation, &Diagnosis::NotRegistered).await;
    assert!(matches!(
        verdict.remotes[0].sync,
        Ok(SyncState::NotSynced(_))
    ));

    let wanted = pair.wanted(generation);
    pair.join(&wanted).await;
    let verdict = until(&pair, generation, &Diagnosis::Joined).await;
    let west = &verdict.remotes[0];
    assert_eq!(west.sync, Ok(SyncState::Synced));
    let registered = west.registered.as_ref().unwrap();
    assert_eq!(registered[0].host, "details.bookinfo.svc.cluster.local");
    let details = &verdict.sample.as_ref().unwrap().services[1];
    assert_eq!(
        (details.name.as_str(), details.registered.clone()),
        ("details", Ok(true))
    );
    let endpoint = &details.clusters[1].endpoints.as_ref().unwrap()[0];
    assert_eq!(endpoint.registered, Ok(true));
    let registry = match generation {
        IstioGeneration::Mixer => "Pilot",
        IstioGeneration::Istiod => "istiod",
    };
    assert_eq!(verdict.view().registry.name(), registry);

    rotates(&pair, generation).await;
    until(&pair, generation, &Diagnosis::Joined).await;

    leaves(&pair, generation).await;
    let verdict = until(&pair, generation, &Diagnosis::NotRegistered).await;
    assert!(verdict.remotes[0].access.is_err(), "nothing is stored");
    pair.join(&wanted).await;
    until(&pair, generation, &Diagnosis::Joined).await;
}

/// The proof of a rotation, in less time than outside of tests.
pub(crate) const TIMING: rotate::Timing = rotate::Timing {
    sync_timeout: Duration::from_secs(20),
    proof: ProofTiming {
        interval: Duration::from_secs(1),
        timeout: Duration::from_secs(20),
    },
    clock: Timestamp::now,
};

async fn rotates(pair: &Pair, generation: IstioGeneration) {
    let spec = pair.member(generation, "west");
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let plan = rotate::plan(east, west, &spec).await.unwrap();
    let stop = CancellationToken::new();
    let rotated = rotate::rotate(east, west, &plan, &TIMING, &stop, &|_| {})
        .await
        .unwrap();
    assert_eq!(rotated.synced, Ok(()), "the control plane says so itself");
    assert_eq!(rotated.old_is_refused, Some(Ok(true)));
    assert_eq!(
        rotated.after.is_some(),
        generation == IstioGeneration::Istiod
    );
}

async fn leaves(pair: &Pair, generation: IstioGeneration) {
    let spec = pair.member(generation, "west");
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let plan = leave::plan(east, west, &spec).await.unwrap();
    let depends = plan.dependents.as_ref().unwrap();
    let details = depends
        .iter()
        .find(|dependent| dependent.service == "details")
        .unwrap();
    assert_eq!(
        (details.primary_endpoints, details.remote_endpoints),
        (0, 1),
        "it fails without the remote"
    );
    assert_eq!(plan.injected_pods, Ok(1));
    let stop = CancellationToken::new();
    let left = leave::leave(east, west, &plan, &stop, &|_| {})
        .await
        .unwrap();
    assert_eq!(left.check.left, []);
}

#[tokio::test]
async fn istio_1_0_on_two_sandboxes() {
    Box::pin(procedure(IstioGeneration::Mixer)).await;
}

#[tokio::test]
async fn istiod_on_two_sandboxes() {
    Box::pin(procedure(IstioGeneration::Istiod)).await;
}

#[tokio::test]
async fn a_missing_service_and_a_missing_role() {
    let pair = pair().await;
    furnish(&pair, IstioGeneration::Mixer).await;
    pair.west.settle(vec![injected("details", "west")]).await;
    let wanted = pair.wanted(IstioGeneration::Mixer);
    pair.join(&wanted).await;
    until(&pair, IstioGeneration::Mixer, &Diagnosis::Joined).await;
    pair.east
        .delete("v1", "Service", Some("bookinfo"), "details")
        .await;
    let verdict = until(&pair, IstioGeneration::Mixer, &Diagnosis::ServiceMissing).await;
    assert_eq!(verdict.sample.unwrap().answer.status, Ok(500));
    pair.east.apply(details_service()).await;
    until(&pair, IstioGeneration::Mixer, &Diagnosis::Joined).await;

    // Without the role a restarted control plane reads nothing of the remote; the plan creates the role again.
    pair.west
        .delete(RBAC, "ClusterRole", None, "istio-reader")
        .await;
    restart_pilot(&pair.east).await;
    until(&pair, IstioGeneration::Mixer, &Diagnosis::NotRegistered).await;
    let plan = pair.plan(&wanted).await;
    assert!(!plan.is_done());
    let (joined, _) = pair.join(&wanted).await;
    assert_eq!(joined.missing_rights, Ok(Vec::new()));
    until(&pair, IstioGeneration::Mixer, &Diagnosis::Joined).await;
}

async fn pilot_pod(east: &TestCluster) -> cluster::Object {
    let pods = east
        .cluster
        .list_objects(Kind::POD, Some(SYSTEM), "istio=pilot")
        .await
        .unwrap();
    let ready = |pod: &&cluster::Object| pod.text("/status/phase") == "Running";
    pods.iter().find(ready).unwrap().clone()
}

async fn restart_pilot(east: &TestCluster) {
    let pod = pilot_pod(east).await;
    east.delete("v1", "Pod", Some(SYSTEM), pod.name()).await;
    east.settle(vec![pilot().pop().unwrap()]).await;
}

#[tokio::test]
async fn an_address_drifts_when_its_pod_is_replaced() {
    let pair = pair().await;
    furnish(&pair, IstioGeneration::Mixer).await;
    let east = &pair.east;
    let found = async || {
        let user = east.user();
        let (mixer, now) = (IstioGeneration::Mixer, Timestamp::now());
        let found = endpoints::discover(&user, mixer, SYSTEM, now, &SystemResolver);
        found.await.unwrap()
    };
    let first = found().await;
    let Outcome::Found(pilot) = &first[0].outcome else {
        panic!("{first:?}");
    };
    assert!(pilot.pod_ip && pilot.age.is_some());
    assert_eq!(pilot.source, pilot_pod(east).await.reference());
    assert_eq!(first[0].key, "global.remotePilotAddress");
    let values = json!({"global": {"remotePilotAddress": pilot.address}});
    assert_eq!(endpoints::drift(&values, &first), []);

    restart_pilot(east).await;
    let mut drifted = endpoints::drift(&values, &found().await);
    while drifted.iter().all(|drifted| drifted.current.is_none()) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        drifted = endpoints::drift(&values, &found().await);
    }
    assert_eq!(drifted.len(), 1, "{drifted:?}");
    assert_eq!(
        (drifted[0].component, drifted[0].used.as_str()),
        (Component::Pilot, pilot.address.as_str())
    );

    // A gateway is found before the pod, and stays.
    let gateway = json!({"istio": "ilbgateway"});
    let mut balanced = service(SYSTEM, "istio-ilbgateway", 15010, &gateway);
    balanced["spec"]["type"] = json!("LoadBalancer");
    east.settle(vec![balanced]).await;
    let now = found().await;
    let Outcome::Found(pilot) = &now[0].outcome else {
        panic!("{now:?}");
    };
    assert!(!pilot.pod_ip);
    assert_eq!(pilot.address, east.balancer_of("istio-ilbgateway").await);
    assert_eq!(pilot.others.len(), 1);
}
