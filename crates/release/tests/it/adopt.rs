//! Objects of a join: a release that renders them adopts them, and gives them back.

use crate::{
    review::reviewed,
    shop::Shop,
    test_cluster::{TestCluster, within},
    uninstall::remove,
};
use cluster::Object;
use release::{JOIN_LABEL, Mode, Owner, PlannedChange, foreign_owner, latest, plan_uninstall};
use serde_json::json;
use wire::release::KeepReason;

async fn account(world: &TestCluster, shop: &Shop) -> Object {
    let account = shop.object("v1", "ServiceAccount");
    shop.get(world, &account).await.unwrap()
}

pub(crate) async fn an_object_of_a_join_is_adopted_and_returned(world: TestCluster) {
    world
        .apply(json!({
            "apiVersion": "v1", "kind": "ServiceAccount",
            "metadata": {
                "name": "web-shop", "namespace": world.namespace,
                "labels": {JOIN_LABEL: "true", "app.kubernetes.io/managed-by": "meshspan"},
            },
        }))
        .await;
    let shop = Shop::new(&world, "").await;
    let all = reviewed(&world, &shop).await;
    let adopted: Vec<&str> = all
        .iter()
        .filter(|object| matches!(object.change, PlannedChange::Adopt { .. }))
        .map(|object| object.object.kind())
        .collect();
    assert_eq!(adopted, ["ServiceAccount"]);

    shop.install(&world).await.unwrap();
    let red = Shop::new(&world, "colour: red").await;
    let upgraded = red.install_as(&world, Mode::Upgrade, within(60)).await.0;
    upgraded.unwrap();
    let live = account(&world, &shop).await;
    assert_eq!(foreign_owner(&live, &shop.key), None, "the release owns it");
    assert_eq!(live.label(JOIN_LABEL), Some("true"), "the join needs it");
    for object in reviewed(&world, &red).await {
        assert!(matches!(object.change, PlannedChange::Unchanged));
    }

    let release = latest(&world.user(), &shop.key).await.unwrap();
    let removal = plan_uninstall(&world.user(), &release).await.unwrap();
    let kept = (live.reference(), KeepReason::Join);
    assert!(removal.kept.contains(&kept), "{:?}", removal.kept);
    remove(&world, &shop).await;
    let live = account(&world, &shop).await;
    assert_eq!(foreign_owner(&live, &shop.key), Some(Owner::Join));
    Shop::new(&world, "").await.install(&world).await.unwrap();
    let live = account(&world, &shop).await;
    assert_eq!(foreign_owner(&live, &shop.key), None, "adopted again");
}
