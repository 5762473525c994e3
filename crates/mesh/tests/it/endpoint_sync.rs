//! The endpoints of a remote at each istiod: one that is blind, and rotations that keep the old token.

use crate::{
    fixture::{SYSTEM, TestCluster, injected},
    pair::{Pair, data},
    two_sandboxes::{TIMING, furnish_with, pair},
};
use cluster::{Kind, Object};
use jiff::Timestamp;
use mesh::{
    Error, Event,
    endpoint_sync::{
        ObserveRequest, Proof, ProofRequest, observe, proof::ProofTiming, prove_member,
    },
    facts::{EndpointReport, IstioGeneration},
    gather::Timeouts,
    rotate::{self, Note, Timing, restore},
};
use serde_json::{Value, json};
use std::{sync::Mutex, time::Duration};
use tokio_util::sync::CancellationToken;
use wire::ClusterId;

const GENERATION: IstioGeneration = IstioGeneration::Istiod;

/// Two clusters that are joined, with two pods of istiod of this version, and details in the remote.
async fn joined(version: &str) -> Pair {
    let pair = pair().await;
    let mut control = sandbox_istio::istiod("east", "");
    let deployment = control
        .iter_mut()
        .find(|object| object["kind"] == "Deployment");
    let deployment = deployment.unwrap();
    deployment["spec"]["replicas"] = json!(2);
    let image = &mut deployment["spec"]["template"]["spec"]["containers"][0]["image"];
    *image = json!(format!("docker.io/istio/pilot:{version}"));
    furnish_with(&pair, control).await;
    pair.west.settle(vec![injected("details", "west")]).await;
    pair.join(&pair.wanted(GENERATION)).await;
    until(&pair, |reports| missing(reports).is_empty()).await;
    pair
}

async fn observed(pair: &Pair) -> Vec<EndpointReport> {
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let request = ObserveRequest {
        primary: east,
        namespace: SYSTEM,
        remote: west,
        id: &ClusterId::new("west").unwrap(),
        timeouts: Timeouts::default(),
        now: Timestamp::now,
    };
    observe(&request).await.unwrap()
}

/// Reads until two istiods answer and the reports are as wanted.
async fn until(pair: &Pair, is_wanted: impl Fn(&[EndpointReport]) -> bool) -> Vec<EndpointReport> {
    let mut last = Vec::new();
    for _ in 0..150 {
        last = observed(pair).await;
        if last.len() == 2 && last.iter().all(|report| report.services.is_ok()) && is_wanted(&last)
        {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{last:#?}");
}

/// Each Service that lacks endpoints, with the pod of the istiod.
fn missing(reports: &[EndpointReport]) -> Vec<String> {
    let each = reports.iter().flat_map(|report| {
        let services = report.services.as_ref().unwrap().iter();
        let lacking = services.filter(|service| !service.missing.is_empty());
        lacking.map(|service| format!("{}: {}/{}", report.pod, service.namespace, service.name))
    });
    each.collect()
}

/// Requests that these pods of istiod lose their endpoints; none ends the fault.
async fn lose_endpoints(east: &TestCluster, pods: Option<&str>) {
    let mut faults = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "sandbox-faults", "namespace": "kube-system"},
    });
    if let Some(pods) = pods {
        faults["data"] = json!({"lose-endpoints": pods});
    }
    east.apply(faults).await;
}

#[tokio::test]
async fn one_blind_istiod_of_two_is_found_and_named() {
    let pair = joined("1.30.5").await;
    let reports = observed(&pair).await;
    for report in &reports {
        let totals = report.totals().unwrap();
        assert!(
            totals.ready > 0 && totals.ready == totals.registered,
            "{totals:?}"
        );
    }
    let (blind, other) = (&reports[0].pod, &reports[1].pod);
    lose_endpoints(&pair.east, Some(blind)).await;
    let reports = until(&pair, |reports| !missing(reports).is_empty()).await;
    let missing = missing(&reports);
    assert!(
        missing.contains(&format!("{blind}: bookinfo/details")),
        "{missing:?}"
    );
    assert!(
        !missing.iter().any(|line| line.starts_with(other)),
        "{missing:?}"
    );
    let blind = reports.iter().find(|report| report.pod == *blind).unwrap();
    assert_eq!(blind.totals().unwrap().registered, 0);
}

async fn rotated(
    pair: &Pair,
    timing: &Timing,
) -> (rotate::Plan, Result<rotate::RotateReport, Error>) {
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let spec = pair.member(GENERATION, "west");
    let plan = rotate::plan(east, west, &spec).await.unwrap();
    let stop = CancellationToken::new();
    let outcome = rotate::rotate(east, west, &plan, timing, &stop, &|_| {}).await;
    (plan, outcome)
}

async fn remote_secret(pair: &Pair, plan: &rotate::Plan) -> Object {
    pair.east.cluster.get(&plan.secret).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_rotation_counts_the_endpoints_before_and_after() {
    let pair = joined("1.30.5").await;
    let (plan, outcome) = rotated(&pair, &TIMING).await;
    assert!(
        plan.notes.contains(&Note::NoGap("1.30.5".to_owned())),
        "{:?}",
        plan.notes
    );
    let rotated = outcome.unwrap();
    let (before, after) = (rotated.before.unwrap(), rotated.after.unwrap());
    assert_eq!((before.len(), after.len()), (2, 2));
    assert!(
        after
            .iter()
            .all(|at| at.ready > 0 && at.registered == at.ready),
        "{after:?}"
    );
    assert_eq!(rotated.old_is_refused, Some(Ok(true)));
}

#[tokio::test]
async fn while_endpoints_are_missing_the_old_token_is_kept_and_can_be_restored() {
    let pair = joined("1.30.5").await;
    lose_endpoints(&pair.east, Some("*")).await;
    let timing = Timing {
        proof: ProofTiming {
            timeout: Duration::from_secs(2),
            ..TIMING.proof
        },
        ..TIMING
    };
    let tokens = token_secrets(&pair).await;
    let old = pair.stored_token().await;
    let (plan, outcome) = rotated(&pair, &timing).await;
    let error = outcome.expect_err("no istiod has the endpoints");
    let Error::EndpointsMissing { name, reason, .. } = &error else {
        panic!("{error:?}");
    };
    assert!(
        name == "west" && reason.contains("Service bookinfo/details"),
        "{error}"
    );
    assert_eq!(
        token_secrets(&pair).await.len(),
        tokens.len() + 1,
        "the old token is kept"
    );
    assert_ne!(pair.stored_token().await, old);

    let (east, west) = (&pair.east.user(), &pair.west.user());
    let spec = pair.member(GENERATION, "west");
    let back = restore::plan(east, west, &spec).await.unwrap();
    assert!(
        !format!("{back:?}").contains(&old),
        "no token stands in a plan"
    );
    lose_endpoints(&pair.east, None).await;
    let stop = CancellationToken::new();
    let restored = restore::restore(east, west, &back, &TIMING, &stop, &|_| {})
        .await
        .unwrap();
    assert!(restored.after.is_some());
    assert_eq!(pair.stored_token().await, old);
    assert_eq!(
        token_secrets(&pair).await,
        tokens,
        "the token of the rotation is deleted"
    );
    let live = remote_secret(&pair, &plan).await;
    assert!(!data(&live, "west").is_empty());
    let refused = restore::plan(east, west, &spec)
        .await
        .expect_err("no other token");
    assert!(matches!(refused, Error::NoEarlierToken { .. }), "{refused}");
}

#[tokio::test]
async fn an_istiod_that_may_lose_endpoints_is_restarted_by_the_rotation() {
    let pair = joined("1.30.2").await;
    let before = istiods(&pair).await;
    let (plan, outcome) = rotated(&pair, &TIMING).await;
    let note = Note::LosesEndpoints("1.30.2".to_owned());
    assert!(plan.notes.contains(&note), "{:?}", plan.notes);
    let rotated = outcome.unwrap();
    assert_eq!(rotated.old_is_refused, Some(Ok(true)));
    let after = istiods(&pair).await;
    assert!(
        before.iter().all(|pod| !after.contains(pod)),
        "{before:?} {after:?}"
    );
}

/// The pods of istiod that are not being deleted.
async fn istiods(pair: &Pair) -> Vec<String> {
    let pods = pair
        .east
        .cluster
        .list_objects(Kind::POD, Some(SYSTEM), "app=istiod");
    let pods = pods.await.unwrap().into_iter();
    let live = pods.filter(|pod| pod.value()["metadata"]["deletionTimestamp"] == Value::Null);
    live.map(|pod| pod.name().to_owned()).collect()
}

/// The token Secrets of the remote.
async fn token_secrets(pair: &Pair) -> Vec<String> {
    let secrets = pair
        .west
        .cluster
        .list_objects(Kind::SECRET, Some(SYSTEM), "");
    let secrets = secrets.await.unwrap().into_iter();
    let tokens =
        secrets.filter(|secret| secret.text("/type") == "kubernetes.io/service-account-token");
    let mut names: Vec<String> = tokens.map(|secret| secret.name().to_owned()).collect();
    names.sort();
    names
}

impl Pair {
    /// The token in the remote Secret.
    async fn stored_token(&self) -> String {
        let secret = self.secret("istio-remote-secret-west");
        let (_, credentials) = self.stored(&secret, "west").await;
        let cluster::AuthInfo::Token(token) = credentials.auth_info else {
            panic!("no token");
        };
        token.reveal().clone()
    }
}

/// The proof of the remote after a change, with the last note of its progress.
async fn proven(pair: &Pair, timeout: Duration) -> (Result<Proof, Error>, String) {
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let spec = pair.member(GENERATION, "west");
    let istiod = Kind::DEPLOYMENT.object(Some(SYSTEM), "istiod");
    let request = ProofRequest {
        primary: east,
        remote: west,
        spec: &spec,
        istiod: &istiod,
        timing: ProofTiming {
            timeout,
            ..TIMING.proof
        },
        now: Timestamp::now,
    };
    let notes = Mutex::new(String::new());
    let on_event = |event| {
        if let Event::Status(objects, _) = event {
            let (_, readiness) = objects.into_iter().next().unwrap();
            *notes.lock().unwrap() = format!("{readiness:?}");
        }
    };
    let proof = prove_member(&request, &CancellationToken::new(), &on_event).await;
    (proof, notes.into_inner().unwrap())
}

#[tokio::test]
async fn a_member_is_proven_and_a_blind_istiod_fails_the_proof() {
    let pair = joined("1.30.5").await;
    let (proof, _) = proven(&pair, Duration::from_secs(20)).await;
    let Ok(Proof::Complete(instances)) = &proof else {
        panic!("{proof:?}");
    };
    assert_eq!(instances.len(), 2, "each istiod: {instances:?}");
    assert!(
        instances
            .iter()
            .all(|at| at.ready > 0 && at.registered == at.ready)
    );
    lose_endpoints(&pair.east, Some("*")).await;
    let (refused, _) = proven(&pair, Duration::from_secs(2)).await;
    let Err(Error::EndpointsMissing { name, reason, .. }) = &refused else {
        panic!("{refused:?}");
    };
    assert!(name == "west" && reason.contains("Service bookinfo/details"));
}

#[tokio::test]
async fn a_proof_is_skipped_with_its_reason_where_nothing_is_meshed() {
    let pair = pair().await;
    furnish_with(&pair, sandbox_istio::istiod("east", "")).await;
    let (proof, note) = proven(&pair, Duration::from_secs(20)).await;
    assert!(matches!(proof, Ok(Proof::NotJoined)), "{proof:?}");
    assert!(note.contains("skipped: west has not joined"), "{note}");
    pair.join(&pair.wanted(GENERATION)).await;
    let (proof, note) = proven(&pair, Duration::from_secs(20)).await;
    assert!(matches!(proof, Ok(Proof::NothingMeshed)), "{proof:?}");
    assert!(
        note.contains("skipped: no pod of west has a sidecar"),
        "{note}"
    );
}
