//! Waits until objects are ready or deleted, and reports their readiness after each change.

use crate::{
    Cluster, Error, Kind, KubernetesEvent, Object, ObjectRef, Readiness, Snapshot, Watches,
    ready::{KINDS_WITH_READINESS, ReadinessContext, completion, readiness},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

/// How often a wait evaluates the readiness when no watch reports a change.
const READINESS_POLL_INTERVAL: Duration = Duration::from_secs(1);
/// How often a wait for a deletion reads the objects.
const DELETION_POLL_INTERVAL: Duration = Duration::from_millis(300);

/// The options of a wait.
#[derive(Clone, Debug)]
pub struct WaitOptions {
    /// After this the wait is an error that names the objects that are missing.
    pub timeout: Duration,
    /// Cancels the wait.
    pub stop: CancellationToken,
}

/// API version, kind and namespace of a watch.
type WatchKey = (String, String, Option<String>);

/// The watches of one wait.
struct WatchedKinds {
    evaluate: Evaluate,
    receivers: BTreeMap<WatchKey, watch::Receiver<Snapshot>>,
}

/// Waits until each of `objects` is ready; `on_event` receives the readiness of all of them, and the
/// events of their namespaces, after each change.
///
/// # Errors
/// [`Error::NotReady`] with each object that is not ready and the reason, [`Error::Cancelled`], or the
/// error of a watch.
pub async fn wait_until_ready(
    watches: &Watches,
    objects: &[ObjectRef],
    options: &WaitOptions,
    on_event: impl FnMut(&[(ObjectRef, Readiness)], &[KubernetesEvent]),
) -> Result<(), Error> {
    wait_until(readiness, (watches, objects), options, on_event).await
}

/// The same until each of `objects`, Jobs and Pods, has completed: a Pod that runs is not enough.
///
/// # Errors
/// As [`wait_until_ready`].
pub async fn wait_until_completed(
    watches: &Watches,
    objects: &[ObjectRef],
    options: &WaitOptions,
    on_event: impl FnMut(&[(ObjectRef, Readiness)], &[KubernetesEvent]),
) -> Result<(), Error> {
    wait_until(completion, (watches, objects), options, on_event).await
}

/// Evaluates the readiness of an object.
type Evaluate = fn(&Object, ReadinessContext<'_>) -> Readiness;

async fn wait_until(
    evaluate: Evaluate,
    (watches, objects): (&Watches, &[ObjectRef]),
    options: &WaitOptions,
    mut on_event: impl FnMut(&[(ObjectRef, Readiness)], &[KubernetesEvent]),
) -> Result<(), Error> {
    let mut watched = WatchedKinds::watch(watches, objects, evaluate).await?;
    let start = Instant::now();
    loop {
        let events = watched.events();
        let states = watched.readiness(objects, &events);
        if watched.has_news() {
            on_event(&states, &events);
        }
        if watched.synced() && states.iter().all(|(_, readiness)| readiness.is_ready()) {
            return Ok(());
        }
        let remaining = options.timeout.saturating_sub(start.elapsed());
        if remaining.is_zero() {
            let missing = states
                .into_iter()
                .filter(|(_, readiness)| !readiness.is_ready());
            return Err(Error::NotReady {
                cluster: watches.cluster_name().clone(),
                waited: options.timeout,
                missing: missing
                    .map(|(object, readiness)| (object, readiness.reason().to_owned()))
                    .collect(),
                all: objects.len(),
            });
        }
        tokio::select! {
            () = options.stop.cancelled() => return Err(Error::Cancelled),
            () = watched.changed() => {}
            () = tokio::time::sleep(remaining.min(READINESS_POLL_INTERVAL)) => {}
        }
    }
}

impl WatchedKinds {
    /// Watches the kinds of `objects`, and the pods and events of their namespaces.
    async fn watch(
        watches: &Watches,
        objects: &[ObjectRef],
        evaluate: Evaluate,
    ) -> Result<Self, Error> {
        let mut keys: BTreeSet<WatchKey> = BTreeSet::new();
        for object in objects {
            let kind = Kind::new(&object.api_version, &object.kind);
            if !KINDS_WITH_READINESS.contains(&kind) {
                continue;
            }
            let namespace = object.namespace.clone();
            keys.insert((
                object.api_version.clone(),
                object.kind.clone(),
                namespace.clone(),
            ));
            if namespace.is_some() {
                keys.insert(("v1".into(), "Pod".into(), namespace.clone()));
                keys.insert(("v1".into(), "Event".into(), namespace));
            }
        }
        let mut receivers = BTreeMap::new();
        for (version, kind, namespace) in keys {
            let receiver = watches
                .watch(Kind::new(&version, &kind), namespace.as_deref())
                .await?;
            receivers.insert((version, kind, namespace), receiver);
        }
        Ok(Self {
            evaluate,
            receivers,
        })
    }

    /// Whether there is something to report: the first lists are complete, or one cannot be read.
    fn has_news(&self) -> bool {
        self.synced()
            || self
                .receivers
                .values()
                .any(|receiver| receiver.borrow().problem.is_some())
    }

    fn synced(&self) -> bool {
        self.receivers
            .values()
            .all(|receiver| receiver.borrow().synced)
    }

    /// All objects of a kind, shared with the snapshots.
    fn objects(&self, kind: &str) -> Vec<Arc<Object>> {
        let of_kind = self
            .receivers
            .iter()
            .filter(|((_, watched, _), _)| watched == kind);
        of_kind
            .flat_map(|(_, receiver)| {
                let snapshot = receiver.borrow();
                snapshot.objects.values().cloned().collect::<Vec<_>>()
            })
            .collect()
    }

    fn events(&self) -> Vec<KubernetesEvent> {
        let objects = self.objects("Event");
        let mut events: Vec<_> = objects
            .iter()
            .map(|event| KubernetesEvent::from_object(event))
            .collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
        events
    }

    fn readiness(
        &self,
        objects: &[ObjectRef],
        events: &[KubernetesEvent],
    ) -> Vec<(ObjectRef, Readiness)> {
        let pods = self.objects("Pod");
        let context = ReadinessContext {
            pods: &pods,
            events,
        };
        objects
            .iter()
            .map(|object| (object.clone(), self.object_readiness(object, context)))
            .collect()
    }

    fn object_readiness(&self, object: &ObjectRef, context: ReadinessContext<'_>) -> Readiness {
        let key = (
            object.api_version.clone(),
            object.kind.clone(),
            object.namespace.clone(),
        );
        let Some(receiver) = self.receivers.get(&key) else {
            return Readiness::ready("");
        };
        let snapshot = receiver.borrow();
        let key = (
            object.namespace.clone().unwrap_or_default(),
            object.name.clone(),
        );
        let observed = snapshot
            .objects
            .get(&key)
            .map(|object| (self.evaluate)(object, context));
        match (observed, &snapshot.problem) {
            // The last observed state may be stale while the watch fails.
            (Some(observed), Some(problem)) if !observed.is_ready() => {
                Readiness::waiting("unknown", problem.clone())
            }
            (Some(observed), _) => observed,
            (None, Some(problem)) => Readiness::waiting("unknown", problem.clone()),
            (None, None) => Readiness::waiting("not found", "the cluster does not list it yet"),
        }
    }

    /// Resolves when one of the kinds changes.
    async fn changed(&mut self) {
        let changes: Vec<_> = self
            .receivers
            .values_mut()
            .map(|receiver| Box::pin(receiver.changed()))
            .collect();
        if changes.is_empty() {
            return std::future::pending().await;
        }
        let (first, _, _) = futures::future::select_all(changes).await;
        if first.is_err() {
            // The watcher has ended; the caller's timeout still applies.
            std::future::pending::<()>().await;
        }
    }
}

/// Waits until none of `objects` exists.
///
/// # Errors
/// [`Error::NotReady`] with each object that still exists, [`Error::Cancelled`], or the error of a read.
pub async fn wait_until_deleted(
    cluster: &Cluster,
    objects: &[ObjectRef],
    options: &WaitOptions,
) -> Result<(), Error> {
    let start = Instant::now();
    let mut pending: Vec<ObjectRef> = objects.to_vec();
    loop {
        let mut existing = Vec::new();
        for object in pending {
            match cluster.get(&object).await {
                Ok(None) | Err(Error::NoSuchKind { .. }) => {}
                Ok(Some(found)) => existing.push((object, deletion_blocker(&found))),
                Err(error) => return Err(error),
            }
        }
        if existing.is_empty() {
            return Ok(());
        }
        if start.elapsed() >= options.timeout {
            return Err(Error::NotReady {
                cluster: cluster.name().clone(),
                waited: options.timeout,
                missing: existing,
                all: objects.len(),
            });
        }
        pending = existing.into_iter().map(|(object, _)| object).collect();
        tokio::select! {
            () = options.stop.cancelled() => return Err(Error::Cancelled),
            () = tokio::time::sleep(DELETION_POLL_INTERVAL) => {}
        }
    }
}

/// The reason why an object still exists.
fn deletion_blocker(object: &Object) -> String {
    let finalizers: Vec<&str> = object.finalizers().collect();
    if finalizers.is_empty() {
        return "it still exists".into();
    }
    format!("blocked by its finalizers {}", finalizers.join(", "))
}
