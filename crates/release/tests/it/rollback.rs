//! The rollback of a release to an earlier revision.

use crate::{
    shop::{Shop, chain},
    test_cluster::{TestCluster, within},
    upgrade::{blue, recorded, upgrade},
};
use release::{Error, Operation, Release, RollbackPlan, State, history, plan_rollback, rollback};

/// Plans a rollback and executes it.
pub(crate) async fn roll_back(
    world: &TestCluster,
    shop: &Shop,
    revision: u32,
) -> Result<Release, Error> {
    let plan = plan_rollback(&world.user(), &shop.key, revision, false).await?;
    execute(world, shop, &plan).await
}

pub(crate) async fn execute(
    world: &TestCluster,
    shop: &Shop,
    plan: &RollbackPlan,
) -> Result<Release, Error> {
    let (user, watches) = (world.user(), world.watches());
    let operation = Operation {
        user: &user,
        watches: &watches,
        key: &shop.key,
        wait: &within(40),
        clock: jiff::Timestamp::now,
        on_event: &|_| {},
    };
    rollback(&operation, plan).await
}

async fn states(world: &TestCluster, shop: &Shop) -> Vec<(u32, State)> {
    let all = history(&world.user(), &shop.key).await.unwrap();
    all.iter()
        .map(|revision| (revision.version, revision.info.status))
        .collect()
}

pub(crate) async fn the_content_of_an_earlier_revision_comes_back(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    let first = shop.install(&world).await.unwrap();
    let gadget = shop.object(&format!("{}/v1", shop.group), "Gadget");
    let blue = blue(&world, "colour: green").await;
    upgrade(&world, &blue, 40).await.unwrap();
    assert!(shop.get(&world, &gadget).await.is_none());

    let third = roll_back(&world, &shop, 1).await;
    let third = third.unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(
        (third.version, third.info.description.as_str()),
        (3, "Rollback to 1")
    );
    assert_eq!(third.config, first.config);
    assert_eq!(third.info.first_deployed, first.info.first_deployed);
    let settings = shop.get(&world, &shop.object("v1", "ConfigMap")).await;
    assert_ne!(settings.unwrap().text("/data/colour"), "green");
    assert!(shop.get(&world, &gadget).await.is_some());
    let now = states(&world, &shop).await;
    assert_eq!(
        now,
        [
            (1, State::Superseded),
            (2, State::Superseded),
            (3, State::Deployed)
        ]
    );

    let back = roll_back(&world, &shop, 2).await.unwrap();
    assert_eq!(back.config["colour"], "green");
    assert!(
        shop.get(&world, &gadget).await.is_none(),
        "revision 2 has none"
    );
}

pub(crate) async fn a_pending_release_is_rolled_back_once(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    recorded(&world, &shop, 2, State::PendingUpgrade).await;
    let plan = plan_rollback(&world.user(), &shop.key, 1, false)
        .await
        .unwrap();
    assert_eq!((plan.newest, plan.state), (2, State::PendingUpgrade));
    let missing = plan_rollback(&world.user(), &shop.key, 9, false).await;
    assert!(matches!(
        missing,
        Err(Error::NoRevision { revision: 9, .. })
    ));

    let done = execute(&world, &shop, &plan).await.unwrap();
    assert_eq!((done.version, done.info.status), (3, State::Deployed));
    let now = states(&world, &shop).await;
    assert_eq!(
        now,
        [
            (1, State::Superseded),
            (2, State::Failed),
            (3, State::Deployed)
        ]
    );
    let late = execute(&world, &shop, &plan).await;
    assert!(
        matches!(late, Err(Error::Changed { revision: 2, .. })),
        "{late:?}"
    );
}

pub(crate) async fn a_rollback_that_ended_unnoticed_is_not_done_twice(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let blue = blue(&world, "colour: green").await;
    upgrade(&world, &blue, 40).await.unwrap();
    roll_back(&world, &shop, 1).await.unwrap();

    // The console ended after the last write: it resumes the rollback.
    let plan = plan_rollback(&world.user(), &shop.key, 1, true)
        .await
        .unwrap();
    let again = execute(&world, &shop, &plan).await.unwrap();

    assert_eq!((plan.resumes, again.version), (true, 3));
    let now = states(&world, &shop).await;
    let expected = [State::Superseded, State::Superseded, State::Deployed];
    assert_eq!(now, [(1, expected[0]), (2, expected[1]), (3, expected[2])]);
    // Another rollback to the same revision is one that an operator wants.
    let next = roll_back(&world, &shop, 1).await.unwrap();
    assert_eq!(next.version, 4);
}
