//! The uninstallation of a release.

use crate::{
    shop::{Shop, chain, uninstall_with_crds, uninstall_within},
    test_cluster::{TestCluster, within},
};
use cluster::{Apply, Object, Propagation};
use release::{CrdUsage, Error, Mode, back_up_crds, crd_usage, history, latest, plan_uninstall};
use serde_json::json;
use wire::release::{CrdOrigin, KeepReason};

pub(crate) async fn remove(world: &TestCluster, shop: &Shop) {
    let removed = uninstall_within(world, &shop.key, 40).await;
    removed.unwrap_or_else(|error| panic!("{}", chain(&error)));
}

pub(crate) async fn everything_is_deleted_except_crds_and_kept_objects(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let release = shop.install(&world).await.unwrap();

    let removal = plan_uninstall(&world.user(), &release).await.unwrap();
    assert_eq!(removal.removed.len(), 7);
    assert_eq!(removal.gone, 0);
    let kept: Vec<_> = removal
        .kept
        .iter()
        .map(|(object, why)| (object.kind.as_str(), *why))
        .collect();
    let crd = ("CustomResourceDefinition", KeepReason::Crd);
    assert_eq!(kept, [("Secret", KeepReason::Policy), crd, crd]);
    let hook = shop.named("batch/v1", "Job", "web-shop-pre-delete");
    assert_eq!(removal.hooks, std::slice::from_ref(&hook));
    let key = |kind: &str| {
        removal
            .removed
            .iter()
            .position(|object| object.kind == kind)
            .unwrap()
    };
    assert!(
        key("Service") < key("Deployment"),
        "Helm's order: {:?}",
        removal.removed
    );
    assert!(key("Deployment") < key("ServiceAccount"));

    remove(&world, &shop).await;

    for object in &removal.removed {
        assert_eq!(shop.get(&world, object).await, None, "{object}");
    }
    for (object, _) in &removal.kept {
        assert!(shop.get(&world, object).await.is_some(), "{object}");
    }
    let job = shop.get(&world, &hook).await.unwrap();
    assert_eq!(job.number("/status/succeeded"), Some(1), "the hook ran");
    assert!(history(&world.user(), &shop.key).await.unwrap().is_empty());
    let gone = latest(&world.user(), &shop.key).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })));
}

pub(crate) async fn missing_and_foreign_objects_are_skipped(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let release = shop.install(&world).await.unwrap();
    let service = shop.object("v1", "Service");
    world
        .cluster
        .delete(&service, Propagation::Background)
        .await
        .unwrap();
    let account = shop.object("v1", "ServiceAccount");
    let theirs = json!({
        "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": {
            "name": "web-shop", "namespace": world.namespace,
            "annotations": {"meta.helm.sh/release-name": "other"},
        },
    });
    let theirs = cluster::Object::new(theirs).unwrap();
    world.cluster.apply(&theirs, Apply::Force).await.unwrap();
    let removal = plan_uninstall(&world.user(), &release).await.unwrap();
    assert_eq!(removal.gone, 1);
    assert!(
        removal
            .kept
            .contains(&(account.clone(), KeepReason::NotOurs)),
        "{:?}",
        removal.kept
    );
    remove(&world, &shop).await;
    assert!(shop.get(&world, &account).await.is_some());
}

pub(crate) async fn a_failed_release_can_be_removed(world: TestCluster) {
    let image = format!("unreachable.test/{}:1", world.namespace);
    world.fail_image_pull(&image);
    let shop = Shop::new(&world, &format!("image: {image}")).await;
    let (outcome, _) = shop.install_as(&world, Mode::Install, within(1)).await;
    assert!(
        matches!(outcome, Err(Error::NotReady { .. })),
        "{outcome:?}"
    );
    remove(&world, &shop).await;
    assert_eq!(
        shop.get(&world, &shop.object("apps/v1", "Deployment"))
            .await,
        None
    );
    shop.plan
        .objects()
        .for_each(|object| assert!(!object.name().is_empty()));
}

pub(crate) async fn a_missing_release_cannot_be_removed(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let outcome = uninstall_within(&world, &shop.key, 5).await;
    assert!(
        matches!(outcome, Err(Error::NotFound { .. })),
        "{outcome:?}"
    );
}

/// A custom resource of the shop's CRDs.
fn custom_resource(world: &TestCluster, kind: &str, name: &str) -> Object {
    let (group, _) = world.crd(kind);
    let metadata = json!({"name": name, "namespace": world.namespace});
    let value = json!({"apiVersion": format!("{group}/v1"), "kind": kind, "metadata": metadata,
        "spec": {"size": 7}});
    Object::new(value).unwrap()
}

async fn chosen(world: &TestCluster, shop: &Shop, kind: &str) -> Vec<CrdUsage> {
    let release = latest(&world.user(), &shop.key).await.unwrap();
    let all = crd_usage(&world.user(), &release).await.unwrap();
    let is = |usage: &CrdUsage| usage.live.as_ref().is_some_and(|live| live.kind == kind);
    all.into_iter().filter(is).collect()
}

pub(crate) async fn chosen_crds_are_deleted_after_a_backup(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let theirs = custom_resource(&world, "Gadget", "theirs");
    world.cluster.apply(&theirs, Apply::Force).await.unwrap();

    let gadgets = chosen(&world, &shop, "Gadget").await;
    let [gadget] = gadgets.as_slice() else {
        panic!("{gadgets:#?}");
    };
    let live = gadget.live.as_ref().unwrap();
    assert_eq!(gadget.origin, CrdOrigin::Folder);
    let counts = live.resources.as_ref().unwrap();
    assert_eq!(counts.get(&world.namespace), Some(&2), "{counts:?}");
    assert_eq!((live.total(), &live.owner), (2, &None));
    let widgets = chosen(&world, &shop, "Widget").await;
    assert_eq!(widgets[0].live.as_ref().unwrap().total(), 0);

    let (backup, deletion) = back_up_crds(&world.user(), &gadgets).await.unwrap();
    for part in [
        "name: theirs",
        "name: web-shop",
        "size: 7",
        &gadget.object.name,
    ] {
        assert!(backup.contains(part), "{part} in {backup}");
    }
    assert!(!backup.contains("uid:"), "{backup}");
    let removed = uninstall_with_crds(&world, &shop.key, (40, &deletion)).await;
    removed.unwrap_or_else(|error| panic!("{}", chain(&error)));

    assert!(shop.get(&world, &gadget.object).await.is_none());
    assert!(shop.get(&world, &widgets[0].object).await.is_some());
    assert!(history(&world.user(), &shop.key).await.unwrap().is_empty());
}

pub(crate) async fn a_finalizer_that_blocks_a_crd_is_named_and_the_rest_resumed(
    world: TestCluster,
) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let mut held = custom_resource(&world, "Gadget", "held");
    held.value_mut()["metadata"]["finalizers"] = json!(["example.test/lock"]);
    world.cluster.apply(&held, Apply::Force).await.unwrap();
    let gadgets = chosen(&world, &shop, "Gadget").await;

    let (_, deletion) = back_up_crds(&world.user(), &gadgets).await.unwrap();
    let late = custom_resource(&world, "Gadget", "late");
    world.cluster.apply(&late, Apply::Force).await.unwrap();
    let stuck = uninstall_with_crds(&world, &shop.key, (8, &deletion)).await;
    let Err(Error::DeletionStuck { stuck, .. }) = stuck else {
        panic!("{stuck:?}");
    };
    let text = cluster::describe_stuck(&stuck);
    assert!(
        text.contains("held (finalizers example.test/lock"),
        "{text}"
    );
    held.value_mut()["metadata"]["finalizers"] = json!([]);
    world.cluster.apply(&held, Apply::Force).await.unwrap();

    // What was created after the backup is not deleted with its CRD.
    let late = uninstall_with_crds(&world, &shop.key, (40, &deletion)).await;
    assert!(
        matches!(&late, Err(Error::CreatedAfterBackup { object }) if object.name == "late"),
        "{late:?}"
    );
    let left = chosen(&world, &shop, "Gadget").await;
    let (backup, deletion) = back_up_crds(&world.user(), &left).await.unwrap();
    assert!(backup.contains("name: late"), "{backup}");
    let removed = uninstall_with_crds(&world, &shop.key, (40, &deletion)).await;
    removed.unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert!(shop.get(&world, &left[0].object).await.is_none());
}
