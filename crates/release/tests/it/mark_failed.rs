//! A revision that an interrupted operation left pending is marked as failed.

use crate::{
    shop::Shop,
    test_cluster::{TestCluster, within},
    upgrade::{blue, recorded, upgrade},
};
use release::{
    Error, InterruptedRevision, Operation, State, history, mark_failed, plan_mark_failed,
};

/// Marks what was planned.
pub(crate) async fn mark(
    world: &TestCluster,
    shop: &Shop,
    plan: &InterruptedRevision,
) -> Result<(), Error> {
    let (user, watches) = (world.user(), world.watches());
    let operation = Operation {
        user: &user,
        watches: &watches,
        key: &shop.key,
        wait: &within(40),
        clock: jiff::Timestamp::now,
        on_event: &|_| {},
    };
    mark_failed(&operation, plan).await
}

pub(crate) async fn a_pending_revision_is_marked_as_failed_and_the_release_upgraded(
    world: TestCluster,
) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    recorded(&world, &shop, 2, State::PendingUpgrade).await;
    let blue = blue(&world, "colour: green").await;
    let refused = upgrade(&world, &blue, 40).await;
    assert!(
        matches!(refused, Err(Error::OperationPending { .. })),
        "{refused:?}"
    );

    let plan = plan_mark_failed(&world.user(), &shop.key).await.unwrap();
    assert_eq!(
        (plan.release.version, plan.release.info.status),
        (2, State::PendingUpgrade)
    );
    assert_eq!(plan.record.name, "sh.helm.release.v1.web-shop.v2");
    assert!(plan.objects.len() >= 7, "what exists of it is read");
    assert!(
        plan.objects
            .iter()
            .all(|object| matches!(&object.live, Ok(Some(_))))
    );
    mark(&world, &shop, &plan).await.unwrap();

    let all = history(&world.user(), &shop.key).await.unwrap();
    let states: Vec<_> = all
        .iter()
        .map(|revision| (revision.version, revision.info.status))
        .collect();
    assert_eq!(states, [(1, State::Deployed), (2, State::Failed)]);
    assert!(
        all[1].info.description.contains("pending-upgrade"),
        "{}",
        all[1].info.description
    );
    let next = upgrade(&world, &blue, 40).await.unwrap();
    assert_eq!((next.version, next.info.status), (3, State::Deployed));
}

pub(crate) async fn a_revision_whose_operation_went_on_is_not_marked(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let deployed = plan_mark_failed(&world.user(), &shop.key).await;
    assert!(
        matches!(
            deployed,
            Err(Error::NotPending {
                state: "deployed",
                ..
            })
        ),
        "{:?}",
        deployed.err()
    );
    recorded(&world, &shop, 2, State::PendingUpgrade).await;
    let plan = plan_mark_failed(&world.user(), &shop.key).await.unwrap();
    mark(&world, &shop, &plan).await.unwrap();
    let ended = mark(&world, &shop, &plan).await;
    assert!(
        matches!(
            ended,
            Err(Error::NotPending {
                state: "failed",
                ..
            })
        ),
        "{ended:?}"
    );
    recorded(&world, &shop, 3, State::PendingUpgrade).await;
    let newer = mark(&world, &shop, &plan).await;
    assert!(
        matches!(newer, Err(Error::Changed { revision: 2, .. })),
        "{newer:?}"
    );
}

/// The operation ends after the record was read and before it is written: its result is not overwritten.
pub(crate) async fn an_operation_that_ends_at_the_same_time_keeps_its_result(world: TestCluster) {
    let sandbox = world.sandbox().unwrap();
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    recorded(&world, &shop, 2, State::PendingUpgrade).await;
    let plan = plan_mark_failed(&world.user(), &shop.key).await.unwrap();
    let other = cluster::Cluster::from_service(sandbox.service());
    let record = plan.record.clone();
    let ended = std::sync::Mutex::new(Some((other, record)));
    sandbox.before_requests(move |method, path| {
        let is_write = method == "PUT" && path.contains("web-shop.v2");
        let (other, record) = ended.lock().unwrap().take_if(|_| is_write)?;
        // Another tool writes the record first.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let labels = vec![("writer".to_owned(), Some("other".to_owned()))];
                let patch = cluster::MetadataPatch {
                    labels,
                    ..cluster::MetadataPatch::default()
                };
                other.patch_metadata(&record, &patch, None).await.unwrap();
            });
        })
        .join()
        .unwrap();
        None
    });

    let outcome = mark(&world, &shop, &plan).await;

    sandbox.restore_requests();
    let Err(Error::Cluster(error)) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(error.is_conflict(), "{error:?}");
    let stored = shop.get(&world, &plan.record).await.unwrap();
    assert_eq!(
        (stored.label("writer"), stored.label("status")),
        (Some("other"), Some("pending-upgrade"))
    );
}
