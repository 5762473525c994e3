//! The uninstallation of a release.

use crate::shop::uninstall_within;
use crate::{
    shop::{Shop, chain},
    test_cluster::{TestCluster, within},
};
use cluster::{Apply, Propagation};
use release::{Error, Mode, history, latest, plan_uninstall};
use serde_json::json;
use wire::release::KeepReason;

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
