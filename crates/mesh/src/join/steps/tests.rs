//! The steps of a join, over what was state.

use super::*;
use crate::{
    facts::{Fact, Unknown},
    istio::{
        CLUSTER_ANNOTATION, CONTROL_PLANE_CLUSTERS_ANNOTATION, MULTI_CLUSTER_LABEL, NETWORK_LABEL,
        reader::ReaderNames,
    },
    join,
    membership::{
        Kubeconfig, MemberSpec,
        names::{JOIN_LABEL, MANAGED_BY_LABEL},
    },
    step::REDACTED,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{AddressPolicy, Object};
use wire::ClusterId;

const NS: &str = "istio-system";

fn spec(generation: IstioGeneration) -> JoinSpec {
    JoinSpec {
        member: MemberSpec {
            id: ClusterId::new("west").expect("an ID"),
            generation,
            is_external: false,
            namespace: NS.into(),
            primary_id: ClusterId::new("east").expect("an ID"),
            policy: AddressPolicy::Remote,
        },
        server: "https://10.0.2.6:6443".into(),
        tls_server_name: None,
        ca_bundle: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".into(),
        network: None,
        primary_network: None,
    }
}

fn empty_state(account: &str) -> JoinState {
    JoinState {
        cluster_uid: "uid-of-west".into(),
        remote_namespace: None,
        primary_namespace: None,
        reader: ReaderNames::of(NS, account),
        account: None,
        role: None,
        binding: None,
        tokens: Vec::new(),
        secret_names: Vec::new(),
        entry: None,
        duplicates: Vec::new(),
    }
}

fn object(value: Value) -> Object {
    Object::new(value).expect("an object")
}

/// What written in the cluster after a step: its manifest, written by `manager`.
fn written(step: &Step, manager: &str) -> Object {
    let mut value = step.manifest.clone();
    value["metadata"]["managedFields"] = json!([{ "manager": manager }]);
    object(value)
}

fn entry(kubeconfig: &Kubeconfig, secret: Object, token_secret: Option<&str>) -> SecretEntry {
    SecretEntry {
        secret,
        key: "west".into(),
        kubeconfig: Some(kubeconfig.clone()),
        access: Err(Unknown::because("the fact was not requested")),
        token_secret: token_secret.map(str::to_owned),
    }
}

/// The state after `manager` executed the plan.
fn after(spec: &JoinSpec, state: &JoinState, manager: &str) -> JoinState {
    let plan = join::decide(spec, state);
    let at = |number: usize| Some(written(&plan.steps[number], manager));
    let token = Secret::new("a.b.c".to_owned());
    let stored = spec.kubeconfig(token.clone());
    let mut secret = written(&plan.steps[6], manager);
    secret.value_mut()["data"] = json!({"west": STANDARD.encode(stored.text("west").reveal())});
    JoinState {
        remote_namespace: at(0),
        account: at(1),
        role: at(2),
        binding: at(3),
        tokens: vec![TokenSecret {
            secret: written(&plan.steps[4], manager),
            token: Some(token),
        }],
        secret_names: vec![plan.token.name.clone()],
        primary_namespace: at(5),
        entry: Some(entry(&stored, secret, Some(&plan.token.name))),
        ..state.clone()
    }
}

fn actions(spec: &JoinSpec, state: &JoinState) -> Vec<Action> {
    let plan = join::decide(spec, state);
    plan.steps.into_iter().map(|step| step.action).collect()
}

#[test]
fn without_existing_objects_everything_is_created_in_order() {
    for (generation, reader) in [
        (IstioGeneration::Mixer, "istio-multi"),
        (IstioGeneration::Istiod, "istio-reader-service-account"),
    ] {
        let plan = join::decide(&spec(generation), &empty_state(reader));
        let steps: Vec<String> = plan
            .steps
            .iter()
            .map(|step| format!("{} {}", step.side, step.object))
            .collect();
        let names = ReaderNames::of(NS, reader);
        assert_eq!(
            steps,
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
        let annotation = namespace["annotations"][CONTROL_PLANE_CLUSTERS_ANNOTATION].as_str();
        assert_eq!(
            annotation,
            (generation == IstioGeneration::Istiod).then_some("east")
        );
    }
}

#[test]
fn an_existing_join_is_unchanged() {
    for generation in [IstioGeneration::Mixer, IstioGeneration::Istiod] {
        let spec = spec(generation);
        let state = after(&spec, &empty_state("istio-multi"), "meshspan");
        assert!(
            actions(&spec, &state)
                .iter()
                .all(|action| *action == Action::Unchanged)
        );
        assert!(join::decide(&spec, &state).is_done());
    }
}

#[test]
fn a_plan_contains_no_token() {
    let spec = spec(IstioGeneration::Istiod);
    let state = after(&spec, &empty_state("istio-multi"), "meshspan");
    let shown = format!("{:?}", join::decide(&spec, &state));
    assert!(!shown.contains("a.b.c") && shown.contains(REDACTED));
}

#[test]
fn objects_of_a_script_are_adopted_and_completed() {
    let spec = spec(IstioGeneration::Mixer);
    let script = |value: Value| {
        let mut value = value;
        value["metadata"]["managedFields"] = json!([{"manager": "kubectl-create"}]);
        Some(object(value))
    };
    let state = JoinState {
        account: script(json!({"apiVersion": "v1", "kind": "ServiceAccount",
                               "metadata": {"name": "istio-multi", "namespace": NS}})),
        binding: script(json!({"apiVersion": RBAC_API, "kind": "ClusterRoleBinding",
            "metadata": {"name": "istio-multi"},
            "roleRef": {"kind": "ClusterRole", "name": "istio-reader"},
            "subjects": [{"kind": "ServiceAccount", "name": "istio-multi", "namespace": NS}]})),
        ..empty_state("istio-multi")
    };
    let actions = actions(&spec, &state);
    let adopted = |action: &Action| match action {
        Action::Adopt { managers, missing } => (managers.clone(), missing.len()),
        other => panic!("{other:?}"),
    };
    assert_eq!(adopted(&actions[1]), (vec!["kubectl-create".to_owned()], 2));
    assert_eq!(
        actions[2],
        Action::Create,
        "the role that the script forgot"
    );
    assert_eq!(adopted(&actions[3]).0, ["kubectl-create"]);
}

#[test]
fn the_role_of_a_release_keeps_its_rules_and_its_manager() {
    let spec = spec(IstioGeneration::Istiod);
    let mut state = after(&spec, &empty_state("istio-reader-service-account"), "helm");
    let own = json!({"apiGroups": ["example.test"], "resources": ["things"], "verbs": ["list"]});
    let role = state.role.as_mut().expect("an object").value_mut();
    role["rules"] = json!([own]);
    role["metadata"]["labels"] = json!({MANAGED_BY_LABEL: "Helm"});
    role["metadata"]["annotations"] = json!({"meta.helm.sh/release-name": "istiod"});
    let plan = join::decide(&spec, &state);
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
    // The release is applied by the same field manager, which would remove what the manifest leaves out.
    let metadata = &step.manifest["metadata"];
    assert_eq!(
        metadata["labels"],
        json!({MANAGED_BY_LABEL: "Helm", JOIN_LABEL: "true"})
    );
    assert_eq!(
        metadata["annotations"],
        json!({"meta.helm.sh/release-name": "istiod"})
    );
}

#[test]
fn a_role_that_allows_more_than_istio_needs_is_noted() {
    let spec = spec(IstioGeneration::Mixer);
    let mut state = empty_state("istio-multi");
    let noted = |state: &JoinState| {
        let decision = decide(&spec, state);
        let notes = notes(&spec, state, &decision);
        notes.into_iter().find_map(|note| match note {
            Note::ExcessRights { role, rights } => Some((role, rights)),
            _ => None,
        })
    };
    assert_eq!(noted(&state), None, "the role is created");
    let with = |rules: Vec<Value>| {
        object(json!({
            "apiVersion": RBAC_API, "kind": "ClusterRole",
            "metadata": {"name": state.reader.role}, "rules": rules,
        }))
    };
    let needed = with(rules::needed(rules::ReaderScope::Mixer));
    let all = with(vec![
        json!({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}),
    ]);
    state.role = Some(needed);
    assert_eq!(noted(&state), None, "the role allows what is needed");
    state.role = Some(all);
    let (role, rights) = noted(&state).expect("a note");
    assert_eq!(role, state.reader.role);
    assert_eq!(rights, ["* *.*"]);
}

#[test]
fn a_binding_to_another_role_is_replaced() {
    let spec = spec(IstioGeneration::Mixer);
    let mut state = after(&spec, &empty_state("istio-multi"), "meshspan");
    let binding = state.binding.as_mut().expect("an object");
    binding.value_mut()["roleRef"]["name"] = json!("view");
    assert!(matches!(&actions(&spec, &state)[3], Action::Replace { .. }));
}

#[test]
fn another_server_updates_the_secret_or_replaces_it_for_istio_1_0() {
    for (generation, replaced) in [
        (IstioGeneration::Mixer, true),
        (IstioGeneration::Istiod, false),
    ] {
        let before = spec(generation);
        let state = after(&before, &empty_state("istio-multi"), "meshspan");
        let moved = JoinSpec {
            server: "https://10.0.9.9:6443".into(),
            ..before
        };
        let plan = join::decide(&moved, &state);
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
fn a_rejected_token_is_replaced() {
    let spec = spec(IstioGeneration::Istiod);
    let mut state = after(&spec, &empty_state("istio-multi"), "meshspan");
    let entry = state.entry.as_mut().expect("an object");
    entry.access = Ok(Access::Rejected("Unauthorized".into()));
    entry.token_secret = None;
    state.tokens.clear();
    let plan = join::decide(&spec, &state);
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
        &["the rejected token: replaced by that of istio-multi-token-2"]
    );
    let reason = "Unauthorized".to_owned();
    assert!(plan.notes.contains(&Note::StoredIsRefused { reason }));
}

#[test]
fn a_new_annotation_rewrites_the_secret() {
    let spec = spec(IstioGeneration::Istiod);
    let mut state = after(&spec, &empty_state("istio-multi"), "meshspan");
    let namespace = state
        .remote_namespace
        .as_mut()
        .expect("an object")
        .value_mut();
    namespace["metadata"]["annotations"] = json!({CONTROL_PLANE_CLUSTERS_ANNOTATION: "north"});
    let plan = join::decide(&spec, &state);
    let annotations = &plan.steps[0].manifest["metadata"]["annotations"];
    assert_eq!(
        annotations[CONTROL_PLANE_CLUSTERS_ANNOTATION], "north,east",
        "the previous control plane still uses the namespace"
    );
    assert!(matches!(&plan.steps[6].action, Action::Update { .. }));
    assert!(plan.rewrites && plan.notes.contains(&Note::ReadAgain));
    let namespace = state
        .remote_namespace
        .as_mut()
        .expect("an object")
        .value_mut();
    namespace["metadata"]["annotations"] = json!({CONTROL_PLANE_CLUSTERS_ANNOTATION: "*"});
    assert!(join::decide(&spec, &state).is_done());
}

#[test]
fn a_remote_that_joined_under_another_id_keeps_it() {
    let spec = spec(IstioGeneration::Mixer);
    let mut state = after(&spec, &empty_state("istio-multi"), "kubectl-create");
    let secret = json!({"apiVersion": "v1", "kind": "Secret",
                        "metadata": {"name": "remote1", "namespace": NS,
                                     "labels": {MULTI_CLUSTER_LABEL: "true"}}});
    let entry = state.entry.as_mut().expect("an object");
    (entry.key, entry.secret) = ("remote1".into(), object(secret));
    let plan = join::decide(&spec, &state);
    assert_eq!(plan.spec.member.id.as_str(), "remote1");
    assert_eq!(plan.secret.name, "remote1");
    assert!(matches!(plan.notes.first(), Some(Note::KnownAs { name, .. }) if name == "remote1"));
    let Action::Adopt { missing, .. } = &plan.steps[6].action else {
        panic!("{:?}", plan.steps[6].action);
    };
    assert!(missing.contains(&format!("annotation {CLUSTER_ANNOTATION}=remote1")));
    assert!(
        missing.iter().all(|line| !line.contains("token")),
        "{missing:?}"
    );
}

#[test]
fn the_plan_shows_a_changed_network() {
    let mut spec = spec(IstioGeneration::Istiod);
    spec.network = Some("network2".into());
    let mut state = after(&spec, &empty_state("istio-multi"), "meshspan");
    assert!(join::decide(&spec, &state).is_done());
    let namespace = state
        .remote_namespace
        .as_mut()
        .expect("an object")
        .value_mut();
    namespace["metadata"]["labels"] = json!({NETWORK_LABEL: "network1"});
    let Action::Update { changes } = &actions(&spec, &state)[0] else {
        panic!("an update");
    };
    assert_eq!(
        changes,
        &[format!("label {NETWORK_LABEL}=network2 (it was network1)")]
    );
}

#[test]
fn the_primarys_namespace_gets_its_network_for_istiod_only() {
    let mut spec = spec(IstioGeneration::Istiod);
    (spec.network, spec.primary_network) = (Some("n2".into()), Some("n1".into()));
    let mut state = empty_state("istio-multi");
    state.primary_namespace = Some(object(
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NS}}),
    ));
    let plan = join::decide(&spec, &state);
    let step = &plan.steps[5];
    assert_eq!(
        step.action,
        Action::Update {
            changes: vec![format!("label {NETWORK_LABEL}=n1")]
        }
    );
    assert_eq!(step.manifest["metadata"]["labels"][NETWORK_LABEL], "n1");
    assert_eq!(
        plan.steps[0].manifest["metadata"]["labels"][NETWORK_LABEL],
        "n2"
    );
    let networks = vec!["n1".to_owned()];
    assert!(plan.notes.contains(&Note::NetworkOnRestart { networks }));

    spec.member.generation = IstioGeneration::Mixer;
    let plan = join::decide(&spec, &state);
    assert_eq!(plan.steps[5].action, Action::Unchanged);
    assert!(!format!("{:?}", plan.steps).contains(NETWORK_LABEL));
}

#[test]
fn a_loopback_address_is_noted_and_not_rejected() {
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
        ..spec(IstioGeneration::Istiod)
    };
    let plan = join::decide(&local, &empty_state("istio-multi"));
    assert!(matches!(plan.notes.first(), Some(Note::Loopback { .. })));
}

#[test]
fn an_unreadable_kubeconfig_has_no_known_token() {
    let unknown: Fact<Access> = Err(Unknown::because("it is no kubeconfig with a token"));
    let spec = spec(IstioGeneration::Istiod);
    let mut state = after(&spec, &empty_state("istio-multi"), "meshspan");
    let entry = state.entry.as_mut().expect("an object");
    (entry.kubeconfig, entry.access, entry.token_secret) = (None, unknown, None);
    let plan = join::decide(&spec, &state);
    assert_eq!(
        plan.steps[4].action,
        Action::Unchanged,
        "the token that was created for this join"
    );
    assert!(matches!(&plan.steps[6].action, Action::Update { .. }));
}
