//! What goes, what stays and why, object by object.

use super::*;
use crate::{
    facts::Unknown,
    join::{names::ACCOUNT, state::Token},
};
use cluster::AddressPolicy;
use wire::{ClusterName, Secret};

const NS: &str = "istio-system";
const READER: &str = "istio-reader-service-account";

fn leaving() -> Leaving {
    Leaving {
        name: ClusterName::new("west").expect("a name"),
        generation: IstioGeneration::Istiod,
        namespace: NS.into(),
        primary_id: "east".into(),
        policy: AddressPolicy::Remote,
    }
}

fn object(kind: &str, name: &str, rest: Value) -> Object {
    let api = if kind.starts_with("Cluster") {
        RBAC
    } else {
        "v1"
    };
    let mut value = json!({
        "apiVersion": api, "kind": kind,
        "metadata": {"name": name, "managedFields": [{"manager": "meshspan"}],
                     "labels": {JOIN: "true"}},
    });
    if let (Some(value), Some(rest)) = (value.as_object_mut(), rest.as_object()) {
        value.extend(rest.clone());
    }
    Object::new(value).expect("an object")
}

fn token(name: &str, primary: Option<&str>) -> Token {
    let mut secret = object("Secret", name, json!({}));
    let annotations = &mut secret.value_mut()["metadata"]["annotations"];
    *annotations = json!({ACCOUNT: READER, PRIMARY: primary});
    Token {
        secret,
        token: Some(Secret::new("a.b.c".into())),
    }
}

fn joined() -> JoinState {
    let names = Names::of(NS, READER);
    let subject = json!({"kind": "ServiceAccount", "name": READER, "namespace": NS});
    let mut home = object("Namespace", NS, json!({}));
    home.value_mut()["metadata"]["annotations"] = json!({LED_BY: "east"});
    JoinState {
        uid: "uid-of-west".into(),
        remote_namespace: Some(home),
        primary_namespace: Some(object("Namespace", NS, json!({}))),
        account: Some(object("ServiceAccount", READER, json!({}))),
        role: Some(object("ClusterRole", &names.role, json!({"rules": []}))),
        binding: Some(object(
            "ClusterRoleBinding",
            &names.binding,
            json!({"subjects": [subject]}),
        )),
        tokens: vec![token("one", Some("east"))],
        taken: vec!["one".into()],
        entry: Some(Entry {
            secret: object(
                "Secret",
                "istio-remote-secret-west",
                json!({"data": {"west": ""}}),
            ),
            key: "west".into(),
            kubeconfig: None,
            access: Err(Unknown::because("it was not asked")),
            token_secret: Some("one".into()),
        }),
        also: Vec::new(),
        names,
    }
}

fn said(steps: &[Step]) -> Vec<String> {
    let word = |action: &Action| match action {
        Action::Remove { .. } => "remove",
        Action::RemoveLabels { .. } => "unmark",
        Action::Keep(_) => "keep",
        other => panic!("{other:?}"),
    };
    let one = |step: &Step| format!("{} {} {}", word(&step.action), step.side, step.object.kind);
    steps.iter().map(one).collect()
}

#[test]
fn what_was_joined_goes_in_the_order_of_a_leave() {
    let steps = of(&leaving(), &joined(), &Shared::default());
    assert_eq!(
        said(&steps),
        [
            "remove primary Secret",
            "remove remote Secret",
            "remove remote ClusterRoleBinding",
            "remove remote ClusterRole",
            "remove remote ServiceAccount",
            "unmark remote Namespace",
            "keep primary Namespace",
        ]
    );
}

#[test]
fn what_other_control_planes_read_with_stays() {
    let mut found = joined();
    let home = found.remote_namespace.as_mut().expect("there");
    home.value_mut()["metadata"]["annotations"] = json!({LED_BY: "east,north"});
    found.tokens.push(token("two", Some("north")));
    let steps = of(&leaving(), &found, &Shared::default());
    assert_eq!(
        said(&steps),
        [
            "remove primary Secret",
            "remove remote Secret",
            "keep remote Secret",
            "keep remote ClusterRoleBinding",
            "keep remote ClusterRole",
            "keep remote ServiceAccount",
            "unmark remote Namespace",
            "keep primary Namespace",
        ]
    );
    let north = Action::Keep(KeepReason::LedByOthers(vec!["north".into()]));
    assert_eq!(steps[3].action, north);
}

#[test]
fn what_a_release_brought_loses_only_the_mark() {
    let mut found = joined();
    let account = found.account.as_mut().expect("there").value_mut();
    account["metadata"]["annotations"] = json!({
        "meta.helm.sh/release-name": "istio-base", "meta.helm.sh/release-namespace": NS});
    let steps = of(&leaving(), &found, &Shared::default());
    let Action::RemoveLabels { changes, reason } = &steps[4].action else {
        panic!("{:?}", steps[4].action);
    };
    assert_eq!(changes, &[format!("label {JOIN}")]);
    assert_eq!(
        *reason,
        KeepReason::OfRelease("istio-base".into(), NS.into())
    );
}

#[test]
fn a_role_that_others_use_and_a_secret_of_several_keys_stay() {
    let mut found = joined();
    let entry = found.entry.as_mut().expect("there");
    entry.secret.value_mut()["data"] = json!({"west": "", "south": ""});
    let steps = of(&leaving(), &found, &Shared { role: true });
    let reason = KeepReason::OtherKeys(vec!["south".into()]);
    let changes = vec!["key west".to_owned()];
    assert_eq!(steps[0].action, Action::RemoveLabels { changes, reason });
    assert_eq!(steps[3].action, Action::Keep(KeepReason::Shared));
}

#[test]
fn what_nobody_of_ours_wrote_is_left_alone_where_nothing_has_joined() {
    let mut found = joined();
    found.entry = None;
    found.tokens.clear();
    for one in [&mut found.account, &mut found.role, &mut found.binding] {
        let metadata = &mut one.as_mut().expect("there").value_mut()["metadata"];
        metadata["managedFields"] = json!([{"manager": "kubectl-create"}]);
    }
    let steps = of(&leaving(), &found, &Shared::default());
    assert_eq!(
        said(&steps),
        ["unmark remote Namespace", "keep primary Namespace"]
    );
}

#[test]
fn a_network_label_goes_only_when_we_wrote_it() {
    let mut found = joined();
    let home = found.remote_namespace.as_mut().expect("there").value_mut();
    home["metadata"]["labels"] = json!({NETWORK: "network2"});
    let owned = |manager: &str| {
        json!({"manager": manager, "fieldsV1": {"f:metadata": {
        "f:labels": {format!("f:{NETWORK}"): {}}}}})
    };
    for (managers, goes) in [(vec!["meshspan"], true), (vec!["meshspan", "helm"], false)] {
        let mut found = found.clone();
        let home = found.remote_namespace.as_mut().expect("there").value_mut();
        let fields: Vec<Value> = managers.into_iter().map(owned).collect();
        home["metadata"]["managedFields"] = json!(fields);
        let step = namespace(&leaving(), &found, &[]).expect("a step");
        let Action::RemoveLabels { changes, .. } = step.action else {
            panic!("{:?}", step.action);
        };
        assert_eq!(changes.contains(&format!("label {NETWORK}")), goes);
    }
}
