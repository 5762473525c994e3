//! The Lease of a release: who holds it, how it expires, and what happens without it.

use crate::test_cluster::{TestCluster, namespace_object, within};
use cluster::{AsUser, Object};
use release::{
    Acquired, Error, Event, HeldLease, LeaseHolder, Operation, ReleaseKey, acquire_lease,
    lease_ref, lease_release,
};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use wire::{Namespace, ReleaseName};

/// The duration of the Leases, which a test waits for.
const DURATION: Duration = Duration::from_secs(2);

fn key(namespace: &str) -> ReleaseKey {
    ReleaseKey {
        namespace: Namespace::new(namespace).unwrap(),
        release: ReleaseName::new("web-shop").unwrap(),
    }
}

fn holder(console: &str, job: &str) -> LeaseHolder {
    LeaseHolder {
        console: console.to_owned(),
        job: job.to_owned(),
        operator: "ann".to_owned(),
    }
}

async fn acquire(
    world: &TestCluster,
    user: &AsUser,
    key: &ReleaseKey,
    holder: &LeaseHolder,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<Acquired, Error> {
    let watches = world.watches();
    let operation = Operation {
        user,
        watches: &watches,
        key,
        wait: &within(20),
        clock: jiff::Timestamp::now,
        on_event,
    };
    acquire_lease(&operation, holder, DURATION).await
}

/// Takes the Lease in the world's namespace, and returns the holder before.
async fn take(world: &TestCluster, holder: &LeaseHolder) -> (HeldLease, Option<LeaseHolder>) {
    let key = key(&world.namespace);
    match acquire(world, &world.user(), &key, holder, &|_| {}).await {
        Ok(Acquired::Held { lease, from }) => (*lease, from),
        Ok(Acquired::Refused(error)) => panic!("{error:?}"),
        Err(error) => panic!("{error:?}"),
    }
}

async fn stored(world: &TestCluster, key: &ReleaseKey) -> Option<Object> {
    world.cluster.get(&lease_ref(key)).await.unwrap()
}

pub(crate) async fn it_names_its_holder_and_is_given_up(world: TestCluster) {
    let key = key(&world.namespace);
    let (mut lease, from) = take(&world, &holder("c1", "j1")).await;
    assert_eq!(from, None);
    let first = stored(&world, &key).await.unwrap();
    assert_eq!(first.text("/spec/holderIdentity"), "c1/j1");
    assert_eq!(first.number("/spec/leaseDurationSeconds"), Some(2));
    assert_eq!(first.annotation("meshspan.io/operator"), Some("ann"));
    assert_eq!(lease_release(&first), Some("web-shop"));

    lease.renew().await.unwrap();
    let renewed = stored(&world, &key).await.unwrap();
    assert_ne!(
        renewed.text("/spec/renewTime"),
        first.text("/spec/renewTime")
    );
    assert_eq!(
        renewed.text("/spec/acquireTime"),
        first.text("/spec/acquireTime")
    );

    // An administrator deletes it while the job runs.
    world
        .cluster
        .delete(&lease_ref(&key), cluster::Propagation::Background)
        .await
        .unwrap();
    lease.renew().await.unwrap();
    assert!(stored(&world, &key).await.is_some());

    // The console was killed: its next job has it at once.
    let (next, from) = take(&world, &holder("c1", "j2")).await;
    assert_eq!(from, None);
    let now = stored(&world, &key).await.unwrap();
    assert_eq!(now.text("/spec/holderIdentity"), "c1/j2");
    next.release().await.unwrap();
    assert!(stored(&world, &key).await.is_none());
}

pub(crate) async fn a_holder_that_renews_it_is_named(world: TestCluster) {
    let key = key(&world.namespace);
    let (mut first, _) = take(&world, &holder("c1", "j1")).await;
    let waits = Notify::new();
    let on_event = |event| {
        if let Event::Waiting { object, .. } = event {
            assert_eq!(object, lease_ref(&key));
            waits.notify_one();
        }
    };
    let user = world.user();
    let second = holder("c2", "j1");
    let (outcome, ()) = tokio::join!(acquire(&world, &user, &key, &second, &on_event), async {
        waits.notified().await;
        first.renew().await.unwrap();
    },);
    let Err(error) = outcome else {
        panic!("the Lease is held");
    };
    assert!(
        error
            .to_string()
            .contains("job j1 of console c1, started by ann"),
        "{error}"
    );
    assert!(
        matches!(error, Error::LeaseHeld { since: Some(_), .. }),
        "{error:?}"
    );

    // A job that ends has changed what the other one planned.
    let mut first = Some(first);
    let (outcome, ()) = tokio::join!(acquire(&world, &user, &key, &second, &on_event), async {
        waits.notified().await;
        first.take().unwrap().release().await.unwrap();
    },);
    let error = outcome.err().unwrap();
    assert!(
        matches!(error, Error::LeaseHeld { since: None, .. }),
        "{error:?}"
    );
    let (lease, _) = take(&world, &second).await;
    lease.release().await.unwrap();
}

pub(crate) async fn it_expires_when_no_renewal_is_seen(world: TestCluster) {
    let key = key(&world.namespace);
    let (mut gone, _) = take(&world, &holder("c1", "j1")).await;
    let started = Instant::now();
    let (lease, from) = take(&world, &holder("c2", "j1")).await;
    assert!(started.elapsed() >= DURATION, "{:?}", started.elapsed());
    assert_eq!(from, Some(holder("c1", "j1")));

    // The holder was cut off, and comes back.
    let lost = gone.renew().await;
    assert!(
        matches!(&lost, Err(Error::LeaseLost { holder, .. }) if holder.console == "c2"),
        "{lost:?}"
    );
    gone.release().await.unwrap();
    let now = stored(&world, &key).await.unwrap();
    assert_eq!(now.text("/spec/holderIdentity"), "c2/j1");
    assert_eq!(now.number("/spec/leaseTransitions"), Some(1));
    lease.release().await.unwrap();
}

pub(crate) async fn without_the_permission_the_record_decides(world: TestCluster) {
    let viewer = AsUser::new(world.as_viewer().await);
    let key = key(&world.namespace);
    let acquired = acquire(&world, &viewer, &key, &holder("c1", "j1"), &|_| {}).await;
    let Ok(Acquired::Refused(error)) = acquired else {
        panic!("a viewer has a Lease");
    };
    assert!(error.is_forbidden(), "{error:?}");
    assert!(stored(&world, &key).await.is_none());
}

pub(crate) async fn it_comes_with_the_namespace_of_the_release(world: TestCluster) {
    let namespace = world.name("later");
    let key = key(&namespace);
    let acquired = acquire(&world, &world.user(), &key, &holder("c1", "j1"), &|_| {}).await;
    let Ok(Acquired::Held { mut lease, .. }) = acquired else {
        panic!("the namespace does not exist");
    };
    lease.renew().await.unwrap();
    world
        .cluster
        .create(&namespace_object(&namespace))
        .await
        .unwrap();
    lease.renew().await.unwrap();
    assert!(stored(&world, &key).await.is_some());
    lease.release().await.unwrap();
    assert!(stored(&world, &key).await.is_none());
}
