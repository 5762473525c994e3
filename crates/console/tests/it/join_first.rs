//! The other order of current Istio: a remote joins, and its charts take over what the join made.

use crate::{
    current_istio::pair_of,
    istio_charts::IstioCharts,
    meshes::{Pair, WEST},
    support::{Operate as _, operator, succeeded},
};
use cluster::{Cluster, Kind, Object, Propagation};
use serde_json::Value;
use std::collections::BTreeMap;
use wire::{
    ClusterName,
    install::Change,
    mesh::{PlannedChange, StepKind, StepState},
};

const NAMESPACE: &str = "istio-system";
const ROLE: &str = "istio-reader-clusterrole-istio-system";

#[tokio::test(flavor = "multi_thread")]
async fn the_charts_of_a_remote_take_over_the_objects_of_its_join() {
    let test = "the_charts_of_a_remote_take_over_the_objects_of_its_join";
    let Some(charts) = IstioCharts::find(test) else {
        return;
    };
    let (_repositories, charts_first) = pair_of(&charts).await;
    charts_first.accept().await;
    charts_first.run_step(StepKind::ControlPlane).await;
    charts_first.run_step(StepKind::RemoteChart).await;
    charts_first.run_step(StepKind::Join).await;

    let (_others, pair) = pair_of(&charts).await;
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    joins_first(&pair).await;
    pair.run_step(StepKind::RemoteChart).await;

    let (expected, now) = (state(&charts_first).await, state(&pair).await);
    let names = |state: &BTreeMap<String, Value>| state.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&now), names(&expected));
    for (name, object) in &expected {
        assert_eq!(&now[name], object, "{name}");
    }
    the_join_is_complete(&pair).await;
    the_member_works(&pair).await;
    a_release_that_goes_leaves_the_reader_to_the_join(&charts_first).await;
}

/// Joins before the charts, which then name what they take over.
async fn joins_first(pair: &Pair) {
    let ann = operator();
    let join = pair.step(StepKind::Join).await;
    assert_eq!((&join.state, join.may_precede), (&StepState::Pending, true));
    let job = pair.console.run_step(&ann, &join.step).await;
    succeeded(&pair.console, &job.unwrap()).await;
    assert_eq!(pair.step(StepKind::Join).await.state, StepState::Done);

    let chart = pair.step(StepKind::RemoteChart).await;
    let plan = pair.console.plan_step(&ann, &chart.step).await.unwrap();
    assert_eq!(plan.problem, None);
    let review = plan.install.unwrap().review.unwrap();
    assert_eq!(review.counts.adopted, 3, "{:?}", review.counts);
    let objects = review.parts.iter().flat_map(|part| &part.objects);
    let adopted = objects.filter(|object| object.change == Change::Adopt);
    let kinds: Vec<&str> = adopted.map(|object| object.object.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["ServiceAccount", "ClusterRole", "ClusterRoleBinding"]
    );
}

/// The plan of the join has nothing to do.
async fn the_join_is_complete(pair: &Pair) {
    let join = pair.step(StepKind::Join).await;
    let plan = pair.console.plan_step(&operator(), &join.step).await;
    let plan = plan.unwrap();
    let mut objects = plan.objects.iter();
    let is_kept = objects.all(|object| object.change == PlannedChange::Keep);
    assert!(is_kept, "{:#?}", plan.objects);
}

/// An update of addresses, a rotation and a leave after the take-over.
async fn the_member_works(pair: &Pair) {
    let (ann, west) = (operator(), ClusterName::new(WEST).unwrap());
    let console = &pair.console;
    let gateway = Kind::SERVICE.object(Some(NAMESPACE), "istio-eastwestgateway");
    let deleted = pair.east().delete(&gateway, Propagation::Background).await;
    deleted.unwrap();
    let job = console
        .update_remote_addresses(&ann, &pair.mesh, &west)
        .await;
    succeeded(console, &job.unwrap()).await;
    the_join_is_complete(pair).await;

    let job = console.rotate(&ann, &pair.mesh, &west).await.unwrap();
    succeeded(console, &job).await;
    the_join_is_complete(pair).await;

    let job = console.leave(&ann, &pair.mesh, &west).await.unwrap();
    succeeded(console, &job).await;
    let role = role(&pair.west()).await.unwrap();
    assert_eq!(role.label(release::JOIN_LABEL), None);
    assert_eq!(role.annotation("meta.helm.sh/release-name"), Some("istiod"));
}

/// The bundle is uninstalled while the remote is joined; afterwards it leaves without a trace of the reader.
async fn a_release_that_goes_leaves_the_reader_to_the_join(pair: &Pair) {
    let (ann, west) = (operator(), ClusterName::new(WEST).unwrap());
    let console = &pair.console;
    let chart = pair.step(StepKind::RemoteChart).await;
    let undo = console.plan_step_undo(&ann, &chart.step).await.unwrap();
    let job = console.start_shown(&ann, &undo.review).await.unwrap();
    succeeded(console, &job).await;
    let kept = role(&pair.west()).await.unwrap();
    assert_eq!(kept.label(release::JOIN_LABEL), Some("true"));
    assert_eq!(kept.annotation("meta.helm.sh/release-name"), None);
    assert_eq!(pair.step(StepKind::Join).await.state, StepState::Done);
    let job = console.leave(&ann, &pair.mesh, &west).await.unwrap();
    succeeded(console, &job).await;
    assert!(role(&pair.west()).await.is_none());
}

async fn role(west: &Cluster) -> Option<Object> {
    let role = Kind::CLUSTER_ROLE.object(None, ROLE);
    west.get(&role).await.unwrap()
}

/// The objects of Istio on the remote and the remote Secrets of the primary, without what differs between two
/// clusters: times, counters, certificates and tokens.
async fn state(pair: &Pair) -> BTreeMap<String, Value> {
    let (east, west) = (pair.east(), pair.west());
    let mut objects = Vec::new();
    for kind in [
        Kind::SERVICE_ACCOUNT,
        Kind::SECRET,
        Kind::SERVICE,
        Kind::CONFIG_MAP,
        Kind::new("discovery.k8s.io/v1", "EndpointSlice"),
    ] {
        let listed = west.list_objects(kind, Some(NAMESPACE), "").await;
        objects.extend(listed.unwrap());
    }
    for kind in [
        Kind::NAMESPACE,
        Kind::CLUSTER_ROLE,
        Kind::CLUSTER_ROLE_BINDING,
        Kind::CRD,
        Kind::new(
            "admissionregistration.k8s.io/v1",
            "MutatingWebhookConfiguration",
        ),
        Kind::new(
            "admissionregistration.k8s.io/v1",
            "ValidatingWebhookConfiguration",
        ),
    ] {
        objects.extend(west.list_objects(kind, None, "").await.unwrap());
    }
    let secrets = east.list_objects(Kind::SECRET, Some(NAMESPACE), "istio/multiCluster=true");
    objects.extend(secrets.await.unwrap());
    // The balancer gives its addresses in the order in which it is asked.
    let gateway = Kind::SERVICE.object(Some(NAMESPACE), "istio-eastwestgateway");
    let gateway = east.get(&gateway).await.unwrap().unwrap();
    let address = gateway.text("/status/loadBalancer/ingress/0/ip");
    let plain = |object: Object| {
        let name = object.reference().to_string();
        let text = plain(object).to_string().replace(address, "GATEWAY");
        (name, serde_json::from_str(&text).unwrap())
    };
    objects.into_iter().map(plain).collect()
}

fn plain(object: Object) -> Value {
    let mut value = object.into_value();
    let is_secret = value["kind"] == "Secret";
    let is_namespace = value["kind"] == "Namespace";
    let root = value.as_object_mut().unwrap();
    root.remove("status");
    let has_certificate = root
        .get("data")
        .is_some_and(|data| data.to_string().contains("-----BEGIN"));
    if is_secret || has_certificate {
        root.remove("data");
    }
    let metadata = root["metadata"].as_object_mut().unwrap();
    for field in [
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "generation",
        "managedFields",
    ] {
        metadata.remove(field);
    }
    if let Some(annotations) = metadata
        .get_mut("annotations")
        .and_then(Value::as_object_mut)
    {
        annotations.remove("kubernetes.io/service-account.uid");
    }
    if let Some(labels) = metadata.get_mut("labels").and_then(Value::as_object_mut) {
        labels.remove("createdAt");
        labels.remove("modifiedAt");
        if is_namespace {
            // Of what created the namespace: the join, or the first release.
            labels.remove("app.kubernetes.io/managed-by");
            labels.remove("name");
        }
    }
    let webhooks = root.get_mut("webhooks").and_then(Value::as_array_mut);
    for webhook in webhooks.into_iter().flatten() {
        webhook["clientConfig"]["caBundle"].take();
    }
    value
}
