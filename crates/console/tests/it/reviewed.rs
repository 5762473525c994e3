//! What is executed is what was shown: a change after the review starts nothing, and names what changed.

use crate::{
    meshes::Pair,
    support::{
        EAST, Operate as _, World, deployed, draft, ended, operator, reference, release, succeeded,
        write,
    },
};
use cluster::Object;
use console::Error;
use serde_json::json;
use wire::{ClusterName, JobId, check::CheckStatus, job::JobState, mesh::StepKind};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_tab_does_not_change_what_the_first_one_deploys() {
    let world = World::with_shop().await;
    let (console, ann) = (&world.console, operator());
    let draft = draft(console, "tests", "shop", EAST).await;
    write(console, &draft, "database: {password: hunter2-first}\n").await;
    console.checks(&ann, &draft).await.unwrap();
    console.accept_warnings(&ann, &draft, true).await.unwrap();
    let shown = console.review(&ann, &draft).await.unwrap();
    write(console, &draft, "database: {password: hunter2-second}\n").await;

    let job = console.start_shown(&ann, &shown.review).await.unwrap();
    ended(console, &job).await;

    let secret = world
        .cluster()
        .get(&reference("v1", "Secret", "shop"))
        .await;
    let secret = secret.unwrap().unwrap();
    let url = secret.text("/data/url").to_owned() + secret.text("/stringData/url");
    let plain = "postgres://shop:hunter2-first@db";
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    assert!(
        [plain.to_owned(), STANDARD.encode(plain)].contains(&url),
        "{url}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_appears_after_the_review_is_named_and_nothing_starts() {
    let world = World::with_shop().await;
    let (console, ann) = (&world.console, operator());
    let namespace =
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"}});
    world.create(namespace).await;
    let draft = draft(console, "tests", "vault", EAST).await;
    console.accept_warnings(&ann, &draft, true).await.unwrap();
    let shown = console.review(&ann, &draft).await.unwrap();
    let foreign = json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": "vault", "namespace": "istio-system"},
    });
    world.create(foreign).await;

    let refused = console.start_shown(&ann, &shown.review).await;

    let Err(Error::PlanChanged { objects }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(objects, [format!("{EAST}: ConfigMap istio-system/vault")]);
    assert!(
        console
            .jobs(&ann, &wire::job::JobsRequest::default())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_that_was_not_accepted_prevents_the_start_on_the_server() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let draft = world.remote().await;
    let checks = console.checks(&ann, &draft).await.unwrap().checks;
    let warned = checks
        .iter()
        .find(|check| check.status == CheckStatus::Warning);
    let warned = warned
        .expect("the charts of Istio 1.0 warn on this cluster")
        .code;
    let shown = console.review(&ann, &draft).await.unwrap();

    let refused = console.start_shown(&ann, &shown.review).await;

    let Err(Error::ChecksFailed { checks }) = refused else {
        panic!("{refused:?}");
    };
    assert!(checks.contains(&warned), "{checks:?}");
    deployed(console, &draft).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_appears_after_the_plan_of_a_join_is_not_adopted() {
    let pair = Pair::new().await;
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    let step = pair.step(StepKind::Join).await.step;
    let plan = pair.console.plan_step(&operator(), &step).await.unwrap();
    let role = plan
        .objects
        .iter()
        .find(|object| object.object.kind == "ClusterRole");
    let role = role.expect("a join creates a role").object.clone();
    let powerful = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
        "metadata": {"name": role.name},
        "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}],
    });
    let powerful = Object::new(powerful).unwrap();
    pair.west().create(&powerful).await.unwrap();

    let refused = pair
        .console
        .start_shown(&operator(), &plan.review.unwrap())
        .await;

    let Err(Error::PlanChanged { objects }) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        objects.iter().any(|object| object.contains(&role.name)),
        "{objects:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_newest_unfinished_job_of_a_target_is_resumed_and_once() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let resumable = async |job: &JobId| match console.plan_resume(&ann, job).await {
        Ok(plan) => Some(plan.review),
        Err(Error::NotResumable(refused)) if refused == *job => None,
        Err(other) => panic!("{other:?}"),
    };
    world.sandbox.fail_image_pull("citadel");
    let draft = world.remote().await;
    let job = console.deploy(&ann, &draft).await.unwrap();
    assert!(resumable(&job).await.is_none(), "it runs");
    console.stop_job(&ann, &job).await.unwrap();
    assert!(matches!(
        ended(console, &job).await.state,
        JobState::Failed(_)
    ));
    let first = resumable(&job).await.expect("it was stopped");
    let second = resumable(&job).await.expect("and is not resumed yet");
    world.sandbox.restore_image_pull("citadel");
    let next = console.start_shown(&ann, &first).await.unwrap();
    succeeded(console, &next).await;
    assert!(resumable(&job).await.is_none(), "it was resumed");
    assert!(console.start_shown(&ann, &second).await.is_err(), "once");
    assert!(resumable(&next).await.is_none(), "it succeeded");
    let page = console
        .release(&ann, &release("ack-istio-remote"))
        .await
        .unwrap();
    assert_eq!(page.history.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_executed_on_the_cluster_that_it_was_made_for() {
    let world = World::with_shop().await;
    let (console, ann) = (&world.console, operator());
    let draft = draft(console, "tests", "vault", EAST).await;
    console.accept_warnings(&ann, &draft, true).await.unwrap();
    let shown = console.review(&ann, &draft).await.unwrap();
    let east = ClusterName::new(EAST).unwrap();
    console.remove_cluster(&ann, &east).await.unwrap();
    let (_other, listening) = crate::support::east().await;
    console.add_sandbox(&listening.kubeconfig()).await.unwrap();

    let refused = console.start_shown(&ann, &shown.review).await;

    let Err(Error::PlanChanged { objects }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(objects, [format!("{EAST}: Namespace kube-system")]);
}
