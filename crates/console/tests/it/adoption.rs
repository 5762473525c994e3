//! A member that another tool joined: recognised on the page of its mesh, adopted, and handled like one of the
//! console.

use crate::support::Operate as _;
use crate::{
    current_istio::pair_of,
    istio_charts::IstioCharts,
    meshes::{Pair, WEST},
    support::{operator, succeeded},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Apply, Cluster, Kind, Object};
use mesh::{
    facts::IstioGeneration,
    istio::reader_rules::{self, ReaderScope},
};
use serde_json::{Value, json};
use std::time::Duration;
use wire::{
    ClusterName, Code, Problem,
    check::{CheckCode, Remedy},
    job::JobKind,
    mesh::{
        AccessView, HealthView, JoiningTool, PlanNote, PlannedChange, StepKind, StepPlanView,
        StepState,
    },
};

const NAMESPACE: &str = "istio-system";
const READER: &str = "istio-reader-service-account";
const ROLE: &str = "istio-reader-clusterrole-istio-system";
/// istioctl names a cluster after the UID of its namespace kube-system unless it is given a name.
const ID: &str = "5f3c9a52-6d7c-4f0e-9a0e-2f1d3c4b5a69";

async fn apply(at: &Cluster, object: Value) {
    let theirs = at.clone().with_field_manager("istioctl");
    let object = Object::new(object).unwrap();
    theirs.apply(&object, Apply::Persist).await.unwrap();
}

/// What `istioctl create-remote-secret` leaves on both clusters.
pub(crate) async fn join_by_istioctl(pair: &Pair) {
    let (east, west) = (pair.east(), pair.west());
    for at in [&east, &west] {
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace",
                               "metadata": {"name": NAMESPACE}});
        apply(at, namespace).await;
    }
    let name = format!("{READER}-istio-remote-secret-token");
    let rbac = "rbac.authorization.k8s.io";
    // The templates of the charts are applied without a release.
    let rendered = json!({"app.kubernetes.io/managed-by": "Helm"});
    let rules = reader_rules::needed(ReaderScope::new(IstioGeneration::Istiod, true));
    for object in [
        json!({"apiVersion": "v1", "kind": "ServiceAccount",
               "metadata": {"name": READER, "namespace": NAMESPACE, "labels": rendered}}),
        json!({"apiVersion": format!("{rbac}/v1"), "kind": "ClusterRole",
               "metadata": {"name": ROLE, "labels": rendered},
               "rules": rules}),
        json!({"apiVersion": format!("{rbac}/v1"), "kind": "ClusterRoleBinding",
               "metadata": {"name": ROLE, "labels": rendered},
               "roleRef": {"apiGroup": rbac, "kind": "ClusterRole", "name": ROLE},
               "subjects": [{"kind": "ServiceAccount", "name": READER, "namespace": NAMESPACE}]}),
        json!({"apiVersion": "v1", "kind": "Secret",
               "type": "kubernetes.io/service-account-token",
               "metadata": {"name": name, "namespace": NAMESPACE,
                            "annotations": {"kubernetes.io/service-account.name": READER}}}),
    ] {
        apply(&west, object).await;
    }
    let kubeconfig = kubeconfig(pair, &token(&west, &name).await);
    apply(&east, remote_secret(ID, &kubeconfig)).await;
}

/// The token of a Secret, once the cluster has written it.
async fn token(west: &Cluster, name: &str) -> String {
    let secret = Kind::SECRET.object(Some(NAMESPACE), name);
    for _ in 0..200 {
        let live = west.get(&secret).await.unwrap().unwrap();
        let token = STANDARD.decode(live.text("/data/token")).unwrap();
        if !token.is_empty() {
            return String::from_utf8(token).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{name} has no token");
}

/// The kubeconfig of the remote's administrator with a token in place of its credential.
fn kubeconfig(pair: &Pair, token: &str) -> String {
    let both: Value = chart::Values::parse(&pair.kubeconfig()).unwrap().to_json();
    let mut clusters = both["clusters"].as_array().unwrap().iter();
    let west = clusters.find(|cluster| cluster["name"] == WEST).unwrap();
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": ID,
        "clusters": [{"name": ID, "cluster": west["cluster"]}],
        "users": [{"name": ID, "user": {"token": token}}],
        "contexts": [{"name": ID, "context": {"cluster": ID, "user": ID}}],
    })
    .to_string()
}

fn remote_secret(id: &str, kubeconfig: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {"name": format!("istio-remote-secret-{id}"), "namespace": NAMESPACE,
                     "labels": {"istio/multiCluster": "true"},
                     "annotations": {"networking.istio.io/cluster": id}},
        "stringData": {id: kubeconfig}})
}

fn access(health: &HealthView) -> Option<&AccessView> {
    let members = &health.topology.as_ref()?.members;
    members.iter().find_map(|member| member.access.as_ref())
}

/// The access of the remote, once the checks have seen this tool.
async fn joined_by(pair: &Pair, tool: JoiningTool) -> HealthView {
    let (ann, mesh) = (operator(), &pair.mesh);
    pair.console.recheck_mesh(&ann, mesh).await.unwrap();
    let is_seen = |health: &HealthView| {
        health.is_whole()
            && health.asking.is_none()
            && access(health).is_some_and(|access| access.joined_by == tool)
    };
    pair.health_that(is_seen).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_istioctl_joined_is_adopted_and_handled_like_any_other() {
    let pair = Pair::new().await;
    let (ann, west) = (operator(), ClusterName::new(WEST).unwrap());
    let (console, mesh) = (&pair.console, &pair.mesh);
    for object in sandbox_istio::istiod("Kubernetes", "") {
        let object = Object::new(object).unwrap();
        pair.east().create(&object).await.unwrap();
    }
    pair.accept().await;
    join_by_istioctl(&pair).await;
    // The join is found although the console knows the cluster by another name.
    assert_eq!(pair.step(StepKind::Join).await.state, StepState::Done);
    let seen = joined_by(&pair, JoiningTool::Istioctl).await;
    let found = access(&seen).unwrap();
    assert_eq!(
        found.secret.as_deref(),
        Some(format!("istio-remote-secret-{ID}").as_str())
    );
    assert_eq!(found.reader.as_deref(), Some(READER));
    assert!(found.token_created.is_some());
    let mut checks = seen.doctor.checks.iter();
    let check = checks.find(|check| check.code == CheckCode::JoinOwnership);
    assert_eq!(check.unwrap().remedies, [Remedy::AdoptJoin]);

    let plan = console.plan_adoption(&ann, mesh, &west).await.unwrap();
    assert_eq!(
        plan.notes,
        [PlanNote::AdoptsMarksOnly(JoiningTool::Istioctl)]
    );
    assert_eq!(plan.objects.len(), 5, "{plan:#?}");
    let mut objects = plan.objects.iter();
    assert!(objects.all(|object| object.change == PlannedChange::Adopt));
    let review = plan.review.unwrap();
    let job = console.start_shown(&ann, &review).await.unwrap();
    let done = succeeded(console, &job).await;
    assert_eq!((done.kind, done.completed), (JobKind::Adopt, 5));
    joined_by(&pair, JoiningTool::Console).await;

    let undo = console.plan_adoption_undo(&ann, mesh, &west).await.unwrap();
    let job = console.start_shown(&ann, &undo.review.unwrap()).await;
    succeeded(console, &job.unwrap()).await;
    joined_by(&pair, JoiningTool::Istioctl).await;
    let nothing = console.plan_adoption_undo(&ann, mesh, &west).await;
    let nothing = Problem::from(&nothing.unwrap_err());
    assert_eq!(nothing.code, Code::NotAdopted);
    let again = console.plan_adoption(&ann, mesh, &west).await.unwrap();
    let job = console.start_shown(&ann, &again.review.unwrap()).await;
    succeeded(console, &job.unwrap()).await;

    let job = console.rotate(&ann, mesh, &west).await.unwrap();
    succeeded(console, &job).await;
    joined_by(&pair, JoiningTool::Console).await;
    let job = console.leave(&ann, mesh, &west).await.unwrap();
    succeeded(console, &job).await;
    assert_eq!(pair.step(StepKind::Join).await.state, StepState::NextStep);
    for object in [
        Kind::SERVICE_ACCOUNT.object(Some(NAMESPACE), READER),
        Kind::CLUSTER_ROLE.object(None, ROLE),
        Kind::CLUSTER_ROLE_BINDING.object(None, ROLE),
    ] {
        assert!(pair.west().get(&object).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_with_two_remote_secrets_is_not_adopted_and_both_are_named() {
    let pair = Pair::new().await;
    let (ann, west) = (operator(), ClusterName::new(WEST).unwrap());
    pair.accept().await;
    join_by_istioctl(&pair).await;
    let name = format!("{READER}-istio-remote-secret-token");
    let kubeconfig = kubeconfig(&pair, &token(&pair.west(), &name).await);
    apply(&pair.east(), remote_secret("twin", &kubeconfig)).await;
    let refused = pair.console.plan_adoption(&ann, &pair.mesh, &west).await;
    let problem = Problem::from(&refused.unwrap_err());
    assert_eq!(problem.code, Code::JoinedTwice);
    let named = [problem.arg("object"), problem.arg("other")].join(" ");
    assert!(named.contains(ID) && named.contains("twin"), "{named}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_charts_of_a_remote_take_over_the_reader_of_an_adopted_join() {
    let test = "the_charts_of_a_remote_take_over_the_reader_of_an_adopted_join";
    let Some(charts) = IstioCharts::find(test) else {
        return;
    };
    let (_repositories, pair) = pair_of(&charts).await;
    let (ann, west) = (operator(), ClusterName::new(WEST).unwrap());
    let (console, mesh) = (&pair.console, &pair.mesh);
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    join_by_istioctl(&pair).await;
    let chart = pair.step(StepKind::RemoteChart).await;
    let review = |plan: StepPlanView| plan.install.unwrap().review.unwrap();
    let before = review(console.plan_step(&ann, &chart.step).await.unwrap());
    assert_eq!(before.counts.adopted, 0, "the reader belongs to istioctl");

    let plan = console.plan_adoption(&ann, mesh, &west).await.unwrap();
    let job = console.start_shown(&ann, &plan.review.unwrap()).await;
    succeeded(console, &job.unwrap()).await;
    let after = review(console.plan_step(&ann, &chart.step).await.unwrap());
    assert_eq!(after.counts.adopted, 3, "account, role and binding");
    pair.run_step(StepKind::RemoteChart).await;
    let job = console.rotate(&ann, mesh, &west).await.unwrap();
    succeeded(console, &job).await;
    let job = console.leave(&ann, mesh, &west).await.unwrap();
    succeeded(console, &job).await;
    let role = Kind::CLUSTER_ROLE.object(None, ROLE);
    let role = pair.west().get(&role).await.unwrap().unwrap();
    assert_eq!(role.annotation("meta.helm.sh/release-name"), Some("istiod"));
    assert_eq!(role.label(release::JOIN_LABEL), None);
    assert_eq!(role.annotation("meshspan.io/adopted"), None);
}
