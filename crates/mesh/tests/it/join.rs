//! A join on two clusters: from nothing, twice, after a script, after a chart, with what is broken.

use crate::{
    fixture::{namespace, reference},
    pair::{Pair, RBAC, data, of_kind},
};
use cluster::{Apply, Kind, Object};
use mesh::{
    Error, Event, Outcome,
    facts::{Access, IstioGeneration},
    istio::{self, reader::ReaderNames},
    join::{self, JoinSpec, Note, names},
    step::Action,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use wire::ClusterId;

const READER: &str = "istio-reader-service-account";

fn reader_of(generation: IstioGeneration) -> &'static str {
    match generation {
        IstioGeneration::Mixer => "istio-multi",
        IstioGeneration::Istiod => READER,
    }
}

async fn joins_without_existing_objects(pair: &Pair, generation: IstioGeneration) {
    let wanted = JoinSpec {
        network: Some("network2".into()),
        primary_network: Some("network1".into()),
        ..pair.wanted(generation)
    };
    let plan = pair.plan(&wanted).await;
    assert!(
        plan.notes
            .iter()
            .any(|note| matches!(note, Note::Loopback { .. }))
    );
    let (joined, events) = pair.join(&wanted).await;
    let Ok(Access::Accepted { user_info, .. }) = &joined.access else {
        panic!("{:?}", joined.access);
    };
    let reader = format!(
        "system:serviceaccount:{}:{}",
        pair.namespace,
        reader_of(generation)
    );
    assert_eq!(user_info.user, reader);
    assert_eq!(
        joined.missing_rights,
        Ok(Vec::new()),
        "all rights of the generation"
    );
    let done = events
        .iter()
        .filter(|event| matches!(event, Event::ObjectDone { .. }));
    assert_eq!(done.count(), 7);
    assert!(
        !format!("{events:?}").contains("eyJ"),
        "no event contains a token"
    );

    // The control plane reads the Secret in the format of both generations.
    let secret = pair.secret("istio-remote-secret-west");
    assert_eq!(joined.secret, secret);
    let live = pair.east.cluster.get(&secret).await.unwrap().unwrap();
    assert_eq!(live.label("istio/multiCluster"), Some("true"));
    assert_eq!(live.annotation("networking.istio.io/cluster"), Some("west"));
    let reads = pair.as_control_plane(&secret, "west").await;
    let endpoints = Kind::new("v1", "Endpoints");
    for kind in [Kind::POD, Kind::SERVICE, Kind::NODE, endpoints] {
        let listed = reads.list_objects(kind, None, "").await;
        assert!(listed.is_ok(), "{kind}: {listed:?}");
    }
    let may_read_secrets = reads.list_objects(Kind::SECRET, None, "").await.is_ok();
    assert_eq!(
        may_read_secrets,
        generation == IstioGeneration::Istiod,
        "least privilege"
    );
    let namespace = names::namespace_ref(&pair.namespace);
    let namespace = pair.west.cluster.get(&namespace).await.unwrap().unwrap();
    let labels = (
        namespace.annotation(istio::CONTROL_PLANE_CLUSTERS_ANNOTATION),
        namespace.label(istio::NETWORK_LABEL),
    );
    let expected = match generation {
        IstioGeneration::Mixer => (None, None),
        IstioGeneration::Istiod => (Some("east"), Some("network2")),
    };
    assert_eq!(labels, expected);
    let own = join::network(&pair.east.user(), &pair.namespace).await;
    let network1 = (generation == IstioGeneration::Istiod).then(|| "network1".to_owned());
    assert_eq!(own.unwrap(), network1);

    // A second time changes nothing.
    let again = pair.plan(&wanted).await;
    assert!(again.is_done(), "{:#?}", again.steps);
    let before = pair.versions(&again).await;
    let (_, events) = pair.join(&wanted).await;
    assert_eq!(pair.versions(&again).await, before);
    for event in events {
        if let Event::ObjectDone { outcome, .. } = event {
            assert_eq!(outcome, Outcome::Unchanged);
        }
    }
}

pub(crate) async fn istio_1_0_joins_without_existing_objects(pair: &Pair) {
    joins_without_existing_objects(pair, IstioGeneration::Mixer).await;
}

pub(crate) async fn istiod_joins_without_existing_objects(pair: &Pair) {
    joins_without_existing_objects(pair, IstioGeneration::Istiod).await;
}

/// The result of the scripts for Istio 1.0: no role, and a Secret with the bare name and no annotation.
pub(crate) async fn join_by_script(pair: &Pair) -> String {
    let ns = &pair.namespace;
    let west = &pair.west;
    west.apply_as("kubectl-create", namespace(ns, &json!({}), &json!({})))
        .await;
    pair.east
        .apply_as("kubectl-create", namespace(ns, &json!({}), &json!({})))
        .await;
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount",
                         "metadata": {"name": "istio-multi", "namespace": ns}});
    west.apply_as("kubectl-create", account).await;
    let binding = json!({"apiVersion": RBAC, "kind": "ClusterRoleBinding",
        "metadata": {"name": "istio-multi"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole",
                    "name": "istio-reader"},
        "subjects": [{"kind": "ServiceAccount", "name": "istio-multi", "namespace": ns}]});
    west.apply_as("kubectl-create", binding).await;
    let token = json!({"apiVersion": "v1", "kind": "Secret",
        "type": "kubernetes.io/service-account-token",
        "metadata": {"name": "istio-multi-token-x7k2p", "namespace": ns,
                     "annotations": {"kubernetes.io/service-account.name": "istio-multi"}}});
    west.apply_as("kubectl-create", token).await;
    let token = west.token_in(&pair.secret("istio-multi-token-x7k2p")).await;
    let text = crate::fixture::kubeconfig(west, &token);
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {"name": "remote1", "namespace": ns, "labels": {"istio/multiCluster": "true"}},
        "stringData": {"remote1": text}});
    pair.east.apply_as("kubectl-create", secret).await;
    token
}

pub(crate) async fn objects_of_a_script_are_adopted(pair: &Pair) {
    let token = join_by_script(pair).await;
    let wanted = pair.wanted(IstioGeneration::Mixer);
    let plan = pair.plan(&wanted).await;
    let adopted = |action: &Action| match action {
        Action::Adopt { managers, .. } => managers.clone(),
        other => panic!("{other:?}"),
    };
    // An object without fields has no field manager.
    assert!(adopted(of_kind(&plan, "ServiceAccount", 0)).is_empty());
    assert_eq!(*of_kind(&plan, "ClusterRole", 0), Action::Create);
    assert_eq!(
        adopted(of_kind(&plan, "ClusterRoleBinding", 0)),
        ["kubectl-create"]
    );
    let managers = adopted(of_kind(&plan, "Secret", 0));
    assert_eq!(managers.first().map(String::as_str), Some("kubectl-create"));
    let Action::Adopt { missing, .. } = of_kind(&plan, "Secret", 1) else {
        panic!("{:?}", of_kind(&plan, "Secret", 1));
    };
    let annotation = "annotation networking.istio.io/cluster=remote1".to_owned();
    assert!(missing.contains(&annotation), "{missing:?}");
    assert!(
        plan.notes
            .iter()
            .any(|note| matches!(note, Note::KnownAs { .. }))
    );

    let (joined, _) = pair.join(&wanted).await;
    assert_eq!(
        (joined.id.as_str(), joined.secret.name.as_str()),
        ("remote1", "remote1")
    );
    assert_eq!(joined.missing_rights, Ok(Vec::new()));
    let live = pair
        .east
        .cluster
        .get(&joined.secret)
        .await
        .unwrap()
        .unwrap();
    assert!(
        data(&live, "remote1").contains(&token),
        "the same token: no gap"
    );
    assert!(pair.plan(&wanted).await.is_done());
}

pub(crate) async fn objects_of_a_chart_keep_their_rules_and_manager(pair: &Pair) {
    let ns = &pair.namespace;
    let (west, role) = (&pair.west, format!("istio-reader-clusterrole-{ns}"));
    west.apply_as("helm", namespace(ns, &json!({}), &json!({})))
        .await;
    let metadata = |name: &str| {
        json!({"name": name, "namespace": ns,
               "labels": {"app.kubernetes.io/managed-by": "Helm"},
               "annotations": {"meta.helm.sh/release-name": "istio-base",
                               "meta.helm.sh/release-namespace": ns}})
    };
    west.apply_as(
        "helm",
        json!({"apiVersion": "v1", "kind": "ServiceAccount",
                                 "metadata": metadata(READER)}),
    )
    .await;
    let mut whole = metadata(&role);
    whole.as_object_mut().unwrap().remove("namespace");
    let rule = json!({"apiGroups": ["example.test"], "resources": ["things"], "verbs": ["list"]});
    west.apply_as(
        "helm",
        json!({"apiVersion": RBAC, "kind": "ClusterRole",
                                 "metadata": whole, "rules": [rule]}),
    )
    .await;
    let wanted = pair.wanted(IstioGeneration::Istiod);
    let (joined, events) = pair.join(&wanted).await;
    assert_eq!(joined.missing_rights, Ok(Vec::new()));
    let adopted = events.iter().filter(|event| {
        matches!(
            event,
            Event::ObjectDone {
                outcome: Outcome::Adopted,
                ..
            }
        )
    });
    assert_eq!(adopted.count(), 2);
    let role = reference(RBAC, "ClusterRole", None, &role);
    let live = west.cluster.get(&role).await.unwrap().unwrap();
    assert_eq!(
        live.list("/rules").first(),
        Some(&rule),
        "what was there stays"
    );
    assert!(live.list("/rules").len() > 5, "and what is needed is added");
    assert_eq!(live.label("app.kubernetes.io/managed-by"), Some("Helm"));
    assert!(pair.plan(&wanted).await.is_done());
}

pub(crate) async fn a_rejected_token_is_noticed_and_replaced(pair: &Pair) {
    let wanted = pair.wanted(IstioGeneration::Istiod);
    let (joined, _) = pair.join(&wanted).await;
    let token = pair.west.token_in(&joined.token).await;
    let reader = ReaderNames::of(&pair.namespace, READER).account_ref();
    let how = cluster::Propagation::Background;
    pair.west.cluster.delete(&joined.token, how).await.unwrap();
    pair.west.cluster.delete(&reader, how).await.unwrap();
    pair.west.refuses(&token).await;
    let plan = pair.plan(&wanted).await;
    let refused = |note: &Note| matches!(note, Note::StoredIsRefused { .. });
    assert!(plan.notes.iter().any(refused), "{:?}", plan.notes);
    assert_eq!(*of_kind(&plan, "ServiceAccount", 0), Action::Create);
    assert!(matches!(of_kind(&plan, "Secret", 1), Action::Update { .. }));
    let (joined, _) = pair.join(&wanted).await;
    assert!(matches!(joined.access, Ok(Access::Accepted { .. })));
    assert!(pair.plan(&wanted).await.is_done());
}

pub(crate) async fn a_change_since_the_plan_stops_the_join(pair: &Pair) {
    let wanted = pair.wanted(IstioGeneration::Istiod);
    let plan = pair.plan(&wanted).await;
    let names = ReaderNames::of(&pair.namespace, READER);
    let role = json!({"apiVersion": RBAC, "kind": "ClusterRole",
        "metadata": {"name": names.role},
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["delete"]}]});
    pair.west.apply_as("somebody", role).await;
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let stop = CancellationToken::new();
    let stopped = join::join(east, west, &plan, &stop, &|_| {})
        .await
        .unwrap_err();
    assert!(matches!(stopped, Error::Changed { .. }), "{stopped}");
    let secret = pair.secret("istio-remote-secret-west");
    assert!(
        east.get(&secret).await.unwrap().is_none(),
        "nothing was written"
    );
}

pub(crate) async fn with_an_untrusted_ca_no_secret_is_written(pair: &Pair) {
    let wanted = JoinSpec {
        ca_bundle: pair.east.ca_bundle.clone(),
        ..pair.wanted(IstioGeneration::Istiod)
    };
    let plan = pair.plan(&wanted).await;
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let stop = CancellationToken::new();
    let stopped = join::join(east, west, &plan, &stop, &|_| {})
        .await
        .unwrap_err();
    assert!(
        matches!(stopped, Error::UntrustedCertificate { .. }),
        "{stopped}"
    );
    let secret = pair.secret("istio-remote-secret-west");
    assert!(east.get(&secret).await.unwrap().is_none());
    // With the right one it goes on where it stopped.
    let (joined, _) = pair.join(&pair.wanted(IstioGeneration::Istiod)).await;
    assert!(matches!(joined.access, Ok(Access::Accepted { .. })));
}

pub(crate) async fn a_cluster_joins_neither_itself_nor_under_a_taken_id(pair: &Pair) {
    let wanted = pair.wanted(IstioGeneration::Istiod);
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let same = join::plan(east, east, &wanted).await.unwrap_err();
    assert!(matches!(same, Error::SameCluster), "{same}");
    let mut own = wanted.clone();
    own.member.primary_id = ClusterId::new("west").unwrap();
    let own = join::plan(east, west, &own).await.unwrap_err();
    assert!(matches!(own, Error::OwnName { .. }), "{own}");
    // East joins west as "west"; in west, a Secret of that key is about east.
    let (joined, _) = pair.join(&wanted).await;
    let (text, _) = pair.stored(&joined.secret, "west").await;
    let foreign = json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {"name": "foreign", "namespace": pair.namespace,
                     "labels": {"istio/multiCluster": "true"}},
        "stringData": {"east": text}});
    let foreign = Object::new(foreign).unwrap();
    let applied = pair.west.cluster.apply(&foreign, Apply::Persist).await;
    applied.unwrap();
    let mut back = JoinSpec {
        server: pair.east.server.clone(),
        ca_bundle: pair.east.ca_bundle.clone(),
        ..wanted
    };
    back.member.id = ClusterId::new("east").unwrap();
    back.member.primary_id = ClusterId::new("west").unwrap();
    let taken = join::plan(west, east, &back).await.unwrap_err();
    assert!(matches!(taken, Error::NameTaken { .. }), "{taken}");
}

pub(crate) async fn candidate_addresses_have_their_source(pair: &Pair) {
    let addresses = join::addresses(&pair.west.user()).await;
    let console = addresses
        .iter()
        .find(|candidate| candidate.address == pair.west.server);
    let console = console.unwrap_or_else(|| panic!("{addresses:?}"));
    assert!(console.loopback && console.sources.contains(&join::Source::Console));
    let ca_bundle = join::ca_bundle(&pair.west.user()).await.unwrap();
    assert!(ca_bundle.contains("BEGIN CERTIFICATE"));
}

pub(crate) async fn an_interrupted_join_continues(pair: &Pair) {
    let wanted = pair.wanted(IstioGeneration::Istiod);
    let plan = pair.plan(&wanted).await;
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let stop = CancellationToken::new();
    let fourth = plan.steps[3].object.clone();
    let on_event = |event: Event| {
        if matches!(&event, Event::ObjectDone { object, .. } if *object == fourth) {
            stop.cancel();
        }
    };
    let stopped = join::join(east, west, &plan, &stop, &on_event)
        .await
        .unwrap_err();
    assert!(matches!(stopped, Error::Cancelled), "{stopped}");
    let left = pair.plan(&wanted).await;
    let done = left
        .steps
        .iter()
        .filter(|step| step.action == Action::Unchanged);
    assert_eq!(done.count(), 4, "{:#?}", left.steps);
    // The first plan is still valid: its completed steps are skipped.
    let stop = CancellationToken::new();
    let joined = join::join(east, west, &plan, &stop, &|_| {}).await.unwrap();
    assert!(matches!(joined.access, Ok(Access::Accepted { .. })));
    assert!(pair.plan(&wanted).await.is_done());
}
