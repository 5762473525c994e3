//! Fields of a release that another field manager owns.

use crate::{
    review::reviewed_with,
    rollback::execute,
    shop::Shop,
    test_cluster::TestCluster,
    upgrade::{blue, upgrade},
};
use chart::Chart;
use cluster::{Apply, Object};
use release::{Error, FieldChoices, ObjectReview, PlannedChange, plan_rollback};
use serde_json::{Value, json};
use wire::decision::{Decisions, FieldChoice, FieldConflict, FieldDecision, KnownOwner};

/// The conflicts of a review.
fn conflicts(reviewed: &[ObjectReview]) -> Vec<FieldConflict> {
    let all = reviewed.iter().flat_map(|object| &object.conflicts);
    all.cloned().collect()
}

/// The decisions of a review, with one choice for what is undecided.
fn decided(conflicts: &[FieldConflict], undecided: FieldChoice) -> Decisions {
    let decision = |row: &FieldConflict| FieldDecision {
        object: row.object.clone(),
        path: row.path.clone(),
        manager: row.manager.clone(),
        choice: row.choice.unwrap_or(undecided),
    };
    Decisions {
        fields: conflicts.iter().map(decision).collect(),
        ..Decisions::default()
    }
}

fn choices(decisions: &Decisions) -> FieldChoices<'_> {
    FieldChoices {
        decided: &decisions.fields,
        recreated: &decisions.recreated,
        stored: &[],
    }
}

/// Applies fields of an object as another manager, which takes them.
async fn taken_by(world: &TestCluster, manager: &str, object: Value) {
    let other = world.cluster.clone().with_field_manager(manager);
    let object = Object::new(object).unwrap();
    other.apply(&object, Apply::Force).await.unwrap();
}

fn of_kind<'a>(reviewed: &'a [ObjectReview], kind: &str) -> &'a ObjectReview {
    let mut all = reviewed.iter();
    all.find(|object| object.object.kind() == kind).unwrap()
}

pub(crate) async fn a_field_of_an_unknown_manager_is_left_or_taken_as_decided(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let pink = world.config_map("web-shop", "colour", "pink");
    taken_by(&world, "painter", pink.clone()).await;
    let colour = async || {
        let map = shop.get(&world, &shop.object("v1", "ConfigMap")).await;
        map.unwrap().text("/data/colour").to_owned()
    };

    let mut green = blue(&world, "colour: green").await;
    let reviewed = reviewed_with(&world, &green, FieldChoices::default()).await;
    let map = of_kind(&reviewed, "ConfigMap");
    assert!(matches!(map.change, PlannedChange::Undecided), "{map:?}");
    let found = conflicts(&reviewed);
    let [row] = found.as_slice() else {
        panic!("{found:#?}");
    };
    assert_eq!(
        (row.path.as_str(), row.manager.as_str()),
        (".data.colour", "painter")
    );
    assert_eq!((row.theirs.as_str(), row.ours.as_str()), ("pink", "green"));
    assert_eq!((row.known, row.choice), (None, None));

    green.decisions = decided(&found, FieldChoice::Leave);
    let reviewed = reviewed_with(&world, &green, choices(&green.decisions)).await;
    let map = of_kind(&reviewed, "ConfigMap");
    assert!(matches!(map.change, PlannedChange::Unchanged), "{map:?}");
    let left = upgrade(&world, &green, 40).await.unwrap();
    assert_eq!(colour().await, "pink");
    assert!(left.manifest.contains("green"), "the record is as rendered");

    let undecided = blue(&world, "colour: red").await;
    let failed = upgrade(&world, &undecided, 40).await;
    assert!(matches!(failed, Err(Error::Cluster(_))), "{failed:?}");
    assert_eq!(colour().await, "pink", "nothing is forced");

    let mut red = blue(&world, "colour: red").await;
    let found = conflicts(&reviewed_with(&world, &red, FieldChoices::default()).await);
    red.decisions = decided(&found, FieldChoice::Take);
    let reviewed = reviewed_with(&world, &red, choices(&red.decisions)).await;
    let map = of_kind(&reviewed, "ConfigMap");
    let PlannedChange::Update { to, .. } = &map.change else {
        panic!("{map:?}");
    };
    assert_eq!(to.text("/data/colour"), "red");
    upgrade(&world, &red, 40).await.unwrap();
    assert_eq!(colour().await, "red");

    let yellow = blue(&world, "colour: yellow").await;
    let reviewed = reviewed_with(&world, &yellow, FieldChoices::default()).await;
    assert_eq!(conflicts(&reviewed), [], "it is the release's own now");
    let mut left = yellow;
    left.decisions = decided(&found, FieldChoice::Leave);
    upgrade(&world, &left, 40).await.unwrap();
    assert_eq!(
        colour().await,
        "yellow",
        "the painter does not own it any more"
    );
}

/// A chart with the webhook of a controller, which writes CA bundle and failure policy into it.
fn webhook_chart(version: &str, policy: &str, rules: &str) -> Chart {
    let metadata = format!("apiVersion: v2\nname: web\nversion: {version}\n");
    let webhook = format!(
        "apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {{name: {{{{ .Release.Name }}}}-{{{{ .Release.Namespace }}}}}}
webhooks:
- name: validation.example.io
  {policy}
  sideEffects: None
  admissionReviewVersions: [v1]
  clientConfig: {{service: {{name: web, namespace: {{{{ .Release.Namespace }}}}, path: /validate}}}}
  rules:
  - {{apiGroups: [example.io], apiVersions: [v1], operations: [CREATE], resources: [{rules}]}}
"
    );
    let files = [
        ("Chart.yaml", metadata),
        ("templates/webhook.yaml", webhook),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text.into_bytes()));
    Chart::from_files(files).unwrap()
}

pub(crate) async fn a_field_that_a_webhook_controller_owns_is_left_to_it_at_an_upgrade_and_a_rollback(
    world: TestCluster,
) {
    let key = (world.namespace.as_str(), "web");
    let first = webhook_chart("1.0.0", "failurePolicy: Ignore", "shops");
    let first = Shop::of(&world, first, key, "").await;
    first.install(&world).await.unwrap();
    let name = format!("web-{}", world.namespace);
    let webhook = cluster::ObjectRef {
        kind: "ValidatingWebhookConfiguration".into(),
        api_version: "admissionregistration.k8s.io/v1".into(),
        namespace: None,
        name,
    };
    let policy = async || {
        let found = world.cluster.get(&webhook).await.unwrap().unwrap();
        found.text("/webhooks/0/failurePolicy").to_owned()
    };
    // As istiod does it: by an update, with optimistic locking.
    let mut live = world.cluster.get(&webhook).await.unwrap().unwrap();
    live.value_mut()["webhooks"][0]["failurePolicy"] = json!("Fail");
    let istiod = world.cluster.clone().with_field_manager("pilot-discovery");
    istiod.replace(&live).await.unwrap();

    let second = webhook_chart("1.0.1", "", "bills");
    let second = Shop::of(&world, second, key, "").await;
    let reviewed = reviewed_with(&world, &second, FieldChoices::default()).await;
    assert_eq!(conflicts(&reviewed), [], "a chart without the field");
    upgrade(&world, &second, 40).await.unwrap();
    assert_eq!(policy().await, "Fail");

    let mut plan = plan_rollback(&world.user(), &first.key, 1, false)
        .await
        .unwrap();
    let manifests = chart::Manifests::default();
    let user = world.user();
    let reviewed = release::review_after(
        &user,
        (&plan.plan, &manifests),
        &first.key,
        &[],
        FieldChoices::default(),
    );
    let reviewed = reviewed.await.unwrap();
    let found = conflicts(&reviewed);
    let [row] = found.as_slice() else {
        panic!("{found:#?}");
    };
    assert_eq!(
        row.path,
        r#".webhooks[name="validation.example.io"].failurePolicy"#
    );
    assert_eq!((row.theirs.as_str(), row.ours.as_str()), ("Fail", "Ignore"));
    assert_eq!(row.known, Some(KnownOwner::Istiod));
    assert_eq!(row.choice, Some(FieldChoice::Leave));
    let PlannedChange::Update { to, .. } = &reviewed[0].change else {
        panic!("{reviewed:#?}");
    };
    let rules = to.text("/webhooks/0/rules/0/resources/0");
    assert_eq!(
        (rules, to.text("/webhooks/0/failurePolicy")),
        ("shops", "Fail")
    );
    plan.decisions = decided(&found, FieldChoice::Take);
    execute(&world, &first, &plan).await.unwrap();
    assert_eq!(policy().await, "Fail", "istiod keeps it");
}
