//! A step that the cluster refuses; only the sandbox can be asked to.

use crate::{
    shop::{Shop, chain},
    world::World,
};
use release::{Error, State, latest};

#[tokio::test]
async fn a_refused_step_leaves_a_failed_revision_and_names_the_object() {
    let world = World::in_memory().await;
    let shop = Shop::new(&world, "").await;
    world.sandbox().unwrap().refuse_next("services");

    let error = shop.install(&world).await.unwrap_err();

    assert!(matches!(error, Error::Cluster(_)), "{error:?}");
    let said = chain(&error);
    let wanted = format!(
        "could not apply Service {}/web-shop on cluster sandbox",
        world.namespace
    );
    assert!(said.contains(&wanted), "{said}");
    let failed = latest(&world.cluster, &shop.place).await.unwrap();
    assert_eq!(failed.info.status, State::Failed);
    assert!(
        failed.info.description.contains("Service"),
        "{}",
        failed.info.description
    );
    let deployment = shop.object("apps/v1", "Deployment");
    assert_eq!(
        shop.get(&world, &deployment).await,
        None,
        "nothing came after it"
    );
}
