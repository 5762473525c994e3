//! One fault of the API server at one request of each verb: the verb completes, or fails with an error, and then completes
//! when it is repeated; the cluster has the same as after an undisturbed run.
//!
//! `MESHSPAN_MATRIX=whole` tries each fault at each request; otherwise a sample is tried, half of it another one every day.
//! Start at [`every_verb_survives_a_fault_at_any_request`].
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test has no configuration but its environment, and prints what it tried"
)]

use crate::{
    cluster_state::{self, Objects},
    rollback,
    shop::{Shop, chain},
    test_cluster::{TestCluster, connect, within},
    upgrade::blue,
};
use cluster::{AsUser, Identity as _};
use futures::StreamExt as _;
use release::{Error, Mode, State, latest, plan_rollback};
use sandbox::RequestFault;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

/// The verbs that change a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verb {
    Install,
    Upgrade,
    Rollback,
    Uninstall,
}

const VERBS: [Verb; 4] = [
    Verb::Install,
    Verb::Upgrade,
    Verb::Rollback,
    Verb::Uninstall,
];

/// The faults, each once.
const FAULTS: [(&str, RequestFault); 9] = [
    ("409", RequestFault::Status(409)),
    ("410", RequestFault::Status(410)),
    ("429", RequestFault::Status(429)),
    ("500", RequestFault::Status(500)),
    ("503", RequestFault::Status(503)),
    ("reset before", RequestFault::ResetBefore),
    ("reset after", RequestFault::ResetAfter),
    ("slow", RequestFault::Delay(Duration::from_millis(1500))),
    ("silence", RequestFault::Silence),
];
/// The number of cases of a sample, of which half are the same in each run.
const SAMPLE: usize = 120;
/// The cases that run at the same time.
const CONCURRENT: usize = 6;
/// How long a verb waits for its objects.
const WAIT_SECONDS: u64 = 20;
/// How long a request is waited for.
const CALL_TIMEOUT: Duration = Duration::from_secs(4);

/// A fault at a request of a verb.
#[derive(Clone, Copy, Debug)]
struct Case {
    verb: Verb,
    fault: usize,
    /// The number of the request, from 1.
    at: usize,
}

/// How a verb with a fault ended.
#[derive(Debug, PartialEq, Eq)]
enum Ending {
    Completed,
    FailedAndRepeated,
    /// There were fewer requests in this run.
    NoFault,
}

/// A cluster before a verb, and what the verb needs.
struct World {
    test: TestCluster,
    shop: Shop,
    next: Shop,
}

impl World {
    /// A cluster as it is before a verb.
    async fn before(verb: Verb) -> Self {
        let mut test = TestCluster::over_https().await;
        let shop = Shop::new(&test, "").await;
        let next = blue(&test, "colour: green").await;
        if verb != Verb::Install {
            shop.install(&test).await.unwrap();
        }
        if verb == Verb::Rollback {
            crate::upgrade::upgrade(&test, &next, WAIT_SECONDS)
                .await
                .unwrap();
        }
        // A client that does not know the kinds yet, and does not wait long for a request.
        let client = AsUser::new(connect(&test.kubeconfig().unwrap()));
        test.cluster = client.with_timeout(CALL_TIMEOUT).cluster().clone();
        Self { test, shop, next }
    }

    async fn run(&self, verb: Verb, repeats: bool) -> Result<(), Error> {
        let client = &self.test;
        match verb {
            Verb::Install => {
                let mode = if repeats && self.exists().await {
                    Mode::Resume
                } else {
                    Mode::Install
                };
                self.shop
                    .install_as(client, mode, within(WAIT_SECONDS))
                    .await
                    .0
                    .map(drop)
            }
            Verb::Upgrade => {
                let mode = if repeats {
                    Mode::ResumeUpgrade
                } else {
                    Mode::Upgrade
                };
                self.next
                    .install_as(client, mode, within(WAIT_SECONDS))
                    .await
                    .0
                    .map(drop)
            }
            Verb::Rollback => {
                let plan = plan_rollback(&client.user(), &self.shop.key, 1, repeats).await?;
                rollback::execute(client, &self.shop, &plan).await.map(drop)
            }
            Verb::Uninstall => {
                let ended =
                    crate::shop::uninstall_within(client, &self.shop.key, WAIT_SECONDS).await;
                match ended {
                    Err(Error::NotFound { .. }) if repeats => Ok(()),
                    ended => ended,
                }
            }
        }
    }

    async fn exists(&self) -> bool {
        latest(&self.test.user(), &self.shop.key).await.is_ok()
    }

    /// The objects of the release and its records, without what names this world.
    async fn objects(&self) -> Objects {
        let found = cluster_state::objects(std::slice::from_ref(&self.test.cluster)).await;
        let text = serde_json::to_string(&found).unwrap();
        let text = text.replace(&self.test.namespace, "NAMESPACE");
        let mut found: Objects = serde_json::from_str(&text).unwrap();
        found.retain(|name, _| name.contains("NAMESPACE") && !name.ends_with("kube-root-ca.crt"));
        found.values_mut().for_each(without_names_of_a_run);
        found
    }
}

/// Removes UIDs, and the files of the chart inside a record, which name the namespace in base64.
fn without_names_of_a_run(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !key.ends_with("controller-uid") && key != "files");
            map.values_mut().for_each(without_names_of_a_run);
        }
        Value::Array(items) => items.iter_mut().for_each(without_names_of_a_run),
        _ => {}
    }
}

/// The objects after a verb that nothing disturbs, and the number of its requests.
async fn undisturbed(verb: Verb) -> (Objects, usize) {
    let world = World::before(verb).await;
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let sandbox = world.test.sandbox().unwrap();
    sandbox.before_requests(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        None
    });
    let outcome = world.run(verb, false).await;
    sandbox.restore_requests();
    outcome.unwrap_or_else(|error| panic!("{verb:?}: {}", chain(&error)));
    (world.objects().await, count.load(Ordering::SeqCst))
}

/// Runs a verb with a fault; the error says what is wrong.
async fn disturbed(case: Case, expected: &Objects) -> Result<Ending, String> {
    let Case { verb, fault, at } = case;
    let (name, fault) = FAULTS[fault];
    let world = World::before(verb).await;
    let sandbox = world.test.sandbox().unwrap();
    let count = AtomicUsize::new(0);
    let hit: Arc<Mutex<Option<String>>> = Arc::default();
    let seen = hit.clone();
    sandbox.before_requests(move |method, path| {
        if count.fetch_add(1, Ordering::SeqCst) + 1 != at {
            return None;
        }
        *seen.lock().unwrap() = Some(format!("{method} {path}"));
        Some(fault)
    });
    let outcome = tokio::time::timeout(Duration::from_mins(1), world.run(verb, false)).await;
    sandbox.restore_requests();
    let Some(request) = hit.lock().unwrap().clone() else {
        return Ok(Ending::NoFault);
    };
    let failed = |reason: String| format!("{verb:?}, {name} at request {at} ({request}): {reason}");
    let outcome = outcome.map_err(|_| failed("it does not end".into()))?;
    let ending = match outcome {
        Ok(()) => Ending::Completed,
        Err(error) => {
            let stored = latest(&world.test.user(), &world.shop.key).await;
            let after = stored.map(|release| (release.version, release.info.status));
            let is_final = matches!(after, Ok((version, State::Deployed)) if version == expected_revision(verb));
            if is_final && verb != Verb::Uninstall {
                return Err(failed(format!("deployed in spite of {}", chain(&error))));
            }
            let repeated = world.run(verb, true).await;
            repeated.map_err(|again| {
                failed(format!(
                    "{}; repeated: {}; {after:?}",
                    chain(&error),
                    chain(&again)
                ))
            })?;
            Ending::FailedAndRepeated
        }
    };
    let differences = cluster_state::differences(expected, &world.objects().await);
    if differences.is_empty() {
        return Ok(ending);
    }
    Err(failed(format!(
        "{ending:?}, and then\n{}",
        differences.join("\n")
    )))
}

/// The revision that a verb makes.
fn expected_revision(verb: Verb) -> u32 {
    match verb {
        Verb::Install | Verb::Uninstall => 1,
        Verb::Upgrade => 2,
        Verb::Rollback => 3,
    }
}

/// All cases, or a sample of them.
fn cases(requests: &BTreeMap<Verb, usize>, is_whole: bool) -> Vec<Case> {
    let all = requests.iter().flat_map(|(verb, requests)| {
        let of_verb = (1..=*requests).flat_map(|at| {
            let verb = *verb;
            (0..FAULTS.len()).map(move |fault| Case { verb, fault, at })
        });
        of_verb.collect::<Vec<_>>()
    });
    let mut all: Vec<Case> = all.collect();
    if is_whole {
        return all;
    }
    let today = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    // The response to the last request, which saves the record, is lost: found by the whole matrix.
    let lost = FAULTS
        .iter()
        .position(|(_, fault)| *fault == RequestFault::ResetAfter);
    let is_last = |case: &Case| case.at == requests[&case.verb] && Some(case.fault) == lost;
    let mut sample: Vec<Case> = all.extract_if(.., |case| is_last(case)).collect();
    for (seed, number) in [(1, SAMPLE / 2), (today.as_secs() / 86_400, SAMPLE / 2)] {
        // The generator of Knuth's MMIX: which cases are tried need not be secret.
        let mut state = seed;
        for _ in 0..number.min(all.len()) {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(state >> 33).unwrap() % all.len();
            sample.push(all.swap_remove(at));
        }
    }
    sample
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_verb_survives_a_fault_at_any_request() {
    let is_whole = std::env::var("MESHSPAN_MATRIX").is_ok_and(|value| value == "whole");
    let start = Instant::now();
    let (mut expected, mut requests) = (BTreeMap::new(), BTreeMap::new());
    for verb in VERBS {
        let (objects, number) = undisturbed(verb).await;
        expected.insert(verb, objects);
        requests.insert(verb, number);
    }
    let cases = cases(&requests, is_whole);
    let ran = futures::stream::iter(cases).map(|case| {
        let expected = &expected[&case.verb];
        async move { (case, disturbed(case, expected).await) }
    });
    let ran: Vec<_> = ran.buffer_unordered(CONCURRENT).collect().await;
    println!("| verb | requests | fault | tried | completed | failed, then repeated | wrong |");
    println!("|---|---|---|---|---|---|---|");
    for verb in VERBS {
        for (place, (fault, _)) in FAULTS.iter().enumerate() {
            let of = ran
                .iter()
                .filter(|(case, _)| case.verb == verb && case.fault == place);
            let number = |ending: Option<Ending>| {
                of.clone()
                    .filter(|(_, outcome)| outcome.as_ref().ok() == ending.as_ref())
                    .count()
            };
            let wrong = number(None);
            let (completed, repeated) = (
                number(Some(Ending::Completed)),
                number(Some(Ending::FailedAndRepeated)),
            );
            println!(
                "| {verb:?} | {} | {fault} | {} | {completed} | {repeated} | {wrong} |",
                requests[&verb],
                completed + repeated + wrong
            );
        }
    }
    let hit = ran
        .iter()
        .filter(|(_, outcome)| outcome != &Ok(Ending::NoFault))
        .count();
    println!(
        "fault matrix: {hit} of {} cases met their fault, {:.0?}",
        ran.len(),
        start.elapsed()
    );
    let wrong: Vec<String> = ran
        .into_iter()
        .filter_map(|(_, outcome)| outcome.err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(hit > 0);
}
