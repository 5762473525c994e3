//! What an installation would do, and how what is installed stands.

use crate::{shop::Shop, test_cluster::TestCluster};
use cluster::Propagation;
use release::{ObjectReview, Owner, PlannedChange, State, list, resources, review};
use serde_json::json;

async fn reviewed(world: &TestCluster, shop: &Shop) -> Vec<ObjectReview> {
    review(&world.cluster, &shop.plan, &shop.key).await.unwrap()
}

fn of<'a>(all: &'a [ObjectReview], kind: &str) -> &'a PlannedChange {
    let found = all.iter().find(|one| one.object.kind() == kind);
    &found.unwrap().change
}

pub(crate) async fn what_comes_along_is_told_apart_from_what_was_checked(world: TestCluster) {
    let shop = Shop::within(&world, &world.name("shop"), "").await;
    let all = reviewed(&world, &shop).await;
    let count =
        |wanted: fn(&PlannedChange) -> bool| all.iter().filter(|one| wanted(&one.change)).count();
    assert_eq!(
        count(|one| matches!(one, PlannedChange::NamespacePending)),
        7
    );
    assert_eq!(count(|one| matches!(one, PlannedChange::KindPending)), 1);
    assert_eq!(
        count(|one| matches!(one, PlannedChange::Create(_))),
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

pub(crate) async fn what_is_installed_is_kept_and_what_changed_is_shown(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let again = Shop::new(&world, "").await;
    for one in reviewed(&world, &again).await {
        let kind = one.object.kind();
        assert!(
            matches!(one.change, PlannedChange::Unchanged),
            "{kind}: {:?}",
            one.change
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

pub(crate) async fn what_is_not_ours_or_refused_is_told(world: TestCluster) {
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
    let said = error.status().unwrap();
    assert_eq!(said.causes[0].0, "spec.template.spec.containers[0].image");
}

pub(crate) async fn the_objects_of_a_release_are_read_live(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let release = shop.install(&world).await.unwrap();
    let all = resources(&world.cluster, &release).await.unwrap();
    assert_eq!(all.len(), 8);
    for one in &all {
        let ready = one
            .readiness
            .as_ref()
            .is_some_and(cluster::Readiness::is_ready);
        assert!(ready, "{}: {:?}", one.object, one.readiness);
    }
    let settings = shop.object("v1", "ConfigMap");
    world
        .cluster
        .delete(&settings, Propagation::Background)
        .await
        .unwrap();
    let all = resources(&world.cluster, &release).await.unwrap();
    let missing = all.iter().find(|one| one.object == settings).unwrap();
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
    let all = list(&world.cluster).await.unwrap();
    let mine: Vec<_> = all
        .iter()
        .filter(|one| one.namespace == world.namespace)
        .collect();
    assert_eq!(mine.len(), 1);
    assert_eq!((mine[0].version, mine[0].info.status), (2, State::Failed));
    let all = release::history(&world.cluster, &shop.key).await.unwrap();
    let all: Vec<u32> = all.iter().map(|one| one.version).collect();
    assert_eq!(all, [1, 2]);
}
