//! A remote leaves: only the planned objects are kept, and the remote can join again.

use crate::{
    fixture::{namespace, reference},
    join::join_by_script,
    pair::{Pair, RBAC},
};
use mesh::{
    Error, MemberSpec,
    facts::{Access, IstioGeneration},
    istio::{self, reader::ReaderNames},
    join::{JoinSpec, names},
    leave::{self, LeaveReport, Plan},
    step::{Action, KeepReason, Side},
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

const READER: &str = "istio-reader-service-account";

async fn leaves(pair: &Pair, spec: &MemberSpec) -> (Plan, LeaveReport) {
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let plan = leave::plan(east, west, spec).await.unwrap();
    let stop = CancellationToken::new();
    match leave::leave(east, west, &plan, &stop, &|_| {}).await {
        Ok(left) => (plan, left),
        Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
    }
}

async fn leaves_and_joins_again(pair: &Pair, generation: IstioGeneration) {
    let wanted = JoinSpec {
        network: Some("network2".into()),
        ..pair.wanted(generation)
    };
    let (joined, _) = pair.join(&wanted).await;
    let (plan, left) = leaves(pair, &pair.member(generation, "west")).await;
    assert_eq!(left.check.left, [], "nothing is left");
    let shared = |(_, object, kept): &(Side, _, KeepReason)| {
        let object: &cluster::ObjectRef = object;
        object.kind == "Namespace" && *kept == KeepReason::Shared
    };
    assert_eq!(left.check.kept.len(), 2, "{:?}", left.check.kept);
    assert!(left.check.kept.iter().all(shared));
    assert_eq!(left.token_is_refused, Some(Ok(true)));
    for step in &plan.steps {
        let side = match step.side {
            Side::Primary => &pair.east,
            Side::Remote => &pair.west,
        };
        let live = side.cluster.get(&step.object).await.unwrap();
        assert_eq!(
            live.is_some(),
            step.object.kind == "Namespace",
            "{}",
            step.object
        );
    }
    let home = names::namespace_ref(&pair.namespace);
    let home = pair.west.cluster.get(&home).await.unwrap().unwrap();
    assert_eq!(
        (
            home.annotation(istio::CONTROL_PLANE_CLUSTERS_ANNOTATION),
            home.label(istio::NETWORK_LABEL)
        ),
        (None, None)
    );

    let (east, west) = (&pair.east.user(), &pair.west.user());
    let again = leave::plan(east, west, &pair.member(generation, "west")).await;
    assert!(matches!(again, Err(Error::NotJoined { .. })), "{again:?}");
    let (again, _) = pair.join(&wanted).await;
    assert!(matches!(again.access, Ok(Access::Accepted { .. })));
    assert_eq!(again.secret, joined.secret);
    assert!(pair.plan(&wanted).await.is_done());
}

pub(crate) async fn istio_1_0_leaves_and_joins_again(pair: &Pair) {
    leaves_and_joins_again(pair, IstioGeneration::Mixer).await;
}

pub(crate) async fn istiod_leaves_and_joins_again(pair: &Pair) {
    leaves_and_joins_again(pair, IstioGeneration::Istiod).await;
}

pub(crate) async fn a_join_of_a_script_leaves_after_its_plan(pair: &Pair) {
    join_by_script(pair).await;
    let spec = pair.member(IstioGeneration::Mixer, "remote1");
    let (plan, left) = leaves(pair, &spec).await;
    let owners = plan.steps.iter().filter(|step| match &step.action {
        Action::Remove { owner } => matches!(owner, mesh::facts::Owner::Manager(_)),
        _ => false,
    });
    assert_eq!(owners.count(), 4, "{:#?}", plan.steps);
    assert_eq!(left.check.left, []);
    assert_eq!(left.token_is_refused, Some(Ok(true)));
}

pub(crate) async fn objects_of_a_chart_and_shared_objects_stay(pair: &Pair) {
    let ns = &pair.namespace;
    let west = &pair.west;
    west.apply_as("helm", namespace(ns, &json!({}), &json!({})))
        .await;
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {
        "name": READER, "namespace": ns, "labels": {"app.kubernetes.io/managed-by": "Helm"},
        "annotations": {"meta.helm.sh/release-name": "istio-base",
                        "meta.helm.sh/release-namespace": ns}}});
    west.apply_as("helm", account).await;
    let wanted = pair.wanted(IstioGeneration::Istiod);
    let (joined, _) = pair.join(&wanted).await;
    let role = ReaderNames::of(ns, READER).role;
    let other = json!({"apiVersion": RBAC, "kind": "RoleBinding",
        "metadata": {"name": "uses-it-too", "namespace": ns},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": "somebody", "namespace": ns}]});
    west.apply_as("somebody", other).await;
    let (_, left) = leaves(pair, &pair.member(IstioGeneration::Istiod, "west")).await;
    assert_eq!(left.check.left, []);
    let kept = |kind: &str| {
        let mut all = left.check.kept.iter();
        all.find(|(_, object, _)| object.kind == kind)
            .map(|(_, _, kept)| kept.clone())
    };
    let release = KeepReason::OfRelease("istio-base".into(), ns.clone());
    assert_eq!(kept("ServiceAccount"), Some(release));
    assert_eq!(kept("ClusterRole"), Some(KeepReason::Shared));
    assert_eq!(
        left.token_is_refused,
        Some(Ok(true)),
        "its token is gone all the same"
    );
    let account = ReaderNames::of(ns, READER).account_ref();
    let live = west.cluster.get(&account).await.unwrap().unwrap();
    assert_eq!(live.label(names::JOIN_LABEL), None);
    assert_eq!(
        live.annotation("meta.helm.sh/release-name"),
        Some("istio-base")
    );
    assert!(west.cluster.get(&joined.token).await.unwrap().is_none());
}

pub(crate) async fn objects_of_another_control_plane_stay(pair: &Pair) {
    let wanted = pair.wanted(IstioGeneration::Istiod);
    let (joined, _) = pair.join(&wanted).await;
    let home = names::namespace_ref(&pair.namespace);
    let marks = cluster::MetadataPatch {
        labels: Vec::new(),
        annotations: vec![(
            istio::CONTROL_PLANE_CLUSTERS_ANNOTATION.into(),
            Some("east,north".into()),
        )],
    };
    pair.west
        .cluster
        .patch_metadata(&home, &marks, None)
        .await
        .unwrap();
    let (_, left) = leaves(pair, &pair.member(IstioGeneration::Istiod, "west")).await;
    assert_eq!(left.check.left, []);
    let others = KeepReason::LedByOthers(vec!["north".into()]);
    let kept = left.check.kept.iter().filter(|(.., kept)| *kept == others);
    assert_eq!(kept.count(), 3, "account, role and binding");
    assert!(
        pair.west
            .cluster
            .get(&joined.token)
            .await
            .unwrap()
            .is_none()
    );
    let live = pair.west.cluster.get(&home).await.unwrap().unwrap();
    assert_eq!(
        live.annotation(istio::CONTROL_PLANE_CLUSTERS_ANNOTATION),
        Some("north")
    );
}

pub(crate) async fn a_secret_with_several_keys_loses_one(pair: &Pair) {
    let (joined, _) = pair.join(&pair.wanted(IstioGeneration::Istiod)).await;
    let other = json!({"apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": joined.secret.name, "namespace": pair.namespace},
        "stringData": {"south": "apiVersion: v1"}});
    pair.east.apply_as("somebody", other).await;
    let (_, left) = leaves(pair, &pair.member(IstioGeneration::Istiod, "west")).await;
    assert_eq!(left.check.left, []);
    let live = pair
        .east
        .cluster
        .get(&joined.secret)
        .await
        .unwrap()
        .unwrap();
    let keys: Vec<&String> = live.value()["data"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["south"]);
}

pub(crate) async fn an_unreachable_remote_leaves_the_primary(pair: &Pair) {
    let (joined, _) = pair.join(&pair.wanted(IstioGeneration::Istiod)).await;
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let plan =
        leave::plan_without_remote(east, &pair.member(IstioGeneration::Istiod, "west")).await;
    let plan = plan.unwrap();
    let stop = CancellationToken::new();
    let left = leave::leave(east, west, &plan, &stop, &|_| {})
        .await
        .unwrap();
    assert_eq!(left.check.left, []);
    assert_eq!(left.token_is_refused, None);
    assert!(east.get(&joined.secret).await.unwrap().is_none());
    let account = reference("v1", "ServiceAccount", Some(&pair.namespace), READER);
    assert!(
        west.get(&account).await.unwrap().is_some(),
        "the remote was not touched"
    );
}
