//! A plan that changed before it was started is made again, and what differs is named: objects and steps,
//! with the paths of fields and without their values.

use crate::{
    meshes::{Pair, WEST},
    support::{
        EAST, Operate as _, World, deployed, draft, ended, operator, reference, release, succeeded,
        write,
    },
};
use cluster::{Cluster, Object, ObjectRef, Propagation};
use console::{Console, Error};
use serde_json::{Value, json};
use wire::{
    ClusterName, JobId, ReviewRef,
    job::JobState,
    mesh::{PlannedChange, StepKind},
    review::{DifferenceKind, PlanDifferences},
};

/// Changes an object as somebody beside the console does.
async fn edit(cluster: &Cluster, object: &ObjectRef, change: impl FnOnce(&mut Value)) {
    let found = cluster.get(object).await.unwrap().unwrap();
    let mut value = found.value().clone();
    change(&mut value);
    let value = Object::new(value).unwrap();
    cluster.replace(&value).await.unwrap();
}

async fn delete(cluster: &Cluster, object: &ObjectRef) {
    let found = cluster.get(object).await.unwrap().unwrap();
    let deleted = cluster.delete_by_uid(&found, Propagation::Background).await;
    assert!(deleted.unwrap(), "{object}");
}

/// Expects that nothing starts, and compares the plan with the one that is made instead.
async fn changed(console: &Console, shown: &ReviewRef, now: &ReviewRef) -> PlanDifferences {
    let refused = console.start_shown(&operator(), shown).await;
    assert!(
        matches!(refused, Err(Error::PlanChanged { .. })),
        "{refused:?}"
    );
    let found = console
        .plan_differences(&operator(), &shown.id, &now.id)
        .await;
    found.unwrap()
}

fn kind_of<'a>(found: &'a PlanDifferences, object: &str) -> Vec<&'a DifferenceKind> {
    let of_object = found
        .differences
        .iter()
        .filter(|difference| difference.object.ends_with(object));
    of_object.map(|difference| &difference.kind).collect()
}

fn changed_fields(fields: &[&str]) -> DifferenceKind {
    DifferenceKind::Changed {
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        more: 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_names_what_changed_replaced_and_gone_objects_without_values() {
    let world = World::with_shop().await;
    let (console, ann) = (&world.console, operator());
    let draft = draft(console, "tests", "shop", EAST).await;
    write(console, &draft, "database: {password: hunter2-first}\n").await;
    deployed(console, &draft).await;
    let shown = console
        .plan_uninstall(&ann, &release("shop"))
        .await
        .unwrap();
    let cluster = world.cluster();
    let secret = reference("v1", "Secret", "shop");
    edit(&cluster, &secret, |secret| {
        secret["data"]["password"] = json!("aHVudGVyMi1zZWNvbmQ=");
        secret["data"]["second"] = json!("aHVudGVyMi10aGlyZA==");
    })
    .await;
    let config = reference("v1", "ConfigMap", "shop");
    let before = cluster.get(&config).await.unwrap().unwrap();
    delete(&cluster, &config).await;
    let mut again = before.value().clone();
    again["metadata"] = json!({"name": "shop", "namespace": "istio-system",
        "labels": again["metadata"]["labels"], "annotations": again["metadata"]["annotations"]});
    cluster.create(&Object::new(again).unwrap()).await.unwrap();
    delete(&cluster, &reference("apps/v1", "Deployment", "shop")).await;

    let now = console
        .plan_uninstall(&ann, &release("shop"))
        .await
        .unwrap();
    let found = changed(console, &shown.review, &now.review).await;

    let fields = changed_fields(&["data.password", "data.second"]);
    assert_eq!(kind_of(&found, "Secret istio-system/shop"), [&fields]);
    let replaced = kind_of(&found, "ConfigMap istio-system/shop");
    assert_eq!(replaced, [&DifferenceKind::Replaced]);
    let gone = kind_of(&found, "Deployment istio-system/shop");
    assert_eq!(gone, [&DifferenceKind::StepRemoved]);
    let text = serde_json::to_string(&found).unwrap();
    assert!(
        !text.contains("hunter2") && !text.contains("aHVudGVy"),
        "{text}"
    );

    // The new plan needs the name again.
    let id = &now.review.id;
    let unconfirmed = console.start_reviewed(&ann, id, None).await;
    assert!(matches!(unconfirmed, Err(Error::NotConfirmed { .. })));
    let job = console.start_shown(&ann, &now.review).await.unwrap();
    succeeded(console, &job).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_of_a_revision_does_not_remove_the_next_one() {
    let world = World::with_shop().await;
    let (console, ann) = (&world.console, operator());
    let draft = draft(console, "tests", "shop", EAST).await;
    deployed(console, &draft).await;
    let plan = async || {
        console
            .plan_uninstall(&ann, &release("shop"))
            .await
            .unwrap()
    };
    let shown = plan().await;
    // Helm upgrades it meanwhile: no object differs.
    let cluster = world.cluster();
    let record = |revision| format!("sh.helm.release.v1.shop.v{revision}");
    let first = reference("v1", "Secret", &record(1));
    let first = cluster.get(&first).await.unwrap().unwrap();
    let key = ::release::ReleaseKey {
        namespace: "istio-system".parse().unwrap(),
        release: "shop".parse().unwrap(),
    };
    let user = cluster::AsUser::new(cluster.clone());
    let mut second = ::release::latest(&user, &key).await.unwrap();
    second.version = 2;
    let mut secret = first.value().clone();
    let labels = secret["metadata"]["labels"].clone();
    secret["metadata"] = json!({"name": record(2), "namespace": "istio-system", "labels": labels});
    secret["metadata"]["labels"]["version"] = json!("2");
    secret.as_object_mut().unwrap().remove("data");
    secret["stringData"] = json!({"release": ::release::encode(&second).unwrap()});
    cluster.create(&Object::new(secret).unwrap()).await.unwrap();

    let now = plan().await;
    let found = changed(console, &shown.review, &now.review).await;

    assert_eq!(kind_of(&found, &record(1)), [&DifferenceKind::StepRemoved]);
    assert_eq!(kind_of(&found, &record(2)), [&DifferenceKind::StepAdded]);
    let job = console.start_shown(&ann, &now.review).await.unwrap();
    succeeded(console, &job).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_names_what_appeared_and_what_another_tab_plans() {
    let world = World::with_shop().await;
    let (console, ann) = (&world.console, operator());
    let namespace =
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "istio-system"}});
    world.create(namespace).await;
    let draft = draft(console, "tests", "shop", EAST).await;
    console.checks(&ann, &draft).await.unwrap();
    console.accept_warnings(&ann, &draft, true).await.unwrap();
    let shown = console.review(&ann, &draft).await.unwrap();
    let foreign = json!({
        "apiVersion": "v1", "kind": "Secret",
        "metadata": {"name": "shop", "namespace": "istio-system"},
    });
    world.create(foreign).await;
    write(console, &draft, "greeting: good morning\n").await;

    let now = console.review(&ann, &draft).await.unwrap();
    let found = changed(console, &shown.review, &now.review).await;

    let secret = kind_of(&found, "Secret istio-system/shop");
    assert_eq!(secret, [&DifferenceKind::Appeared]);
    let config = kind_of(&found, "ConfigMap istio-system/shop");
    assert_eq!(config, [&DifferenceKind::StepChanged]);
    assert_eq!(found.differences.len(), 2, "{found:?}");
    let none = console.plan_differences(&ann, &now.review.id, &now.review.id);
    assert!(none.await.unwrap().differences.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_an_installation_names_what_changed_since_its_plan() {
    let world = World::with_shop().await;
    let (console, ann) = (&world.console, operator());
    world.sandbox.fail_image_pull("shop");
    let draft = draft(console, "tests", "shop", EAST).await;
    let job = console.deploy(&ann, &draft).await.unwrap();
    crate::support::until(console, &job, |view| view.blocking.is_some()).await;
    console.stop_job(&ann, &job).await.unwrap();
    let view = ended(console, &job).await;
    assert!(matches!(view.state, JobState::Failed(_)), "{view:?}");
    let shown = console.plan_resume(&ann, &job).await.unwrap();
    let config = reference("v1", "ConfigMap", "shop");
    let greet = |config: &mut Value| config["data"]["note"] = json!("good night");
    edit(&world.cluster(), &config, greet).await;

    let now = console.plan_resume(&ann, &job).await.unwrap();
    let found = changed(console, &shown.review, &now.review).await;

    let fields = changed_fields(&["data.note"]);
    assert_eq!(kind_of(&found, "ConfigMap istio-system/shop"), [&fields]);
    assert_eq!(found.differences.len(), 1, "{found:?}");
    world.sandbox.restore_image_pull("shop");
    let next: JobId = console.start_shown(&ann, &now.review).await.unwrap();
    succeeded(console, &next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plans_of_a_mesh_name_what_changed_and_which_steps_are_others() {
    let pair = Pair::new().await;
    let (console, ann) = (&pair.console, operator());
    let [east, west] = [EAST, WEST].map(|name| ClusterName::new(name).unwrap());
    pair.accept().await;
    pair.run_step(StepKind::ControlPlane).await;

    // A role of another tool is in the way of the join: it would be adopted.
    let step = pair.step(StepKind::Join).await.step;
    let shown = console.plan_step(&ann, &step).await.unwrap();
    let role = shown
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
    let now = console.plan_step(&ann, &step).await.unwrap();
    let found = changed(console, &shown.review.unwrap(), &now.review.unwrap()).await;
    let expected = [&DifferenceKind::Appeared, &DifferenceKind::StepChanged];
    assert_eq!(kind_of(&found, &role.to_string()), expected, "{found:?}");
    delete(&pair.west(), &role).await;
    pair.run_step(StepKind::Join).await;

    // Somebody labels objects after the plans of a rotation and of a leave.
    let label = |object: &mut Value| object["metadata"]["labels"]["team"] = json!("shop");
    let fields = changed_fields(&["metadata.labels.team"]);
    let rotation = || console.plan_rotation(&ann, &pair.mesh, &west);
    let shown = rotation().await.unwrap();
    let secret = shown
        .objects
        .iter()
        .find(|object| object.cluster == east && object.change != PlannedChange::Create);
    let secret = secret.expect("the remote Secret").object.clone();
    edit(&pair.east(), &secret, label).await;
    let now = rotation().await.unwrap();
    let found = changed(console, &shown.review.unwrap(), &now.review.unwrap()).await;
    let kinds = kind_of(&found, &secret.to_string());
    assert!(kinds.contains(&&fields), "{found:?}");

    let leave = console.plan_leave(&ann, &pair.mesh, &west).await.unwrap();
    let account = leave
        .objects
        .iter()
        .find(|object| object.object.kind == "ServiceAccount");
    let account = account.expect("a leave deletes the reader").object.clone();
    edit(&pair.west(), &account, label).await;
    let again = console.plan_leave(&ann, &pair.mesh, &west).await.unwrap();
    let again = again.review.unwrap();
    let found = changed(console, &leave.review.unwrap(), &again).await;
    assert!(
        kind_of(&found, &account.to_string()).contains(&&fields),
        "{found:?}"
    );
    let job = console.start_shown(&ann, &again).await.unwrap();
    succeeded(console, &job).await;

    // Somebody creates a custom resource after the plan of a cleanup.
    let job = console
        .uninstall(&ann, &release("ack-istio"))
        .await
        .unwrap();
    succeeded(console, &job).await;
    let shown = console.plan_cleanup(&ann, &pair.mesh, &east).await.unwrap();
    let route = json!({"apiVersion": "networking.istio.io/v1alpha3", "kind": "VirtualService",
        "metadata": {"name": "web", "namespace": "default"}, "spec": {"hosts": ["web"]}});
    let route = Object::new(route).unwrap();
    pair.east().create(&route).await.unwrap();
    let now = console.plan_cleanup(&ann, &pair.mesh, &east).await.unwrap();
    let found = changed(console, &shown.review.unwrap(), &now.review.unwrap()).await;
    let crd = "CustomResourceDefinition virtualservices.networking.istio.io";
    assert_eq!(kind_of(&found, crd), [&DifferenceKind::StepChanged]);
}
