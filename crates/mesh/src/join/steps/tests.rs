//! The steps of a join, over what was found.

use super::*;
use crate::{
    facts::{Fact, Unknown},
    join::{
        decide,
        kubeconfig::Kubeconfig,
        names::{CLUSTER, LED_BY, MULTI_CLUSTER, NETWORK, Names, RBAC},
    },
    step::COVERED,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::AddressPolicy;
use wire::{ClusterName, Secret};

const NS: &str = "istio-system";

fn wanted(generation: IstioGeneration) -> JoinSpec {
    JoinSpec {
        name: ClusterName::new("west").expect("a name"),
        generation,
        server: "https://10.0.2.6:6443".into(),
        tls_server_name: None,
        ca_bundle: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".into(),
        namespace: NS.into(),
        network: None,
        primary_network: None,
        primary_id: "east".into(),
        policy: AddressPolicy::Remote,
    }
}

fn nothing(account: &str) -> JoinState {
    JoinState {
        uid: "uid-of-west".into(),
        remote_namespace: None,
        primary_namespace: None,
        names: Names::of(NS, account),
        account: None,
        role: None,
        binding: None,
        tokens: Vec::new(),
        taken: Vec::new(),
        entry: None,
        also: Vec::new(),
    }
}

fn object(value: Value) -> Object {
    Object::new(value).expect("an object")
}

/// What stands in the cluster after a step: its manifest, written by `manager`.
fn stands(step: &Step, manager: &str) -> Object {
    let mut value = step.manifest.clone();
    value["metadata"]["managedFields"] = json!([{ "manager": manager }]);
    object(value)
}

fn entry(kubeconfig: &Kubeconfig, secret: Object, token_secret: Option<&str>) -> Entry {
    Entry {
        secret,
        key: "west".into(),
        kubeconfig: Some(kubeconfig.clone()),
        access: Err(Unknown::because("it was not asked")),
        token_secret: token_secret.map(str::to_owned),
    }
}

/// What is there once the plan was carried out by `manager`.
fn after(wanted: &JoinSpec, found: &JoinState, manager: &str) -> JoinState {
    let plan = decide(wanted, found);
    let at = |number: usize| Some(stands(&plan.steps[number], manager));
    let token = Secret::new("a.b.c".to_owned());
    let stored = kubeconfig(wanted, token.clone());
    let mut secret = stands(&plan.steps[6], manager);
    secret.value_mut()["data"] = json!({"west": STANDARD.encode(stored.text("west").reveal())});
    JoinState {
        remote_namespace: at(0),
        account: at(1),
        role: at(2),
        binding: at(3),
        tokens: vec![Token {
            secret: stands(&plan.steps[4], manager),
            token: Some(token),
        }],
        taken: vec![plan.token.name.clone()],
        primary_namespace: at(5),
        entry: Some(entry(&stored, secret, Some(&plan.token.name))),
        ..found.clone()
    }
}

fn kinds(wanted: &JoinSpec, found: &JoinState) -> Vec<Action> {
    let plan = decide(wanted, found);
    plan.steps.into_iter().map(|step| step.action).collect()
}

#[test]
fn where_nothing_is_everything_is_made_in_the_order_of_a_join() {
    for (generation, reader) in [
        (IstioGeneration::Mixer, "istio-multi"),
        (IstioGeneration::Istiod, "istio-reader-service-account"),
    ] {
        let plan = decide(&wanted(generation), &nothing(reader));
        let said: Vec<String> = plan
            .steps
            .iter()
            .map(|step| format!("{} {}", step.side, step.object))
            .collect();
        let names = Names::of(NS, reader);
        assert_eq!(
            said,
            [
                "remote Namespace istio-system".to_owned(),
                format!("remote ServiceAccount istio-system/{reader}"),
                format!("remote ClusterRole {}", names.role),
                format!("remote ClusterRoleBinding {}", names.binding),
                format!("remote Secret istio-system/{reader}-token-1"),
                "primary Namespace istio-system".to_owned(),
                "primary Secret istio-system/istio-remote-secret-west".to_owned(),
            ]
        );
        assert!(plan.steps.iter().all(|step| step.action == Action::Create));
        let namespace = &plan.steps[0].manifest["metadata"];
        let led = namespace["annotations"][LED_BY].as_str();
        assert_eq!(
            led,
            (generation == IstioGeneration::Istiod).then_some("east")
        );
    }
}

#[test]
fn what_was_joined_is_left_as_it_is() {
    for generation in [IstioGeneration::Mixer, IstioGeneration::Istiod] {
        let wanted = wanted(generation);
        let there = after(&wanted, &nothing("istio-multi"), "meshspan");
        assert!(
            kinds(&wanted, &there)
                .iter()
                .all(|action| *action == Action::Unchanged)
        );
        assert!(decide(&wanted, &there).is_done());
    }
}

#[test]
fn no_token_stands_in_a_plan() {
    let wanted = wanted(IstioGeneration::Istiod);
    let there = after(&wanted, &nothing("istio-multi"), "meshspan");
    let shown = format!("{:?}", decide(&wanted, &there));
    assert!(!shown.contains("a.b.c") && shown.contains(COVERED));
}

#[test]
fn what_a_script_made_is_adopted_and_completed() {
    let wanted = wanted(IstioGeneration::Mixer);
    let script = |value: Value| {
        let mut value = value;
        value["metadata"]["managedFields"] = json!([{"manager": "kubectl-create"}]);
        Some(object(value))
    };
    let found = JoinState {
        account: script(json!({"apiVersion": "v1", "kind": "ServiceAccount",
                               "metadata": {"name": "istio-multi", "namespace": NS}})),
        binding: script(json!({"apiVersion": RBAC, "kind": "ClusterRoleBinding",
            "metadata": {"name": "istio-multi"},
            "roleRef": {"kind": "ClusterRole", "name": "istio-reader"},
            "subjects": [{"kind": "ServiceAccount", "name": "istio-multi", "namespace": NS}]})),
        ..nothing("istio-multi")
    };
    let all = kinds(&wanted, &found);
    let adopted = |action: &Action| match action {
        Action::Adopt { managers, missing } => (managers.clone(), missing.len()),
        other => panic!("{other:?}"),
    };
    assert_eq!(adopted(&all[1]), (vec!["kubectl-create".to_owned()], 2));
    assert_eq!(all[2], Action::Create, "the role that the script forgot");
    assert_eq!(adopted(&all[3]).0, ["kubectl-create"]);
}

#[test]
fn a_releases_role_keeps_its_rules_and_its_keeper() {
    let wanted = wanted(IstioGeneration::Istiod);
    let mut there = after(&wanted, &nothing("istio-reader-service-account"), "helm");
    let own = json!({"apiGroups": ["example.test"], "resources": ["things"], "verbs": ["list"]});
    let role = there.role.as_mut().expect("there").value_mut();
    role["rules"] = json!([own]);
    role["metadata"]["labels"] = json!({MANAGED_BY: "Helm"});
    role["metadata"]["annotations"] = json!({"meta.helm.sh/release-name": "istiod"});
    let plan = decide(&wanted, &there);
    let step = &plan.steps[2];
    let Action::Adopt { managers, missing } = &step.action else {
        panic!("{:?}", step.action);
    };
    assert_eq!(managers, &["helm"]);
    assert!(
        missing
            .iter()
            .any(|line| line == "get, list, watch endpointslices.discovery.k8s.io")
    );
    assert_eq!(step.manifest["rules"][0], own);
    assert_eq!(step.manifest["metadata"]["labels"], json!({JOIN: "true"}));
}

#[test]
fn a_binding_to_another_role_is_made_again() {
    let wanted = wanted(IstioGeneration::Mixer);
    let mut there = after(&wanted, &nothing("istio-multi"), "meshspan");
    let binding = there.binding.as_mut().expect("there");
    binding.value_mut()["roleRef"]["name"] = json!("view");
    assert!(matches!(&kinds(&wanted, &there)[3], Action::Replace { .. }));
}

#[test]
fn another_server_changes_the_secret_and_the_old_line_needs_a_new_one() {
    for (generation, replaced) in [
        (IstioGeneration::Mixer, true),
        (IstioGeneration::Istiod, false),
    ] {
        let before = wanted(generation);
        let there = after(&before, &nothing("istio-multi"), "meshspan");
        let moved = JoinSpec {
            server: "https://10.0.9.9:6443".into(),
            ..before
        };
        let plan = decide(&moved, &there);
        let last = &plan.steps[6].action;
        assert_eq!(matches!(last, Action::Replace { .. }), replaced, "{last:?}");
        assert_eq!(matches!(last, Action::Update { .. }), !replaced, "{last:?}");
        assert_eq!(plan.notes.contains(&Note::Gap), replaced);
        assert!(
            plan.steps[..6]
                .iter()
                .all(|step| step.action == Action::Unchanged)
        );
    }
}

#[test]
fn a_refused_token_is_replaced_by_a_new_ones() {
    let wanted = wanted(IstioGeneration::Istiod);
    let mut there = after(&wanted, &nothing("istio-multi"), "meshspan");
    let entry = there.entry.as_mut().expect("there");
    entry.access = Ok(Access::Rejected("Unauthorized".into()));
    entry.token_secret = None;
    there.tokens.clear();
    let plan = decide(&wanted, &there);
    assert_eq!(
        plan.token.name, "istio-multi-token-2",
        "the first name is taken"
    );
    assert_eq!(plan.steps[4].action, Action::Create);
    let Action::Update { changes } = &plan.steps[6].action else {
        panic!("{:?}", plan.steps[6].action);
    };
    assert_eq!(
        changes,
        &["the token, which is refused: that of istio-multi-token-2"]
    );
    let said = "Unauthorized".to_owned();
    assert!(plan.notes.contains(&Note::StoredIsRefused { said }));
}

#[test]
fn a_new_annotation_makes_the_control_plane_read_the_secret_again() {
    let wanted = wanted(IstioGeneration::Istiod);
    let mut there = after(&wanted, &nothing("istio-multi"), "meshspan");
    let namespace = there.remote_namespace.as_mut().expect("there").value_mut();
    namespace["metadata"]["annotations"] = json!({LED_BY: "north"});
    let plan = decide(&wanted, &there);
    let annotations = &plan.steps[0].manifest["metadata"]["annotations"];
    assert_eq!(
        annotations[LED_BY], "north,east",
        "who led before still leads"
    );
    assert!(matches!(&plan.steps[6].action, Action::Update { .. }));
    assert!(plan.again && plan.notes.contains(&Note::ReadAgain));
    let namespace = there.remote_namespace.as_mut().expect("there").value_mut();
    namespace["metadata"]["annotations"] = json!({LED_BY: "*"});
    assert!(decide(&wanted, &there).is_done());
}

#[test]
fn a_remote_that_joined_under_another_name_keeps_it() {
    let wanted = wanted(IstioGeneration::Mixer);
    let mut there = after(&wanted, &nothing("istio-multi"), "kubectl-create");
    let secret = json!({"apiVersion": "v1", "kind": "Secret",
                        "metadata": {"name": "remote1", "namespace": NS,
                                     "labels": {MULTI_CLUSTER: "true"}}});
    let entry = there.entry.as_mut().expect("there");
    (entry.key, entry.secret) = ("remote1".into(), object(secret));
    let plan = decide(&wanted, &there);
    assert_eq!(plan.wanted.name.as_str(), "remote1");
    assert_eq!(plan.secret.name, "remote1");
    assert!(matches!(plan.notes.first(), Some(Note::KnownAs { name, .. }) if name == "remote1"));
    let Action::Adopt { missing, .. } = &plan.steps[6].action else {
        panic!("{:?}", plan.steps[6].action);
    };
    assert!(missing.contains(&format!("annotation {CLUSTER}=remote1")));
    assert!(
        missing.iter().all(|line| !line.contains("token")),
        "{missing:?}"
    );
}

#[test]
fn the_network_is_said_before_it_is_changed() {
    let mut wanted = wanted(IstioGeneration::Istiod);
    wanted.network = Some("network2".into());
    let mut there = after(&wanted, &nothing("istio-multi"), "meshspan");
    assert!(decide(&wanted, &there).is_done());
    let namespace = there.remote_namespace.as_mut().expect("there").value_mut();
    namespace["metadata"]["labels"] = json!({NETWORK: "network1"});
    let Action::Update { changes } = &kinds(&wanted, &there)[0] else {
        panic!("an update");
    };
    assert_eq!(
        changes,
        &[format!("label {NETWORK}=network2 (it was network1)")]
    );
}

#[test]
fn the_primarys_namespace_gets_its_network_before_the_secret_in_todays_line_only() {
    let mut wanted = wanted(IstioGeneration::Istiod);
    (wanted.network, wanted.primary_network) = (Some("n2".into()), Some("n1".into()));
    let mut there = nothing("istio-multi");
    there.primary_namespace = Some(object(
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NS}}),
    ));
    let plan = decide(&wanted, &there);
    let step = &plan.steps[5];
    assert_eq!(
        step.action,
        Action::Update {
            changes: vec![format!("label {NETWORK}=n1")]
        }
    );
    assert_eq!(step.manifest["metadata"]["labels"][NETWORK], "n1");
    assert_eq!(plan.steps[0].manifest["metadata"]["labels"][NETWORK], "n2");
    let networks = vec!["n1".to_owned()];
    assert!(plan.notes.contains(&Note::NetworkOnRestart { networks }));

    let legacy = JoinSpec {
        generation: IstioGeneration::Mixer,
        ..wanted
    };
    let plan = decide(&legacy, &there);
    assert_eq!(plan.steps[5].action, Action::Unchanged);
    assert!(!format!("{:?}", plan.steps).contains(NETWORK));
}

#[test]
fn a_loopback_address_is_said_and_not_refused() {
    let cases: [(&str, bool); 5] = [
        ("https://127.0.0.1:6443", true),
        ("https://localhost:6443", true),
        ("https://[::1]:6443", true),
        ("https://0.0.0.0:6443", true),
        ("https://10.0.2.6:6443", false),
    ];
    for (server, loopback) in cases {
        assert_eq!(is_loopback(server), loopback, "{server}");
    }
    let local = JoinSpec {
        server: "https://127.0.0.1:6443".into(),
        ..wanted(IstioGeneration::Istiod)
    };
    let plan = decide(&local, &nothing("istio-multi"));
    assert!(matches!(plan.notes.first(), Some(Note::Loopback { .. })));
}

#[test]
fn what_cannot_be_read_is_known_for_no_token() {
    let unknown: Fact<Access> = Err(Unknown::because("it is no kubeconfig with a token"));
    let wanted = wanted(IstioGeneration::Istiod);
    let mut there = after(&wanted, &nothing("istio-multi"), "meshspan");
    let entry = there.entry.as_mut().expect("there");
    (entry.kubeconfig, entry.access, entry.token_secret) = (None, unknown, None);
    let plan = decide(&wanted, &there);
    assert_eq!(
        plan.steps[4].action,
        Action::Unchanged,
        "the token that was made for this join"
    );
    assert!(matches!(&plan.steps[6].action, Action::Update { .. }));
}
