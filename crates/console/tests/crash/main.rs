//! kill -9 at every write: the console runs in a process of its own, which ends after one write to a
//! cluster or before one commit of its database. A new process continues, and the clusters have to
//! contain the same as after an undisturbed run.
//!
//! The process of the tests serves the clusters. A round of operations ends where it began, so that
//! each round is cut at its next write. Start at [`rounds`].
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may panic, prints what it tried, and tells its children by their environment"
)]

mod charts;
mod child;
mod operation;
mod state;

use child::Task;
use cluster::{Cluster, Kind, Propagation};
use console::Console;
use libtest_mimic::{Arguments, Failed, Trial};
use operation::Operation;
use parking_lot::Mutex;
use rustix::process::{Pid, Signal, kill_process};
use sandbox::{HttpsServer, Network, Sandbox};
use state::Objects;
use std::{
    collections::BTreeMap,
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use tempfile::TempDir;
use tokio::process::Command;
use wire::{Secret, cluster::AddClustersRequest, mesh::NewMeshRequest};

/// The environment of a child: its data directory, the operation, whether the charts are small, whether it
/// continues, and the commit at which it ends.
const CHILD: [&str; 5] = [
    "CRASH_FOLDER",
    "CRASH_OPERATION",
    "CRASH_SMALL",
    "CRASH_CONTINUES",
    "CRASH_CUT",
];
const EAST: &str = "istio-control-plane";
const WEST: &str = "istio-remote1";
const MESH: &str = "small";
/// A matrix ends after this time, and fails when cuts are left.
const MAX_TIME: Duration = Duration::from_mins(7);
/// The same for all cuts: with `MESHSPAN_MATRIX=whole` none is left out.
const MAX_TIME_WHOLE: Duration = Duration::from_hours(2);
/// A matrix ends after more failures.
const MAX_FAILURES: usize = 8;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Ok(folder) = std::env::var(CHILD[0]) {
        let value = |key: &str| std::env::var(key).unwrap();
        let task = Task {
            operation: Operation::parse(&value(CHILD[1])).unwrap(),
            small: value(CHILD[2]) == "true",
            continues: value(CHILD[3]) == "true",
            cut: value(CHILD[4]).parse().unwrap(),
        };
        return runtime.block_on(child::run(Path::new(&folder), task));
    }
    let trials = MATRICES.iter().map(|matrix| {
        let handle = runtime.handle().clone();
        Trial::test(matrix.name, move || handle.block_on(rounds(matrix)))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

/// Operations that are cut in rounds.
struct Matrix {
    name: &'static str,
    /// Whether the charts are the small ones.
    small: bool,
    round: &'static [Operation],
    cut: fn(usize) -> Cut,
    /// The number of cuts of each operation in a sample.
    spread: usize,
}

const MATRICES: [Matrix; 3] = [
    Matrix {
        name: "a_crash_after_any_write_to_a_cluster_can_be_continued",
        small: true,
        round: &Operation::ROUND,
        cut: Cut::Write,
        spread: 6,
    },
    Matrix {
        name: "a_crash_before_any_commit_can_be_continued",
        small: true,
        round: &Operation::ROUND,
        cut: Cut::Commit,
        spread: 6,
    },
    Matrix {
        name: "a_crash_during_ack_istio_can_be_continued",
        small: false,
        round: &Operation::CONTROL_PLANE,
        cut: Cut::Write,
        spread: 5,
    },
];

/// The number of the day.
fn today() -> usize {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    usize::try_from(now.unwrap().as_secs() / 86_400).unwrap()
}

/// Whether each cut is tried.
fn is_whole() -> bool {
    std::env::var("MESHSPAN_MATRIX").is_ok_and(|value| value == "whole")
}

/// Where a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// Nowhere.
    Never,
    /// After this write to a cluster, before its response.
    Write(usize),
    /// Before this commit.
    Commit(usize),
}

/// The writes of a child, and where it is killed.
#[derive(Default)]
struct Writes {
    seen: Vec<String>,
    cut: Option<usize>,
    child: Option<Pid>,
}

/// How a child ended.
#[derive(Debug)]
enum End {
    Killed,
    /// With its writes to clusters and its commits.
    Done(usize, usize),
}

struct Lab {
    small: bool,
    folder: TempDir,
    listening: Vec<HttpsServer>,
    clusters: Vec<Cluster>,
    writes: Arc<Mutex<Writes>>,
    _sandboxes: Vec<Sandbox>,
}

impl Lab {
    async fn new(small: bool) -> Self {
        let network = Network::new();
        let writes: Arc<Mutex<Writes>> = Arc::default();
        let mut sandboxes = Vec::new();
        let mut listening = Vec::new();
        for config in [sandbox_istio::control_plane(), sandbox_istio::remote()] {
            let sandbox = Sandbox::with_config(config).on_network(&network);
            let writes = writes.clone();
            sandbox.after_writes(move |method, path| writes.lock().record(method, path));
            listening.push(sandbox.listen("127.0.0.1:0").await.unwrap());
            sandboxes.push(sandbox);
        }
        let clusters = listening.iter().map(state::connect).collect();
        let lab = Self {
            small,
            folder: tempfile::tempdir().unwrap(),
            listening,
            clusters,
            writes,
            _sandboxes: sandboxes,
        };
        lab.prepare().await;
        lab
    }

    /// Registers the clusters, and begins a mesh.
    async fn prepare(&self) {
        let catalog = charts::catalog(self.small);
        let console = Console::with_catalog(self.folder.path(), catalog, child::setup()).unwrap();
        let ann = child::operator();
        let servers: Vec<&HttpsServer> = self.listening.iter().collect();
        let name = |name: &str| (name.to_owned(), name.to_owned());
        let request = AddClustersRequest {
            kubeconfig: Secret::new(sandbox::kubeconfig(&servers)),
            contexts: vec![name(EAST), name(WEST)],
        };
        console.add_clusters(&ann, request).await.unwrap();
        let request = NewMeshRequest {
            istio: None,
            name: MESH.into(),
            primary: child::cluster(EAST),
            remotes: vec![child::cluster(WEST)],
            accepted: true,
        };
        console.new_mesh(&ann, request).await.unwrap();
        console.close(Duration::from_secs(10)).await;
    }

    /// Runs a child to its end, or to the cut.
    async fn child(&self, operation: Operation, continues: bool, cut: Cut) -> Result<End, String> {
        let commit = match cut {
            Cut::Commit(at) => at,
            Cut::Never | Cut::Write(_) => 0,
        };
        *self.writes.lock() = Writes {
            cut: match cut {
                Cut::Write(at) => Some(at),
                Cut::Never | Cut::Commit(_) => None,
            },
            ..Writes::default()
        };
        let child = Command::new(std::env::current_exe().unwrap())
            .env(CHILD[0], self.folder.path())
            .env(CHILD[1], operation.name())
            .env(CHILD[2], self.small.to_string())
            .env(CHILD[3], continues.to_string())
            .env(CHILD[4], commit.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let id = child.id().and_then(|id| i32::try_from(id).ok()).unwrap();
        self.writes.lock().child = Pid::from_raw(id);
        let output = tokio::time::timeout(Duration::from_mins(3), child.wait_with_output());
        let output = output
            .await
            .map_err(|_| "a child does not end".to_owned())?;
        let output = output.unwrap();
        self.writes.lock().child = None;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let commits = text.trim().strip_prefix("commits ");
        if let Some(commits) = commits {
            let writes = self.writes.lock().seen.len();
            return Ok(End::Done(writes, commits.parse().unwrap()));
        }
        if cut != Cut::Never && output.status.code().is_none() {
            return Ok(End::Killed);
        }
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(format!("{operation:?} {cut:?}: {:?}\n{log}", output.status))
    }

    /// What a round needs besides its operations.
    async fn before(&self, operation: Operation) {
        match operation {
            Operation::Upgrade => self.move_pods().await,
            Operation::Cleanup => self.delete_leftovers().await,
            _ => {}
        }
    }

    /// Deletes what a hook left in the namespace that is cleaned up.
    async fn delete_leftovers(&self) {
        let east = &self.clusters[0];
        let listed = east.list_objects(Kind::CONFIG_MAP, Some("istio-system"), "");
        for object in listed.await.unwrap() {
            if object.name().ends_with("-installed") {
                let object = object.reference();
                let deleted = east.delete(&object, Propagation::Background).await;
                deleted.unwrap();
            }
        }
    }

    /// Gives the pods of the control plane other addresses.
    async fn move_pods(&self) {
        let east = &self.clusters[0];
        let pods = east.list_objects(Kind::POD, Some("istio-system"), "istio=pilot");
        let old = pods.await.unwrap();
        for pod in &old {
            let pod = pod.reference();
            let deleted = east.delete(&pod, Propagation::Background).await;
            deleted.unwrap();
        }
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let pods = east.list_objects(Kind::POD, Some("istio-system"), "istio=pilot");
            let ready = pods.await.unwrap().into_iter().any(|pod| {
                let is_new = old.iter().all(|old| old.name() != pod.name());
                is_new
                    && pod.text("/status/phase") == "Running"
                    && !pod.text("/status/podIP").is_empty()
            });
            if ready {
                return;
            }
            assert!(Instant::now() < end, "no new pod");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Writes {
    /// Records a write of the child, and kills it at the cut.
    fn record(&mut self, method: &str, path: &str) {
        let Some(child) = self.child else { return };
        self.seen.push(format!("{method} {path}"));
        if self.cut == Some(self.seen.len()) {
            let _ = kill_process(child, Signal::KILL);
        }
    }
}

/// Clusters after two undisturbed rounds, and what they contained after each operation.
struct Undisturbed {
    lab: Lab,
    expected: BTreeMap<String, Objects>,
    /// The writes to clusters and the commits of each operation.
    counts: BTreeMap<String, (usize, usize)>,
}

impl Undisturbed {
    async fn new(matrix: &Matrix) -> Result<Self, String> {
        let lab = Lab::new(matrix.small).await;
        let (mut expected, mut counts) = (BTreeMap::new(), BTreeMap::new());
        // Some objects outlive a round: the second one is the undisturbed run.
        for operation in matrix.round.repeat(2) {
            lab.before(operation).await;
            let end = lab.child(operation, false, Cut::Never).await?;
            let End::Done(writes, commits) = end else {
                return Err("an undisturbed run was killed".to_owned());
            };
            counts.insert(operation.name(), (writes, commits));
            expected.insert(operation.name(), state::objects(&lab.clusters).await);
        }
        Ok(Self {
            lab,
            expected,
            counts,
        })
    }

    /// The cuts of an operation, in order.
    fn cuts(&self, operation: Operation, matrix: &Matrix) -> Vec<Cut> {
        let (writes, commits) = self.counts[&operation.name()];
        let last = match (matrix.cut)(1) {
            Cut::Write(_) => writes,
            Cut::Commit(_) | Cut::Never => commits,
        };
        if is_whole() {
            return (1..=last).map(matrix.cut).collect();
        }
        let count = matrix.spread.min(last);
        let stride = last / count.max(1);
        // From the first write to the last one; every second cut is another one each day.
        let at = |number: usize| {
            let fixed = 1 + number * last.saturating_sub(1) / count.saturating_sub(1).max(1);
            let moved = if number % 2 == 1 {
                today() % stride.max(1)
            } else {
                0
            };
            (fixed + moved).min(last)
        };
        (0..count).map(|number| (matrix.cut)(at(number))).collect()
    }

    /// Runs an operation with a cut, and continues it; returns whether a process was killed.
    async fn cut(&self, operation: Operation, at: Cut) -> Result<bool, String> {
        self.lab.before(operation).await;
        let end = self.lab.child(operation, false, at).await?;
        let killed = matches!(end, End::Killed);
        if killed {
            let write = self.lab.writes.lock().seen.last().cloned();
            let continued = self.lab.child(operation, true, Cut::Never).await;
            continued.map_err(|error| format!("last write {write:?}: {error}"))?;
        }
        let found = state::objects(&self.lab.clusters).await;
        let differences = state::differences(&self.expected[&operation.name()], &found);
        if differences.is_empty() {
            return Ok(killed);
        }
        Err(differences.join("\n"))
    }
}

/// Runs rounds, each cut at the next cut of its operations, until none has a further one.
async fn rounds(matrix: &Matrix) -> Result<(), Failed> {
    let (name, start) = (matrix.name, Instant::now());
    let mut undisturbed = Undisturbed::new(matrix).await?;
    println!("{name}: writes and commits {:?}", undisturbed.counts);
    let operations = matrix.round.iter().copied();
    let cuts: Vec<(Operation, Vec<Cut>)> = operations
        .map(|operation| (operation, undisturbed.cuts(operation, matrix)))
        .collect();
    let most = cuts.iter().map(|(_, cuts)| cuts.len()).max().unwrap_or(0);
    let (mut tried, mut killed, mut failures) = (0, 0, Vec::new());
    let max_time = if is_whole() { MAX_TIME_WHOLE } else { MAX_TIME };
    for round in 0..most {
        if start.elapsed() > max_time || failures.len() > MAX_FAILURES {
            failures.push(format!("the last {} rounds were not tried", most - round));
            break;
        }
        for (operation, cuts) in &cuts {
            let at = cuts.get(round).copied().unwrap_or(Cut::Never);
            tried += usize::from(at != Cut::Never);
            match undisturbed.cut(*operation, at).await {
                Ok(was_killed) => killed += usize::from(was_killed),
                Err(failure) => {
                    failures.push(format!("{operation:?} after {at:?}: {failure}"));
                    undisturbed = Undisturbed::new(matrix).await?;
                    break;
                }
            }
        }
    }
    println!(
        "{name}: {tried} cuts tried, {killed} processes killed, {} failed, {:.0?}",
        failures.len(),
        start.elapsed()
    );
    // The number of commits varies a little; a cut that kills nothing proves nothing.
    if killed * 10 < tried * 9 {
        failures.push(format!("only {killed} of {tried} cuts killed a process"));
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(failures.join("\n").into())
}
