//! The adoption of joins that other tools made: recognised, marked, and afterwards rotated and left.

use crate::{
    fixture::{TestCluster, kubeconfig, namespace},
    join::join_by_script,
    pair::{Pair, RBAC, data},
    two_sandboxes::TIMING,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Object, ObjectRef};
use mesh::{
    Error, MemberSpec, adopt,
    facts::IstioGeneration,
    join::{self, names},
    leave, rotate,
    step::{Action, Side},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wire::mesh::JoiningTool;

const READER: &str = "istio-reader-service-account";

/// The reader as Istio's charts render it, without a release of Helm.
async fn reader_of_charts(pair: &Pair, manager: &str) {
    let (ns, west) = (&pair.namespace, &pair.west);
    for side in [&pair.east, west] {
        side.apply_as(manager, namespace(ns, &json!({}), &json!({})))
            .await;
    }
    let role = format!("istio-reader-clusterrole-{ns}");
    let labels = json!({"app": "istio-reader", "app.kubernetes.io/managed-by": "Helm"});
    west.apply_as(
        manager,
        json!({"apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {"name": READER, "namespace": ns, "labels": labels}}),
    )
    .await;
    west.apply_as(
        manager,
        json!({"apiVersion": RBAC, "kind": "ClusterRole",
        "metadata": {"name": role, "labels": labels},
        "rules": [{"apiGroups": [""], "verbs": ["get", "list", "watch"],
            "resources": ["pods", "services", "nodes", "endpoints", "namespaces", "secrets"]}]}),
    )
    .await;
    west.apply_as(
        manager,
        json!({"apiVersion": RBAC, "kind": "ClusterRoleBinding",
        "metadata": {"name": role, "labels": labels},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": READER, "namespace": ns}]}),
    )
    .await;
}

async fn token_of(pair: &Pair, name: &str, account: &str, manager: &str) -> String {
    let token = json!({"apiVersion": "v1", "kind": "Secret",
        "type": "kubernetes.io/service-account-token",
        "metadata": {"name": name, "namespace": pair.namespace,
                     "annotations": {"kubernetes.io/service-account.name": account}}});
    pair.west.apply_as(manager, token).await;
    pair.west.token_in(&pair.secret(name)).await
}

fn remote_secret(pair: &Pair, name: &str, annotations: &Value, data: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {"name": name, "namespace": pair.namespace, "annotations": annotations,
                     "labels": {"istio/multiCluster": "true"}},
        "stringData": data})
}

/// As `istioctl create-remote-secret --name west` joins.
async fn join_by_istioctl(pair: &Pair) {
    reader_of_charts(pair, "istioctl").await;
    let name = format!("{READER}-istio-remote-secret-token");
    let token = token_of(pair, &name, READER, "istioctl").await;
    let annotations = json!({"networking.istio.io/cluster": "west"});
    let data = json!({"west": kubeconfig(&pair.west, &token)});
    let secret = remote_secret(pair, "istio-remote-secret-west", &annotations, &data);
    pair.east
        .apply_as("kubectl-client-side-apply", secret)
        .await;
}

/// As kubectl and `helm template` join by hand: the names of istioctl, without its annotation.
async fn join_by_hand(pair: &Pair) {
    reader_of_charts(pair, "kubectl").await;
    let name = format!("{READER}-istio-remote-secret-token");
    let token = token_of(pair, &name, READER, "kubectl").await;
    let data = json!({"west": kubeconfig(&pair.west, &token)});
    let secret = remote_secret(pair, "istio-remote-secret-west", &json!({}), &data);
    pair.east.apply_as("kubectl", secret).await;
}

/// As the scripts for Istio 1.0 join, with the role that they forget.
async fn join_by_scripts(pair: &Pair) {
    join_by_script(pair).await;
    let role = json!({"apiVersion": RBAC, "kind": "ClusterRole",
        "metadata": {"name": "istio-reader"},
        "rules": [{"apiGroups": [""], "verbs": ["get", "watch", "list"],
                   "resources": ["nodes", "pods", "services", "endpoints"]}]});
    pair.west.apply_as("kubectl-create", role).await;
}

async fn planned(pair: &Pair, spec: &MemberSpec) -> Result<adopt::Plan, Error> {
    let (east, west) = (&pair.east.user(), &pair.west.user());
    adopt::plan(east, west, spec, &pair.west.server).await
}

async fn executed(pair: &Pair, plan: &adopt::Plan) {
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let stop = CancellationToken::new();
    let done = adopt::adopt(east, west, plan, &stop, &|_| {}).await;
    if let Err(error) = done {
        panic!("{error}: {:?}", std::error::Error::source(&error));
    }
}

fn side_of(pair: &Pair, side: Side) -> &TestCluster {
    match side {
        Side::Primary => &pair.east,
        Side::Remote => &pair.west,
    }
}

async fn live(pair: &Pair, side: Side, object: &ObjectRef) -> Option<Object> {
    side_of(pair, side).cluster.get(object).await.unwrap()
}

/// The objects of a plan as they are, without what every write changes.
async fn objects(pair: &Pair, plan: &adopt::Plan) -> Vec<Value> {
    let mut all = Vec::new();
    for step in &plan.steps {
        let mut value = live(pair, step.side, &step.object)
            .await
            .unwrap()
            .into_value();
        let metadata = value["metadata"].as_object_mut().unwrap();
        metadata.remove("managedFields");
        metadata.remove("resourceVersion");
        for map in ["labels", "annotations"] {
            metadata.entry(map).or_insert_with(|| json!({}));
        }
        all.push(value);
    }
    all
}

/// An object without its labels and annotations.
fn unmarked(mut object: Value) -> Value {
    for map in ["labels", "annotations"] {
        object["metadata"][map].take();
    }
    object
}

/// Adopts, undoes, adopts again, rotates, and leaves.
async fn is_adopted(pair: &Pair, spec: &MemberSpec, tool: JoiningTool) {
    let plan = planned(pair, spec).await.unwrap();
    assert_eq!(plan.tool, tool);
    let kinds: Vec<&str> = plan
        .steps
        .iter()
        .map(|step| step.object.kind.as_str())
        .collect();
    let expected = [
        "ServiceAccount",
        "ClusterRole",
        "ClusterRoleBinding",
        "Secret",
        "Secret",
    ];
    assert_eq!(kinds, expected);
    let is_adoption = |action: &Action| matches!(action, Action::Adopt { .. });
    assert!(
        plan.steps.iter().all(|step| is_adoption(&step.action)),
        "{:#?}",
        plan.steps
    );
    assert!(
        !format!("{plan:?}").contains("eyJ"),
        "no token stands in a plan"
    );
    let before = objects(pair, &plan).await;
    executed(pair, &plan).await;
    let adopted = objects(pair, &plan).await;
    let rest = |all: &[Value]| all.iter().cloned().map(unmarked).collect::<Vec<_>>();
    assert_eq!(rest(&before), rest(&adopted), "only marks change");
    for object in &adopted {
        assert_eq!(
            object["metadata"]["labels"][names::JOIN_LABEL],
            "true",
            "{object}"
        );
    }
    let again = planned(pair, spec).await.unwrap();
    assert!(
        again
            .steps
            .iter()
            .all(|step| step.action == Action::Unchanged)
    );

    let (east, west) = (&pair.east.user(), &pair.west.user());
    let undo = adopt::plan_undo(east, west, spec, &pair.west.server).await;
    executed(pair, &undo.unwrap()).await;
    assert_eq!(objects(pair, &plan).await, before, "the undo is exact");
    let nothing = adopt::plan_undo(east, west, spec, &pair.west.server).await;
    assert!(
        matches!(nothing, Err(Error::NotAdopted { .. })),
        "{nothing:?}"
    );
    let again = planned(pair, spec).await.unwrap();
    executed(pair, &again).await;

    is_rotated(pair, spec, &plan).await;
    leaves_nothing(pair, spec, &plan).await;
}

async fn is_rotated(pair: &Pair, spec: &MemberSpec, adopted: &adopt::Plan) {
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let stop = CancellationToken::new();
    let key = adopted.spec.id.as_str();
    let secret = live(pair, Side::Primary, &adopted.secret).await.unwrap();
    let old = data(&secret, key);
    let plan = rotate::plan(east, west, spec).await.unwrap();
    let rotated = rotate::rotate(east, west, &plan, &TIMING, &stop, &|_| {}).await;
    let rotated = rotated.unwrap();
    assert_eq!(rotated.old_is_refused, Some(Ok(true)));
    let secret = live(pair, Side::Primary, &adopted.secret).await.unwrap();
    let token = pair.west.token_in(&rotated.token).await;
    assert!(data(&secret, key).contains(&token) && data(&secret, key) != old);
    let now = planned(pair, spec).await.unwrap();
    assert!(
        now.steps
            .iter()
            .all(|step| step.action == Action::Unchanged),
        "{:#?}",
        now.steps
    );
}

async fn leaves_nothing(pair: &Pair, spec: &MemberSpec, adopted: &adopt::Plan) {
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let stop = CancellationToken::new();
    let plan = leave::plan(east, west, spec).await.unwrap();
    let left = leave::leave(east, west, &plan, &stop, &|_| {})
        .await
        .unwrap();
    assert_eq!(left.check.left, []);
    assert_eq!(left.token_is_refused, Some(Ok(true)));
    for step in &adopted.steps {
        let live = live(pair, step.side, &step.object).await;
        assert!(live.is_none(), "{} is left", step.object);
    }
    for step in &plan.steps {
        let live = live(pair, step.side, &step.object).await;
        assert_eq!(
            live.is_some(),
            step.object.kind == "Namespace",
            "{}",
            step.object
        );
    }
}

pub(crate) async fn a_join_by_istioctl_is_adopted(pair: &Pair) {
    join_by_istioctl(pair).await;
    let spec = pair.member(IstioGeneration::Istiod, "west");
    is_adopted(pair, &spec, JoiningTool::Istioctl).await;
}

pub(crate) async fn a_join_by_hand_is_adopted(pair: &Pair) {
    join_by_hand(pair).await;
    let spec = pair.member(IstioGeneration::Istiod, "west");
    is_adopted(pair, &spec, JoiningTool::Scripts).await;
}

/// The scripts chose another name than the console has.
pub(crate) async fn a_join_by_the_scripts_of_istio_1_0_is_adopted(pair: &Pair) {
    join_by_scripts(pair).await;
    let spec = pair.member(IstioGeneration::Mixer, "west");
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let joined = join::joined_as(east, west, &pair.namespace, &spec.id).await;
    assert_eq!(joined.unwrap().unwrap().as_str(), "remote1");
    is_adopted(pair, &spec, JoiningTool::Scripts).await;
}

/// A reader that belongs to a release of Helm stays with it, without a mark.
pub(crate) async fn an_adopted_reader_of_a_release_stays_with_it(pair: &Pair) {
    join_by_istioctl(pair).await;
    let ns = &pair.namespace;
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {
        "name": READER, "namespace": ns,
        "labels": {"app": "istio-reader", "app.kubernetes.io/managed-by": "Helm"},
        "annotations": {"meta.helm.sh/release-name": "istio-base",
                        "meta.helm.sh/release-namespace": ns}}});
    pair.west.apply_as("istioctl", account).await;
    let spec = pair.member(IstioGeneration::Istiod, "west");
    let plan = planned(pair, &spec).await.unwrap();
    executed(pair, &plan).await;
    let (east, west) = (&pair.east.user(), &pair.west.user());
    let stop = CancellationToken::new();
    let plan = leave::plan(east, west, &spec).await.unwrap();
    let left = leave::leave(east, west, &plan, &stop, &|_| {})
        .await
        .unwrap();
    assert_eq!(left.check.left, []);
    let account = mesh::istio::reader::ReaderNames::of(ns, READER).account_ref();
    let account = live(pair, Side::Remote, &account).await.unwrap();
    assert_eq!(account.label(names::JOIN_LABEL), None);
    assert_eq!(account.annotation(names::ADOPTED_ANNOTATION), None);
    assert_eq!(
        account.annotation("meta.helm.sh/release-name"),
        Some("istio-base")
    );
}

pub(crate) async fn a_join_that_is_not_clear_is_not_adopted(pair: &Pair) {
    join_by_istioctl(pair).await;
    let spec = pair.member(IstioGeneration::Istiod, "west");
    let name = format!("{READER}-istio-remote-secret-token");
    let token = pair.west.token_in(&pair.secret(&name)).await;
    let written = kubeconfig(&pair.west, &token);

    // A second Secret for the same cluster.
    let data = json!({"twin": written});
    let twin = remote_secret(pair, "istio-remote-secret-twin", &json!({}), &data);
    pair.east.apply_as("kubectl", twin).await;
    let refused = planned(pair, &spec).await.unwrap_err();
    let Error::JoinedTwice { secret, other, .. } = &refused else {
        panic!("{refused}");
    };
    assert_eq!(secret.name, "istio-remote-secret-west");
    assert_eq!(other.name, "istio-remote-secret-twin");
    pair.east
        .delete(
            "v1",
            "Secret",
            Some(&pair.namespace),
            "istio-remote-secret-twin",
        )
        .await;

    // Other credentials than a token.
    let user = format!("user:\n    token: {token}");
    assert!(written.contains(&user));
    let exec = "user:\n    exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, interactiveMode: Never}";
    let certificate = STANDARD.encode(&pair.west.ca_bundle);
    let certificate = format!(
        "user:\n    client-certificate-data: {certificate}\n    client-key-data: {certificate}"
    );
    for (credential, field) in [(exec, "exec"), (&certificate, "client-")] {
        let data = json!({"west": written.replace(&user, credential)});
        let annotations = json!({"networking.istio.io/cluster": "west"});
        let secret = remote_secret(pair, "istio-remote-secret-west", &annotations, &data);
        pair.east
            .apply_as("kubectl-client-side-apply", secret)
            .await;
        let refused = planned(pair, &spec).await.unwrap_err();
        let Error::WithoutToken { field: found, .. } = &refused else {
            panic!("{refused}");
        };
        assert!(found.starts_with(field), "{found}");
    }
    refuses_a_token_of_another(pair, &spec, &written.replace(&token, "TOKEN")).await;
}

/// A token of a ServiceAccount of another namespace, and one that the remote rejects.
async fn refuses_a_token_of_another(pair: &Pair, spec: &MemberSpec, written: &str) {
    let west = &pair.west;
    let other = format!("{}-apps", pair.namespace);
    west.apply_as("kubectl", namespace(&other, &json!({}), &json!({})))
        .await;
    west.apply_as(
        "kubectl",
        json!({"apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {"name": "deployer", "namespace": other}}),
    )
    .await;
    west.apply_as(
        "kubectl",
        json!({"apiVersion": "v1", "kind": "Secret",
        "type": "kubernetes.io/service-account-token",
        "metadata": {"name": "deployer-token", "namespace": other,
                     "annotations": {"kubernetes.io/service-account.name": "deployer"}}}),
    )
    .await;
    let theirs = west
        .token_in(&names::secret_ref(&other, "deployer-token"))
        .await;
    let store = async |token: &str| {
        let data = json!({"west": written.replace("TOKEN", token)});
        let secret = remote_secret(pair, "istio-remote-secret-west", &json!({}), &data);
        pair.east
            .apply_as("kubectl-client-side-apply", secret)
            .await;
        planned(pair, spec).await.unwrap_err()
    };
    let refused = store(&theirs).await;
    let Error::ForeignReader { subject, .. } = &refused else {
        panic!("{refused}");
    };
    assert_eq!(*subject, format!("system:serviceaccount:{other}:deployer"));

    let name = format!("{READER}-old-token");
    let deleted = token_of(pair, &name, READER, "kubectl").await;
    west.delete("v1", "Secret", Some(&pair.namespace), &name)
        .await;
    west.refuses(&deleted).await;
    let refused = store(&deleted).await;
    assert!(matches!(refused, Error::JoinUnproven { .. }), "{refused}");
}
