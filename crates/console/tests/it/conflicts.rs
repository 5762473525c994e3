//! Fields of a release that another field manager owns: decided in the review, and stored.

use crate::{
    support::{
        EAST, Operate as _, World, deployed, draft, operator, reference, release, succeeded,
    },
    test_repositories::{archive_with, packed},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use cluster::{Apply, Object};
use console::Error;
use serde_json::json;
use wire::{
    ChartRef, Code, DraftId, Problem, Revision,
    decision::{DecideRequest, Decisions, FieldChoice, FieldConflict, FieldDecision},
    install::{Change, ReviewView},
    job::{PhaseName, PhaseState},
    release::RevokeRequest,
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
async fn a_field_of_another_manager_is_decided_before_an_upgrade_and_stored() {
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

    let page = console.release(&ann, &at).await.unwrap();
    let [left] = page.left.as_slice() else {
        panic!("{:#?}", page.left);
    };
    assert_eq!(
        (left.path.as_str(), left.manager.as_str()),
        (".data.greeting", "clerk")
    );
    let plan = console.plan_rollback(&ann, &at, Revision(1), Decisions::default());
    let plan = plan.await.unwrap();
    let row = only(&plan.choices.conflicts);
    assert_eq!(
        (row.choice, row.is_stored),
        (Some(FieldChoice::Leave), true)
    );
    let revoke = RevokeRequest {
        at: at.clone(),
        object: left.object.clone(),
        path: left.path.clone(),
    };
    console
        .revoke_left_field(&ann, revoke.clone())
        .await
        .unwrap();
    let again = console.revoke_left_field(&ann, revoke).await;
    assert!(matches!(again, Err(Error::NoObject(_))), "{again:?}");
    let plan = console.plan_rollback(&ann, &at, Revision(1), Decisions::default());
    let plan = plan.await.unwrap();
    let row = only(&plan.choices.conflicts);
    assert_eq!(
        (row.choice, row.is_stored),
        (None, false),
        "it is asked again"
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

/// A version of a chart whose Secret has a type, which is immutable, and whose CRDs have these fields.
fn typed(version: &str, secret_type: &str, crds: &[(&str, &str)]) -> Vec<u8> {
    let metadata = format!("apiVersion: v2\nname: bills\nversion: {version}\n");
    let secret =
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: bills}}\ntype: {secret_type}\n");
    let crd = |(kind, field): &(&str, &str)| {
        let singular = kind.to_lowercase();
        format!(
            "---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {singular}s.bills.example}}
spec:
  group: bills.example
  scope: Namespaced
  names: {{kind: {kind}, plural: {singular}s, singular: {singular}}}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {{openAPIV3Schema: {{type: object, properties: {{{field}: {{type: string}}}}}}}}
"
        )
    };
    let crds: String = crds.iter().map(crd).collect();
    packed(
        "bills",
        &[
            ("Chart.yaml", metadata.as_str()),
            ("templates/all.yaml", secret.as_str()),
            ("crds/all.yaml", crds.as_str()),
        ],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recreation_and_crds_are_chosen_in_the_review_and_executed_as_shown() {
    let world = World::new().await;
    let (console, ann) = (&world.console, operator());
    let upload = async |archive: Vec<u8>| {
        let request = UploadRequest {
            file: "bills.tgz".into(),
            archive: STANDARD.encode(archive),
        };
        console.upload_chart(&ann, request).await.unwrap()
    };
    upload(typed("1.0.0", "bills.example/a", &[("Bill", "sum")])).await;
    let first = draft(console, "uploaded", "bills", EAST).await;
    deployed(console, &first).await;
    let secret = async || {
        let secret = reference("v1", "Secret", "bills");
        let found = world.cluster().get(&secret).await.unwrap().unwrap();
        let text = |pointer: &str| found.text(pointer).to_owned();
        (text("/metadata/uid"), text("/type"))
    };
    let before = secret().await;

    let crds = [("Bill", "total"), ("Payer", "name")];
    let next = upload(typed("1.1.0", "bills.example/b", &crds)).await;
    let draft = upgrade(&world, &next).await;
    console.checks(&ann, &draft).await.unwrap();
    console.accept_warnings(&ann, &draft, true).await.unwrap();
    let review = console.review(&ann, &draft).await.unwrap();
    let [offer] = review.choices.recreations.as_slice() else {
        panic!("{:#?}", review.choices);
    };
    assert_eq!(
        (offer.fields.clone(), offer.is_chosen),
        (vec!["type".to_owned()], false)
    );
    assert_eq!(change(&review, "Secret"), &Change::Undecided);
    let applied: Vec<(&str, bool, bool)> = (review.choices.crds.iter())
        .map(|crd| (crd.name.as_str(), crd.is_new, crd.is_applied))
        .collect();
    assert_eq!(
        applied,
        [
            ("bills.bills.example", false, false),
            ("payers.bills.example", true, true)
        ]
    );
    let refused = console.start_shown(&ann, &review.review).await;
    assert_eq!(Problem::from(&refused.unwrap_err()).code, Code::Undecided);

    let request = DecideRequest {
        draft: draft.clone(),
        decisions: Decisions {
            recreated: vec![offer.object.clone()],
            crds: [("bills.bills.example".to_owned(), true)].into(),
            ..Decisions::default()
        },
        revision: review.draft.revision,
    };
    console.decide(&ann, request).await.unwrap();
    let review = console.review(&ann, &draft).await.unwrap();
    assert_eq!(review.problem, None);
    assert_eq!(change(&review, "Secret"), &Change::Recreate);
    assert_eq!(change(&review, "CustomResourceDefinition"), &Change::Update);
    let job = console.start_shown(&ann, &review.review).await.unwrap();
    let job = succeeded(console, &job).await;
    let mut phases = job.phases.iter();
    let crds = phases.find(|phase| phase.name == PhaseName::Crds).unwrap();
    assert_eq!((crds.state, crds.total), (PhaseState::Done, 2));
    let after = secret().await;
    assert_eq!(after.1, "bills.example/b");
    assert_ne!(after.0, before.0, "it was deleted and created again");
    let crd = |name| reference("apiextensions.k8s.io/v1", "CustomResourceDefinition", name);
    let bills = world
        .cluster()
        .get(&crd("bills.bills.example"))
        .await
        .unwrap();
    let schema = "/spec/versions/0/schema/openAPIV3Schema/properties/total/type";
    assert_eq!(bills.unwrap().text(schema), "string");
    let payers = world
        .cluster()
        .get(&crd("payers.bills.example"))
        .await
        .unwrap();
    assert!(payers.is_some());
}
