//! A mesh whose control plane is istiod, installed by other means.

use crate::support::Operate as _;
use crate::{
    meshes::{Pair, WEST},
    support::{EAST, operator, succeeded},
};
use cluster::{Kind, Object};
use serde_json::json;
use wire::{
    ClusterName, Code, Problem,
    check::{CheckCode, CheckStatus},
    job::PhaseName,
    mesh::{HealthView, PlanNote, StepKind, StepState},
};

#[tokio::test]
async fn a_control_plane_installed_by_other_means_is_used_unchanged() {
    let pair = Pair::new().await;
    let ann = operator();
    let east = pair.east();
    for object in sandbox_istio::istiod("Kubernetes", "") {
        let object = Object::new(object).unwrap();
        east.create(&object).await.unwrap();
    }
    pair.accept().await;
    // The images of Istio 1.0 are not the plan.
    pair.console.recheck_mesh(&ann, &pair.mesh).await.unwrap();
    let led = |health: &HealthView| health.doctor.generation == "istiod";
    let ended = |health: &HealthView| health.is_whole() && health.asking.is_none();
    let health = pair.health_that(|health| led(health) && ended(health));
    let mut checks = health.await.doctor.checks.into_iter();
    let version = checks.find(|check| check.code == CheckCode::KubernetesVersion);
    assert_ne!(version.unwrap().status, CheckStatus::Warning);
    let leads = pair.step(StepKind::ControlPlane).await;
    assert_eq!(leads.state, StepState::Existing("Deployment istiod".into()));
    assert_eq!(leads.release, None);
    let joined = pair.run_step(StepKind::Join).await;
    let proof = joined.phases.last().unwrap();
    assert_eq!(proof.name, PhaseName::Endpoints);
    assert!(
        proof.objects[0].note.starts_with("skipped: no pod of"),
        "{proof:?}"
    );

    // The built-in chart for remotes requires Istio 1.0: it is rejected with this control plane.
    let chart = pair.step(StepKind::RemoteChart).await;
    assert_eq!(chart.state, StepState::NextStep);
    let plan = pair.console.plan_step(&ann, &chart.step).await.unwrap();
    assert_eq!(plan.problem.as_ref().unwrap().code, Code::OtherGeneration);
    assert!(plan.install.is_none());
    assert_eq!(
        plan.review, None,
        "a plan that is blocked cannot be started"
    );
    let injector = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "istio-sidecar-injector"},
        "webhooks": [{
            "name": "namespace.sidecar-injector.istio.io", "failurePolicy": "Ignore",
            "admissionReviewVersions": ["v1"], "sideEffects": "None",
            "clientConfig": {"url": "https://10.20.1.1:15017/inject"},
            "namespaceSelector": {"matchLabels": {"istio-injection": "enabled"}}}]});
    let injector = Object::new(injector).unwrap();
    pair.west().create(&injector).await.unwrap();
    let chart = pair.step(StepKind::RemoteChart).await;
    assert_eq!(
        chart.state,
        StepState::Existing("istio-sidecar-injector".into())
    );

    pair.verdict_that(|verdict| verdict.diagnosis.whole).await;
    assert_eq!(pair.step(StepKind::Verify).await.state, StepState::Done);
    let [east, west] = [EAST, WEST].map(|name| ClusterName::new(name).unwrap());
    rotates_only_when_confirmed_where_istiod_loses_endpoints(&pair, &west).await;
    // Nothing of it is the console's to take away: it goes on leading the cluster.
    let job = pair.console.leave(&ann, &pair.mesh, &west).await.unwrap();
    succeeded(&pair.console, &job).await;
    let left = pair
        .console
        .plan_cleanup(&ann, &pair.mesh, &east)
        .await
        .unwrap();
    assert_eq!(left.problem.unwrap().code, Code::StepNotUndone);
}

/// Plans rotations on two releases of istiod.
async fn rotates_only_when_confirmed_where_istiod_loses_endpoints(pair: &Pair, west: &ClusterName) {
    let ann = operator();
    let plan = async || {
        let plan = pair
            .console
            .plan_rotation(&ann, &pair.mesh, west)
            .await
            .unwrap();
        (plan.notes, plan.review.unwrap())
    };
    let (notes, review) = plan().await;
    assert_eq!(notes, [PlanNote::NoGap("1.30.5".into())]);
    assert_eq!(review.confirm, None);

    let east = pair.east();
    let istiod = Kind::DEPLOYMENT.object(Some("istio-system"), "istiod");
    let mut older = east.get(&istiod).await.unwrap().unwrap().value().clone();
    older["spec"]["template"]["spec"]["containers"][0]["image"] =
        json!("docker.io/istio/pilot:1.30.2");
    east.replace(&Object::new(older).unwrap()).await.unwrap();
    let (notes, review) = plan().await;
    let lost = PlanNote::LosesEndpoints("1.30.2".into());
    assert_eq!(notes, [lost, PlanNote::RestartsIstiod]);
    assert_eq!(review.confirm.as_deref(), Some(WEST));
    let started = pair.console.start_reviewed(&ann, &review.id, None).await;
    let refused = Problem::from(&started.expect_err("the name is not typed"));
    assert_eq!(refused.code, Code::NotConfirmed);

    let restoration = pair
        .console
        .plan_token_restoration(&ann, &pair.mesh, west)
        .await;
    let refused = Problem::from(&restoration.expect_err("there is one token"));
    assert_eq!(refused.code, Code::NoEarlierToken);
}
