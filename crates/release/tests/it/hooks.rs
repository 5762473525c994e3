//! Hooks of operations that are interrupted: what succeeded is not run again.

use crate::{
    shop::{Shop, chain, uninstall_within},
    test_cluster::{TestCluster, within},
};
use chart::Chart;
use cluster::ObjectRef;
use release::{CrdDeletion, Error, Event, Mode, Operation, Outcome, Release, State, latest};
use std::future::Future;
use tokio::sync::Notify;
use wire::job::PhaseName;

/// The process ends when this phase has completed its first object.
async fn interrupted_after<T: std::fmt::Debug>(
    reached: &Notify,
    running: impl Future<Output = Result<T, Error>>,
) {
    tokio::select! {
        biased;
        () = reached.notified() => {}
        ended = running => panic!("{ended:?}"),
    }
}

fn notify_at(phase: PhaseName, reached: &Notify) -> impl Fn(Event) + Send + Sync {
    move |event| {
        if matches!(&event, Event::ObjectDone { phase: at, .. } if *at == phase) {
            reached.notify_one();
        }
    }
}

async fn uid(world: &TestCluster, shop: &Shop, job: &ObjectRef) -> String {
    let job = shop.get(world, job).await.expect("the Job of the hook");
    job.text("/metadata/uid").to_owned()
}

fn phase_of(release: &Release, hook: &str) -> String {
    let found = release.hooks.iter().find(|known| known.name == hook);
    found.expect("the hook").last_run.phase.clone()
}

pub(crate) async fn a_failed_hook_deletes_only_what_it_has_created(world: TestCluster) {
    let hook = "apiVersion: v1
kind: ConfigMap
metadata:
  name: migration
  annotations: {helm.sh/hook: pre-install, helm.sh/hook-delete-policy: hook-failed}
";
    let metadata = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
    let files = [("Chart.yaml", metadata), ("templates/hook.yaml", hook)];
    let owned = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    let chart = Chart::from_files(owned).unwrap();
    let theirs = world
        .apply(world.config_map("migration", "owner", "somebody"))
        .await;
    let place = (world.namespace.clone(), "web");
    let shop = Shop::of(&world, chart, (&place.0, place.1), "").await;

    let error = shop.install(&world).await.unwrap_err();

    assert!(
        chain(&error).contains("already exists"),
        "{}",
        chain(&error)
    );
    let there = shop
        .get(&world, &theirs.reference())
        .await
        .expect("not ours, so kept");
    assert_eq!(there.text("/metadata/uid"), theirs.text("/metadata/uid"));
}

pub(crate) async fn a_hook_that_succeeded_is_not_run_again_when_an_install_is_resumed(
    world: TestCluster,
) {
    let shop = Shop::new(&world, "").await;
    let job = shop.named("batch/v1", "Job", "web-shop-post-install");
    let reached = Notify::new();
    let on_event = notify_at(PhaseName::PostHooks, &reached);
    interrupted_after(&reached, shop.install_with_events(&world, &on_event)).await;
    let pending = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!(pending.info.status, State::PendingInstall);
    assert_eq!(phase_of(&pending, "web-shop-post-install"), "Succeeded");
    let ran = uid(&world, &shop, &job).await;

    let (outcome, _) = shop.install_as(&world, Mode::Resume, within(40)).await;

    let resumed = outcome.unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(resumed.info.status, State::Deployed);
    assert_eq!(phase_of(&resumed, "web-shop-post-install"), "Succeeded");
    assert_eq!(uid(&world, &shop, &job).await, ran, "the hook ran again");
}

pub(crate) async fn a_hook_that_succeeded_is_not_run_again_when_an_uninstall_is_resumed(
    world: TestCluster,
) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let job = shop.named("batch/v1", "Job", "web-shop-pre-delete");
    let reached = Notify::new();
    let on_event = notify_at(PhaseName::PreHooks, &reached);
    let (user, watches) = (world.user(), world.watches());
    let wait = within(40);
    let operation = Operation {
        user: &user,
        watches: &watches,
        key: &shop.key,
        wait: &wait,
        clock: jiff::Timestamp::now,
        on_event: &on_event,
    };
    interrupted_after(
        &reached,
        release::uninstall(&operation, &CrdDeletion::default()),
    )
    .await;
    let ran = uid(&world, &shop, &job).await;

    let again = release::uninstall(&operation, &CrdDeletion::default()).await;

    again.unwrap_or_else(|error| panic!("{}", chain(&error)));
    assert_eq!(uid(&world, &shop, &job).await, ran, "the hook ran again");
}

/// A chart whose hook runs before and after its installation.
async fn with_a_hook_of_two_runs(world: &TestCluster) -> Shop {
    let hook = "apiVersion: batch/v1
kind: Job
metadata:
  name: twice
  annotations:
    helm.sh/hook: pre-install,post-install
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
      - {name: main, image: docker.io/library/hook:1}
";
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n";
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let chart = Chart::from_files(vec![
        file(
            "Chart.yaml",
            "apiVersion: v2\nname: twice\nversion: 1.0.0\n",
        ),
        file("templates/hook.yaml", hook),
        file("templates/settings.yaml", settings),
    ]);
    Shop::of(world, chart.unwrap(), (&world.namespace, "twice"), "").await
}

/// What became of the hook before and after the operation.
fn outcomes(events: &[Event]) -> Vec<(PhaseName, Outcome)> {
    let done = events.iter().filter_map(|event| match event {
        Event::ObjectDone {
            phase,
            outcome,
            object,
        } if object.kind == "Job" => Some((*phase, *outcome)),
        _ => None,
    });
    done.collect()
}

pub(crate) async fn a_hook_of_two_runs_is_resumed_at_the_run_that_did_not_succeed(
    world: TestCluster,
) {
    use PhaseName::{PostHooks, PreHooks};
    for (interrupted_in, after) in [
        (PreHooks, Outcome::Completed),
        (PostHooks, Outcome::Unchanged),
    ] {
        let shop = with_a_hook_of_two_runs(&world).await;
        let reached = Notify::new();
        let on_event = notify_at(interrupted_in, &reached);
        interrupted_after(&reached, shop.install_with_events(&world, &on_event)).await;

        let (outcome, events) = shop.install_as(&world, Mode::Resume, within(40)).await;

        outcome.unwrap_or_else(|error| panic!("{}", chain(&error)));
        let expected = [(PreHooks, Outcome::Unchanged), (PostHooks, after)];
        assert_eq!(outcomes(&events), expected, "{interrupted_in:?}");
        uninstall_within(&world, &shop.key, 40).await.unwrap();
    }
}
