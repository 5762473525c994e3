//! Keeps what is known of a cluster up to date: its own task lists again when something changed.
//!
//! A list that fails leaves what was known, as a watch that broke does. Start at
//! [`Follower::begin`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::Pod;
use super::registry::Registry;
use super::remote::{Failure, Remote};
use crate::object;

/// How often a remote is asked whether anything changed.
const EVERY: Duration = Duration::from_millis(250);

/// How long changes of the own cluster are gathered.
const GATHER: Duration = Duration::from_millis(50);

/// A registry that follows its cluster until it is dropped.
#[derive(Debug)]
pub(super) struct Follower {
    known: Arc<Mutex<Registry>>,
    wanted: Wanted,
    begun: Instant,
    _task: AbortOnDropHandle<()>,
}

/// What is listed, each with its path.
type Wanted = &'static [(&'static str, &'static str)];

/// The API of a cluster.
#[derive(Debug)]
pub(super) enum Api {
    Own(Pod),
    Remote(Box<Remote>),
}

impl Follower {
    pub(super) fn begin(api: Api, wanted: Wanted) -> Self {
        let known = Arc::new(Mutex::new(Registry::default()));
        let task = tokio::spawn(follow(api, wanted, known.clone()));
        Self {
            known,
            wanted,
            begun: Instant::now(),
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// What is known now.
    pub(super) fn registry(&self) -> Registry {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether everything was listed at least once.
    pub(super) fn is_synced(&self) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.lists.len() == self.wanted.len()
    }

    /// How long it has been following.
    pub(super) fn age(&self) -> Duration {
        self.begun.elapsed()
    }
}

impl Api {
    async fn get(&mut self, path: &str) -> Result<Value, Failure> {
        match self {
            Self::Own(pod) => pod.ask(path).await.ok_or(Failure::Refused),
            Self::Remote(remote) => remote.get(path).await,
        }
    }
}

async fn follow(mut api: Api, wanted: Wanted, known: Arc<Mutex<Registry>>) {
    let mut latest = match &api {
        Api::Own(pod) => pod.follow(),
        Api::Remote(_) => None,
    };
    let mut seen = String::new();
    loop {
        look(&mut api, wanted, &known, &mut seen).await;
        match &mut latest {
            Some(latest) => {
                if !changed(latest).await {
                    return;
                }
            }
            None if matches!(api, Api::Remote(_)) => tokio::time::sleep(EVERY).await,
            None => return,
        }
    }
}

/// Waits for changes of a cluster and gathers those that come together; false when it ended.
pub(super) async fn changed(latest: &mut watch::Receiver<u64>) -> bool {
    if latest.changed().await.is_err() {
        return false;
    }
    tokio::time::sleep(GATHER).await;
    latest.mark_unchanged();
    true
}

/// Lists everything again if the cluster is another than was seen.
async fn look(api: &mut Api, wanted: Wanted, known: &Mutex<Registry>, seen: &mut String) {
    let revision = match api.get("/api/v1/services?limit=1").await {
        Ok(list) => object::text(&list, "/metadata/resourceVersion").to_owned(),
        Err(Failure::Unreached) => return,
        Err(Failure::Refused) => String::new(),
    };
    if !revision.is_empty() && revision == *seen {
        return;
    }
    let mut is_whole = true;
    for (resource, path) in wanted {
        let Ok(mut list) = api.get(path).await else {
            is_whole = false;
            continue;
        };
        let items: Vec<Value> = serde_json::from_value(list["items"].take()).unwrap_or_default();
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        known.lists.insert(resource, Arc::new(items));
    }
    // What was refused is asked for again.
    *seen = if is_whole { revision } else { String::new() };
}
