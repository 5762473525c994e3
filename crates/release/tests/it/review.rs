//! The review of an installation, and the state of installed objects.

use crate::{shop::Shop, test_cluster::TestCluster};
use cluster::Propagation;
use release::{ObjectReview, Owner, PlannedChange, State, list, resources, review};
use serde_json::json;

async fn reviewed(world: &TestCluster, shop: &Shop) -> Vec<ObjectReview> {
    review(&world.user(), &shop.plan, &shop.key).await.unwrap()
}

fn of<'a>(all: &'a [ObjectReview], kind: &str) -> &'a PlannedChange {
    let found = all.iter().find(|object| object.object.kind() == kind);
    &found.unwrap().change
}

pub(crate) async fn pending_objects_are_distinct_from_checked_objects(world: TestCluster) {
    let shop = Shop::within(&world, &world.name("shop"), "").await;
    let all = reviewed(&world, &shop).await;
    let count = |wanted: fn(&PlannedChange) -> bool| {
        all.iter().filter(|object| wanted(&object.change)).count()
    };
    assert_eq!(
        count(|object| matches!(object, PlannedChange::NamespacePending)),
        7
    );
    assert_eq!(
        count(|object| matches!(object, PlannedChange::KindPending)),
        1
    );
    assert_eq!(
        count(|object| matches!(object, PlannedChange::Create(_))),
        2,
        "the definitions"
    );
    assert!(matches!(of(&all, "Gadget"), PlannedChange::KindPending));

    let shop = Shop::new(&world, "").await;
    let all = reviewed(&world, &shop).await;
    let PlannedChange::Create(made) = of(&all, "Deployment") else {
        panic!("{:?}", of(&all, "Deployment"));
    };
    assert_eq!(
        made.text("/spec/strategy/type"),
        "RollingUpdate",
        "as the server would have it"
    );
    assert_eq!(
        shop.get(&world, &shop.object("apps/v1", "Deployment"))
            .await,
        None
    );
}

pub(crate) async fn unchanged_objects_are_kept_and_changed_objects_shown(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let again = Shop::new(&world, "").await;
    for object in reviewed(&world, &again).await {
        let kind = object.object.kind();
        assert!(
            matches!(object.change, PlannedChange::Unchanged),
            "{kind}: {:?}",
            object.change
        );
    }
    let red = Shop::new(&world, "colour: red").await;
    let all = reviewed(&world, &red).await;
    let PlannedChange::Update { from, to } = of(&all, "ConfigMap") else {
        panic!("{:?}", of(&all, "ConfigMap"));
    };
    assert_eq!(
        (from.text("/data/colour"), to.text("/data/colour")),
        ("blue", "red")
    );
    assert!(matches!(of(&all, "Deployment"), PlannedChange::Unchanged));
}

pub(crate) async fn foreign_and_rejected_objects_are_reported(world: TestCluster) {
    world
        .apply(world.config_map("web-shop", "colour", "theirs"))
        .await;
    let shop = Shop::new(&world, "image: \"\"").await;
    let all = reviewed(&world, &shop).await;
    let PlannedChange::OwnedByOther(owner) = of(&all, "ConfigMap") else {
        panic!("{:?}", of(&all, "ConfigMap"));
    };
    assert_eq!(owner, &Owner::FieldManager("meshspan".into()));
    let PlannedChange::Rejected(error) = of(&all, "Deployment") else {
        panic!("{:?}", of(&all, "Deployment"));
    };
    let status = error.status().unwrap();
    assert_eq!(status.causes[0].0, "spec.template.spec.containers[0].image");
}

pub(crate) async fn the_objects_of_a_release_are_read_live(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let release = shop.install(&world).await.unwrap();
    let all = resources(&world.user(), &release).await.unwrap();
    assert_eq!(all.len(), 8);
    for resource in &all {
        let ready = resource
            .readiness
            .as_ref()
            .is_some_and(cluster::Readiness::is_ready);
        assert!(ready, "{}: {:?}", resource.object, resource.readiness);
    }
    let settings = shop.object("v1", "ConfigMap");
    world
        .cluster
        .delete(&settings, Propagation::Background)
        .await
        .unwrap();
    let all = resources(&world.user(), &release).await.unwrap();
    let missing = all
        .iter()
        .find(|resource| resource.object == settings)
        .unwrap();
    assert!(matches!(missing.live, Ok(None)));
    let view = missing.view(jiff::Timestamp::now());
    assert_eq!(view.health, wire::release::Health::Missing);
}

pub(crate) async fn releases_are_listed_by_their_newest_revision(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let mut release = shop.install(&world).await.unwrap();
    // A later revision, as an upgrade by helm would leave it.
    release.version = 2;
    release.info.status = State::Failed;
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
        "metadata": {
            "name": "sh.helm.release.v1.web-shop.v2", "namespace": world.namespace,
            "labels": {"name": "web-shop", "owner": "helm", "status": "failed", "version": "2"},
        },
        "stringData": {"release": release::encode(&release).unwrap()},
    });
    world.apply(secret).await;
    let all = list(&world.user()).await.unwrap();
    let mine: Vec<_> = all
        .iter()
        .filter(|release| release.namespace == world.namespace)
        .collect();
    assert_eq!(mine.len(), 1);
    assert_eq!((mine[0].version, mine[0].info.status), (2, State::Failed));
    let all = release::history(&world.user(), &shop.key).await.unwrap();
    let all: Vec<u32> = all.iter().map(|release| release.version).collect();
    assert_eq!(all, [1, 2]);
}
