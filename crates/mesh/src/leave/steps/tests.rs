//! The removed and the kept objects of a leave.

use super::*;
use crate::{
    facts::Unknown,
    membership::{names::SERVICE_ACCOUNT_ANNOTATION, state::TokenSecret},
};
use cluster::AddressPolicy;
use wire::{ClusterId, Secret};

const NS: &str = "istio-system";
const READER: &str = "istio-reader-service-account";

fn spec() -> MemberSpec {
    MemberSpec {
        id: ClusterId::new("west").expect("an ID"),
        generation: IstioGeneration::Istiod,
        is_external: false,
        namespace: NS.into(),
        primary_id: ClusterId::new("east").expect("an ID"),
        policy: AddressPolicy::Remote,
    }
}

fn object(kind: &str, name: &str, rest: Value) -> Object {
    let api = if kind.starts_with("Cluster") {
        RBAC_API
    } else {
        "v1"
    };
    let mut value = json!({
        "apiVersion": api, "kind": kind,
        "metadata": {"name": name, "managedFields": [{"manager": "meshspan"}],
                     "labels": {JOIN_LABEL: "true"}},
    });
    if let (Some(value), Some(rest)) = (value.as_object_mut(), rest.as_object()) {
        value.extend(rest.clone());
    }
    Object::new(value).expect("an object")
}

fn token(name: &str, primary: Option<&str>) -> TokenSecret {
    let mut secret = object("Secret", name, json!({}));
    let annotations = &mut secret.value_mut()["metadata"]["annotations"];
    *annotations = json!({SERVICE_ACCOUNT_ANNOTATION: READER, PRIMARY_ANNOTATION: primary});
    TokenSecret {
        secret,
        token: Some(Secret::new("a.b.c".into())),
    }
}

fn joined() -> JoinState {
    let reader = ReaderNames::of(NS, READER);
    let subject = json!({"kind": "ServiceAccount", "name": READER, "namespace": NS});
    let mut namespace = object("Namespace", NS, json!({}));
    namespace.value_mut()["metadata"]["annotations"] =
        json!({CONTROL_PLANE_CLUSTERS_ANNOTATION: "east"});
    JoinState {
        cluster_uid: "uid-of-west".into(),
        remote_namespace: Some(namespace),
        primary_namespace: Some(object("Namespace", NS, json!({}))),
        account: Some(object("ServiceAccount", READER, json!({}))),
        role: Some(object("ClusterRole", &reader.role, json!({"rules": []}))),
        binding: Some(object(
            "ClusterRoleBinding",
            &reader.binding,
            json!({"subjects": [subject]}),
        )),
        tokens: vec![token("one", Some("east"))],
        secret_names: vec!["one".into()],
        entry: Some(SecretEntry {
            secret: object(
                "Secret",
                "istio-remote-secret-west",
                json!({"data": {"west": ""}}),
            ),
            key: "west".into(),
            kubeconfig: None,
            access: Err(Unknown::because("the fact was not requested")),
            token_secret: Some("one".into()),
        }),
        duplicates: Vec::new(),
        reader,
    }
}

fn summary(steps: &[Step]) -> Vec<String> {
    let verb = |action: &Action| match action {
        Action::Remove { .. } => "remove",
        Action::RemoveLabels { .. } => "remove labels of",
        Action::Keep(_) => "keep",
        other => panic!("{other:?}"),
    };
    let line = |step: &Step| format!("{} {} {}", verb(&step.action), step.side, step.object.kind);
    steps.iter().map(line).collect()
}

#[test]
fn a_leave_removes_the_join_in_order() {
    let steps = decide(&spec(), &joined(), RoleUse::ReaderOnly);
    assert_eq!(
        summary(&steps),
        [
            "remove primary Secret",
            "remove remote Secret",
            "remove remote ClusterRoleBinding",
            "remove remote ClusterRole",
            "remove remote ServiceAccount",
            "remove labels of remote Namespace",
            "keep primary Namespace",
        ]
    );
}

#[test]
fn objects_that_other_control_planes_use_stay() {
    let mut state = joined();
    let namespace = state.remote_namespace.as_mut().expect("an object");
    namespace.value_mut()["metadata"]["annotations"] =
        json!({CONTROL_PLANE_CLUSTERS_ANNOTATION: "east,north"});
    state.tokens.push(token("two", Some("north")));
    let steps = decide(&spec(), &state, RoleUse::ReaderOnly);
    assert_eq!(
        summary(&steps),
        [
            "remove primary Secret",
            "remove remote Secret",
            "keep remote Secret",
            "keep remote ClusterRoleBinding",
            "keep remote ClusterRole",
            "keep remote ServiceAccount",
            "remove labels of remote Namespace",
            "keep primary Namespace",
        ]
    );
    let north = Action::Keep(KeepReason::LedByOthers(vec!["north".into()]));
    assert_eq!(steps[3].action, north);
}

#[test]
fn objects_of_a_release_lose_only_the_label() {
    let mut state = joined();
    let account = state.account.as_mut().expect("an object").value_mut();
    account["metadata"]["annotations"] = json!({
        "meta.helm.sh/release-name": "istio-base", "meta.helm.sh/release-namespace": NS});
    let steps = decide(&spec(), &state, RoleUse::ReaderOnly);
    let Action::RemoveLabels { changes, reason } = &steps[4].action else {
        panic!("{:?}", steps[4].action);
    };
    assert_eq!(changes, &[format!("label {JOIN_LABEL}")]);
    assert_eq!(
        *reason,
        KeepReason::OfRelease("istio-base".into(), NS.into())
    );
}

#[test]
fn a_shared_role_and_a_secret_with_several_keys_stay() {
    let mut state = joined();
    let entry = state.entry.as_mut().expect("an object");
    entry.secret.value_mut()["data"] = json!({"west": "", "south": ""});
    let steps = decide(&spec(), &state, RoleUse::Shared);
    let reason = KeepReason::OtherKeys(vec!["south".into()]);
    let changes = vec!["key west".to_owned()];
    assert_eq!(steps[0].action, Action::RemoveLabels { changes, reason });
    assert_eq!(steps[3].action, Action::Keep(KeepReason::Shared));
}

#[test]
fn without_a_join_objects_of_other_tools_stay() {
    let mut state = joined();
    state.entry = None;
    state.tokens.clear();
    for object in [&mut state.account, &mut state.role, &mut state.binding] {
        let metadata = &mut object.as_mut().expect("an object").value_mut()["metadata"];
        metadata["managedFields"] = json!([{"manager": "kubectl-create"}]);
    }
    let steps = decide(&spec(), &state, RoleUse::ReaderOnly);
    assert_eq!(
        summary(&steps),
        [
            "remove labels of remote Namespace",
            "keep primary Namespace"
        ]
    );
}

#[test]
fn a_network_label_is_removed_only_if_the_console_wrote_it() {
    let mut state = joined();
    let namespace = state
        .remote_namespace
        .as_mut()
        .expect("an object")
        .value_mut();
    namespace["metadata"]["labels"] = json!({NETWORK_LABEL: "network2"});
    let owned = |manager: &str| {
        json!({"manager": manager, "fieldsV1": {"f:metadata": {
        "f:labels": {format!("f:{NETWORK_LABEL}"): {}}}}})
    };
    for (managers, removed) in [(vec!["meshspan"], true), (vec!["meshspan", "helm"], false)] {
        let mut state = state.clone();
        let namespace = state
            .remote_namespace
            .as_mut()
            .expect("an object")
            .value_mut();
        let fields: Vec<Value> = managers.into_iter().map(owned).collect();
        namespace["metadata"]["managedFields"] = json!(fields);
        let step = remote_namespace(&spec(), &state, &[]).expect("a step");
        let Action::RemoveLabels { changes, .. } = step.action else {
            panic!("{:?}", step.action);
        };
        assert_eq!(changes.contains(&format!("label {NETWORK_LABEL}")), removed);
    }
}
