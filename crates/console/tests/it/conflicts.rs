//! Fields of a release that another field manager owns: decided in the review, and remembered.

use crate::{
    support::{
        EAST, Operate as _, World, deployed, draft, operator, reference, release, succeeded,
    },
    test_repositories::archive_with,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Apply, Object};
use console::Error;
use serde_json::json;
use wire::{
    ChartRef, Code, DraftId, Problem, Revision,
    decision::{DecideRequest, Decisions, FieldChoice, FieldConflict, FieldDecision},
    install::{Change, ReviewView},
    repository::UploadRequest,
    upgrade::NewUpgradeRequest,
};

const TEMPLATE: &str = "apiVersion: v1
kind: ConfigMap
metadata: {name: bills}
data: {greeting: \"{{ .Values.greeting }}\", limit: \"{{ .Values.limit }}\"}
";

/// A release of version 1.0.0, whose greeting another manager changed, and version 1.1.0 in the catalog.
async fn world_with_conflict() -> (World, ChartRef) {
    let world = World::new().await;
    let upload = async |version: &str, values: &str| {
        let request = UploadRequest {
            file: "bills.tgz".into(),
            archive: STANDARD.encode(archive_with("bills", version, values, TEMPLATE)),
        };
        let uploaded = world.console.upload_chart(&operator(), request).await;
        uploaded.unwrap()
    };
    upload("1.0.0", "greeting: hello\nlimit: 10\n").await;
    let first = draft(&world.console, "uploaded", "bills", EAST).await;
    deployed(&world.console, &first).await;
    taken(&world, "greeting", "moin").await;
    let next = upload("1.1.0", "greeting: good day\nlimit: 20\n").await;
    (world, next)
}

/// Another manager takes a key of the ConfigMap.
async fn taken(world: &World, key: &str, value: &str) {
    let map = reference("v1", "ConfigMap", "bills");
    let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {key: value},
        "metadata": {"name": map.name, "namespace": map.namespace}});
    let other = world.cluster().with_field_manager("clerk");
    let object = Object::new(object).unwrap();
    other.apply(&object, Apply::Force).await.unwrap();
}

async fn text(world: &World, field: &str) -> String {
    let map = reference("v1", "ConfigMap", "bills");
    let found = world.cluster().get(&map).await.unwrap().unwrap();
    found.text(field).to_owned()
}

async fn upgrade(world: &World, chart: &ChartRef) -> DraftId {
    let request = NewUpgradeRequest {
        release: release("bills"),
        chart: chart.clone(),
    };
    world
        .console
        .new_upgrade(&operator(), request)
        .await
        .unwrap()
}

fn decision(row: &FieldConflict, choice: FieldChoice) -> Decisions {
    let decision = FieldDecision {
        object: row.object.clone(),
        path: row.path.clone(),
        manager: row.manager.clone(),
        choice,
    };
    Decisions {
        fields: vec![decision],
        ..Decisions::default()
    }
}

async fn decided(world: &World, review: &ReviewView, choice: FieldChoice) -> ReviewView {
    let (console, ann) = (&world.console, operator());
    let request = DecideRequest {
        draft: review.draft.id.clone(),
        decisions: decision(only(&review.choices.conflicts), choice),
        revision: review.draft.revision,
    };
    console.decide(&ann, request.clone()).await.unwrap();
    let late = console.decide(&ann, request).await;
    assert!(matches!(late, Err(Error::DraftChanged(_))), "{late:?}");
    console.review(&ann, &review.draft.id).await.unwrap()
}

fn only(conflicts: &[FieldConflict]) -> &FieldConflict {
    let [row] = conflicts else {
        panic!("{conflicts:#?}");
    };
    row
}

fn change<'a>(review: &'a ReviewView, kind: &str) -> &'a Change {
    let mut objects = review.objects.iter();
    &objects.find(|row| row.object.kind == kind).unwrap().change
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_of_another_manager_is_decided_before_an_upgrade_and_remembered() {
    let (world, next) = world_with_conflict().await;
    let (console, ann, at) = (&world.console, operator(), release("bills"));
    let draft = upgrade(&world, &next).await;
    console.checks(&ann, &draft).await.unwrap();
    console.accept_warnings(&ann, &draft, true).await.unwrap();

    let review = console.review(&ann, &draft).await.unwrap();
    let row = only(&review.choices.conflicts);
    assert_eq!(
        (row.path.as_str(), row.manager.as_str()),
        (".data.greeting", "clerk")
    );
    assert_eq!((row.theirs.as_str(), row.choice), ("moin", None));
    assert_eq!(row.ours, "good day");
    assert_eq!(change(&review, "ConfigMap"), &Change::Undecided);
    assert_eq!((review.counts.undecided, review.problem.clone()), (1, None));
    let refused = console.start_shown(&ann, &review.review).await;
    assert_eq!(Problem::from(&refused.unwrap_err()).code, Code::Undecided);

    let review = decided(&world, &review, FieldChoice::Leave).await;
    assert_eq!(
        only(&review.choices.conflicts).choice,
        Some(FieldChoice::Leave)
    );
    assert_eq!(
        change(&review, "ConfigMap"),
        &Change::Update,
        "of the limit"
    );
    let job = console.start_shown(&ann, &review.review).await.unwrap();
    succeeded(console, &job).await;
    let now = (
        text(&world, "/data/greeting").await,
        text(&world, "/data/limit").await,
    );
    assert_eq!(now, ("moin".to_owned(), "20".to_owned()));

    let plan = console.plan_rollback(&ann, &at, Revision(1), Decisions::default());
    let plan = plan.await.unwrap();
    let row = only(&plan.choices.conflicts);
    assert_eq!(
        (row.choice, row.is_remembered),
        (Some(FieldChoice::Leave), true)
    );
    let take = decision(row, FieldChoice::Take);
    let plan = console
        .plan_rollback(&ann, &at, Revision(1), take)
        .await
        .unwrap();
    assert_eq!(
        only(&plan.choices.conflicts).choice,
        Some(FieldChoice::Take)
    );
    let job = console.start_shown(&ann, &plan.review).await.unwrap();
    succeeded(console, &job).await;
    assert_eq!(text(&world, "/data/greeting").await, "hello");

    let draft = upgrade(&world, &next).await;
    let review = console.review(&ann, &draft).await.unwrap();
    assert_eq!(
        review.choices.conflicts,
        [],
        "the release owns the field again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_waits_for_the_decision_about_a_field_and_a_changed_field_is_another_plan() {
    let (world, next) = world_with_conflict().await;
    let (console, ann, at) = (&world.console, operator(), release("bills"));
    let draft = upgrade(&world, &next).await;
    console.checks(&ann, &draft).await.unwrap();
    console.accept_warnings(&ann, &draft, true).await.unwrap();
    let review = console.review(&ann, &draft).await.unwrap();
    let review = decided(&world, &review, FieldChoice::Take).await;
    let job = console.start_shown(&ann, &review.review).await.unwrap();
    succeeded(console, &job).await;
    assert_eq!(text(&world, "/data/greeting").await, "good day");
    taken(&world, "limit", "99").await;

    let plan = console.plan_rollback(&ann, &at, Revision(1), Decisions::default());
    let plan = plan.await.unwrap();
    let row = only(&plan.choices.conflicts);
    assert_eq!((row.path.as_str(), row.choice), (".data.limit", None));
    let refused = console.start_shown(&ann, &plan.review).await;
    assert_eq!(Problem::from(&refused.unwrap_err()).code, Code::Undecided);
    let leave = decision(row, FieldChoice::Leave);
    let plan = console
        .plan_rollback(&ann, &at, Revision(1), leave)
        .await
        .unwrap();
    taken(&world, "limit", "100").await;
    let changed = console.start_shown(&ann, &plan.review).await;
    assert!(
        matches!(changed, Err(Error::PlanChanged { .. })),
        "{changed:?}"
    );
    let leave = decision(only(&plan.choices.conflicts), FieldChoice::Leave);
    let plan = console
        .plan_rollback(&ann, &at, Revision(1), leave)
        .await
        .unwrap();
    let job = console.start_shown(&ann, &plan.review).await.unwrap();
    succeeded(console, &job).await;
    let now = (
        text(&world, "/data/greeting").await,
        text(&world, "/data/limit").await,
    );
    assert_eq!(now, ("hello".to_owned(), "100".to_owned()));
}
