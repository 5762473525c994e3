//! A destructive job starts only with the name that its plan asks for, whatever page sent the request.

use crate::{
    meshes::{Pair, WEST},
    support::{EAST, ended, operator, release, succeeded, until},
};
use cluster::Object;
use console::Error;
use serde_json::json;
use wire::{
    ClusterName, Code, JobId, Problem, ReviewRef,
    job::JobState,
    mesh::{CleanupRequest, StepKind},
};

/// A custom resource that stays until its finalizer is removed.
async fn held_route(pair: &Pair) -> Object {
    let route = json!({"apiVersion": "networking.istio.io/v1alpha3", "kind": "VirtualService",
        "metadata": {"name": "web", "namespace": "default", "finalizers": ["tests/held"]},
        "spec": {"hosts": ["web"]}});
    let route = Object::new(route).unwrap();
    pair.east().create(&route).await.unwrap()
}

async fn remove_finalizer(pair: &Pair, held: &Object) {
    let newest = pair.east().get(&held.reference()).await.unwrap().unwrap();
    let mut free = newest.value().clone();
    free["metadata"]["finalizers"] = json!([]);
    let free = Object::new(free).unwrap();
    pair.east().replace(&free).await.unwrap();
}

/// Asserts that a request without the name, and with another one, starts nothing.
async fn refuses_other_names<F: Future<Output = Result<JobId, Error>>>(
    pair: &Pair,
    review: &ReviewRef,
    name: &str,
    start: impl Fn(Option<String>) -> F,
) {
    assert_eq!(review.confirm.as_deref(), Some(name));
    let jobs = async || -> Vec<JobId> {
        let rows = pair
            .console
            .jobs(&operator(), &wire::job::JobsRequest::default())
            .await
            .unwrap()
            .rows;
        rows.into_iter().map(|row| row.id).collect()
    };
    let before = jobs().await;
    let others = ["", "other", &name.to_uppercase(), &format!("{name} ")].map(str::to_owned);
    for typed in others.map(Some).into_iter().chain([None]) {
        let refused = start(typed.clone()).await.expect_err(name);
        let problem = Problem::from(&refused);
        assert_eq!(problem.code, Code::NotConfirmed, "{typed:?}: {refused:?}");
        assert_eq!(problem.arg("name"), name);
    }
    assert_eq!(jobs().await, before);
}

/// Starts a plan after requests with other names were refused.
async fn confirmed(pair: &Pair, review: &ReviewRef, name: &str) -> JobId {
    let (console, ann) = (&pair.console, operator());
    let start = |typed: Option<String>| {
        let ann = &ann;
        async move {
            let typed = typed.as_deref();
            console.start_reviewed(ann, &review.id, typed).await
        }
    };
    refuses_other_names(pair, review, name, start).await;
    console
        .start_reviewed(&ann, &review.id, Some(name))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn destructive_jobs_start_with_the_name_of_their_subject_only() {
    let pair = Pair::new().await;
    let (console, ann) = (&pair.console, operator());
    let west = ClusterName::new(WEST).unwrap();
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;
    pair.run_step(StepKind::Join).await;
    let rotation = console.plan_rotation(&ann, &pair.mesh, &west).await;
    assert_eq!(rotation.unwrap().review.unwrap().confirm, None);

    let leave = console.plan_leave(&ann, &pair.mesh, &west).await.unwrap();
    let job = confirmed(&pair, &leave.review.unwrap(), WEST).await;
    succeeded(console, &job).await;

    let removal = console.plan_uninstall(&ann, &release("ack-istio")).await;
    let job = confirmed(&pair, &removal.unwrap().review, "ack-istio").await;
    succeeded(console, &job).await;

    let held = held_route(&pair).await;
    let east = ClusterName::new(EAST).unwrap();
    let plan = console.plan_cleanup(&ann, &pair.mesh, &east).await.unwrap();
    let review = plan.review.unwrap();
    let request = CleanupRequest {
        mesh: pair.mesh.clone(),
        cluster: east,
        runtime_objects: true,
        crds: true,
        namespaces: Vec::new(),
    };
    let start = |typed: Option<String>| {
        let (ann, id, request) = (&ann, &review.id, request.clone());
        async move { console.cleanup(ann, (id, typed.as_deref()), request).await }
    };
    let mesh = pair.mesh.to_string();
    refuses_other_names(&pair, &review, &mesh, start).await;
    let job = start(Some(mesh.clone())).await.unwrap();

    // What is left of it is confirmed again.
    until(console, &job, |view| view.blocking.is_some()).await;
    console.stop_job(&ann, &job).await.unwrap();
    assert!(matches!(
        ended(console, &job).await.state,
        JobState::Failed(_)
    ));
    remove_finalizer(&pair, &held).await;
    let rest = console.plan_resume(&ann, &job).await.unwrap();
    let job = confirmed(&pair, &rest.review, &mesh).await;
    succeeded(console, &job).await;
}
