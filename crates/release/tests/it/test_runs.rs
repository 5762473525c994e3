//! The tests of a release, as `helm test` runs them.

use crate::{
    shop::{Shop, chain},
    test_cluster::{TestCluster, within},
    upgrade::recorded,
};
use chart::Chart;
use release::{Error, Event, Operation, State, TestPlan, latest, plan_test};
use std::{sync::Mutex, time::Duration};
use wire::{job::HookLog, test_result::TestResult};

/// A chart with two tests; the second one runs first.
pub(crate) async fn with_tests(world: &TestCluster, image: &str) -> Shop {
    let test = |name: &str, weight: i8| {
        format!(
            "apiVersion: v1
kind: Pod
metadata:
  name: {name}
  annotations: {{helm.sh/hook: test, helm.sh/hook-weight: \"{weight}\"}}
spec:
  restartPolicy: Never
  containers:
  - {{name: main, image: {image}, command: [\"true\"]}}
"
        )
    };
    let (last, first) = (test("last", 2), test("first", 1));
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n";
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let chart = Chart::from_files(vec![
        file("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"),
        file("templates/settings.yaml", settings),
        file("templates/tests/last.yaml", &last),
        file("templates/tests/first.yaml", &first),
    ]);
    Shop::of(world, chart.unwrap(), (&world.namespace, "web"), "").await
}

/// Runs the tests of a plan, and returns the logs that were reported.
pub(crate) async fn run(
    world: &TestCluster,
    shop: &Shop,
    (plan, seconds): (&TestPlan, u64),
) -> (Result<(), Error>, Vec<HookLog>) {
    let (user, watches) = (world.user(), world.watches());
    let logs = Mutex::new(Vec::new());
    let operation = Operation {
        user: &user,
        watches: &watches,
        key: &shop.key,
        wait: &within(seconds),
        clock: jiff::Timestamp::now,
        on_event: &|event| {
            if let Event::Log(log) = event {
                logs.lock().unwrap().push(log);
            }
        },
    };
    let outcome = release::test(&operation, plan).await;
    (outcome, logs.into_inner().unwrap())
}

pub(crate) async fn the_tests_of_a_release_run_in_order_and_their_results_are_recorded(
    world: TestCluster,
) {
    let shop = with_tests(&world, "docker.io/library/hook:1").await;
    let installed = shop.install(&world).await;
    let installed = installed.unwrap_or_else(|error| panic!("{}", chain(&error)));
    let results = installed.tests().into_iter();
    let results: Vec<_> = results.map(|test| (test.name, test.result)).collect();
    assert_eq!(
        results,
        [
            ("first".to_owned(), TestResult::NotRun),
            ("last".to_owned(), TestResult::NotRun)
        ]
    );

    let plan = plan_test(&world.user(), &shop.key).await.unwrap();
    let names: Vec<_> = plan.hooks.iter().map(|hook| hook.name.as_str()).collect();
    assert_eq!(names, ["first", "last"]);
    let (outcome, logs) = run(&world, &shop, (&plan, 40)).await;

    outcome.unwrap_or_else(|error| panic!("{}", chain(&error)));
    let of: Vec<_> = logs
        .iter()
        .map(|log| (log.hook.name.as_str(), log.container.as_str()))
        .collect();
    assert_eq!(of, [("first", "main"), ("last", "main")]);
    let tested = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!((tested.version, tested.info.status), (1, State::Deployed));
    for test in tested.tests() {
        assert_eq!(test.result, TestResult::Succeeded, "{test:?}");
        assert!(test.ended.is_some());
    }
    // Again: the pods of the first run are replaced.
    let (again, _) = run(&world, &shop, (&plan, 40)).await;
    again.unwrap_or_else(|error| panic!("{}", chain(&error)));
}

pub(crate) async fn a_failed_test_is_named_and_the_release_stays_deployed(world: TestCluster) {
    let image = format!("unreachable.test/test-{}:1", world.namespace);
    world.fail_image_pull(&image);
    let shop = with_tests(&world, &image).await;
    shop.install(&world).await.unwrap();
    let plan = plan_test(&world.user(), &shop.key).await.unwrap();
    let begun = std::time::Instant::now();

    let (outcome, _) = run(&world, &shop, (&plan, 6)).await;

    let error = outcome.unwrap_err();
    assert!(chain(&error).contains("not ready"), "{}", chain(&error));
    assert!(begun.elapsed() < Duration::from_secs(30));
    let tested = latest(&world.user(), &shop.key).await.unwrap();
    assert_eq!((tested.version, tested.info.status), (1, State::Deployed));
    let results: Vec<_> = tested.tests().iter().map(|test| test.result).collect();
    assert_eq!(results, [TestResult::Failed, TestResult::NotRun]);
}

pub(crate) async fn a_release_with_a_pending_or_newer_revision_is_not_tested(world: TestCluster) {
    let shop = Shop::new(&world, "").await;
    shop.install(&world).await.unwrap();
    let plan = plan_test(&world.user(), &shop.key).await.unwrap();
    assert!(plan.hooks.is_empty(), "the shop has no tests");
    recorded(&world, &shop, 2, State::PendingUpgrade).await;

    let pending = plan_test(&world.user(), &shop.key).await;
    assert!(
        matches!(
            pending,
            Err(Error::OperationPending {
                state: "pending-upgrade",
                ..
            })
        ),
        "{pending:?}"
    );
    let (late, _) = run(&world, &shop, (&plan, 6)).await;
    assert!(
        matches!(late, Err(Error::Changed { revision: 1, .. })),
        "{late:?}"
    );
}

/// An upgrade ends while the tests run: the revision that it superseded is not deployed again by their result.
pub(crate) async fn a_test_overwrites_no_state_that_changes_meanwhile(world: TestCluster) {
    let shop = with_tests(&world, "docker.io/library/hook:1").await;
    shop.install(&world).await.unwrap();
    let plan = plan_test(&world.user(), &shop.key).await.unwrap();
    let record = shop.named("v1", "Secret", "sh.helm.release.v1.web.v1");
    let (superseded, changed) = (record.clone(), world.cluster.clone());
    let sandbox = world.sandbox().unwrap();
    let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
    let sender = Mutex::new(Some(sender));
    sandbox.before_requests(move |method, path| {
        if method == "POST" && path.contains("/pods") {
            let _ = sender.lock().unwrap().take().map(|sender| sender.send(()));
        }
        None
    });
    let upgrade = async {
        receiver.await.unwrap();
        let labels = vec![("status".to_owned(), Some("superseded".to_owned()))];
        let patch = cluster::MetadataPatch {
            labels,
            ..cluster::MetadataPatch::default()
        };
        changed
            .patch_metadata(&superseded, &patch, None)
            .await
            .unwrap();
    };

    let ((outcome, _), ()) = tokio::join!(run(&world, &shop, (&plan, 40)), upgrade);

    sandbox.restore_requests();
    assert!(
        matches!(&outcome, Err(Error::StateChanged { state, .. }) if state == "superseded"),
        "{outcome:?}"
    );
    let stored = shop.get(&world, &record).await.unwrap();
    assert_eq!(stored.label("status"), Some("superseded"));
}
