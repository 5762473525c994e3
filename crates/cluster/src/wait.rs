//! Waits until objects are ready or gone, and says after each change how they stand.

use crate::{
    Cluster, Error, Object, ObjectRef, Occurrence, Readiness, Snapshot, Watches,
    ready::{Around, WAITED, readiness},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

/// How long to wait, and what may end it early.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// After this it is an error that names what is missing.
    pub for_at_most: Duration,
    /// Ends the wait when somebody asks for it.
    pub stop: CancellationToken,
}

/// Everything that is followed for one wait.
struct Followed {
    kinds: BTreeMap<(String, String, Option<String>), watch::Receiver<Snapshot>>,
}

/// Waits until each of `objects` is ready; `said` hears how all of them stand after each change.
///
/// # Errors
/// [`Error::NotReady`] with each object that is not ready and why, [`Error::Cancelled`], or what the
/// watches met.
pub async fn until_ready(
    watches: &Watches,
    objects: &[ObjectRef],
    waiting: &Waiting,
    mut said: impl FnMut(&[(ObjectRef, Readiness)], &[Occurrence]),
) -> Result<(), Error> {
    let mut followed = Followed::over(watches, objects).await?;
    let start = Instant::now();
    loop {
        let events = followed.events();
        let standing = followed.standing(objects, &events);
        if followed.tells() {
            said(&standing, &events);
        }
        if followed.synced() && standing.iter().all(|(_, readiness)| readiness.is_ready()) {
            return Ok(());
        }
        let left = waiting.for_at_most.saturating_sub(start.elapsed());
        if left.is_zero() {
            let missing = standing
                .into_iter()
                .filter(|(_, readiness)| !readiness.is_ready());
            return Err(Error::NotReady {
                cluster: watches.cluster().name().clone(),
                waited: waiting.for_at_most,
                missing: missing
                    .map(|(o, readiness)| (o, readiness.reason().to_owned()))
                    .collect(),
                all: objects.len(),
            });
        }
        tokio::select! {
            () = waiting.stop.cancelled() => return Err(Error::Cancelled),
            () = followed.changed() => {}
            () = tokio::time::sleep(left.min(Duration::from_secs(1))) => {}
        }
    }
}

impl Followed {
    async fn over(watches: &Watches, objects: &[ObjectRef]) -> Result<Self, Error> {
        let mut wanted: BTreeSet<(String, String, Option<String>)> = BTreeSet::new();
        for object in objects {
            let waited = (object.api_version.as_str(), object.kind.as_str());
            if !WAITED.contains(&waited) {
                continue;
            }
            let namespace = object.namespace.clone();
            wanted.insert((
                object.api_version.clone(),
                object.kind.clone(),
                namespace.clone(),
            ));
            if namespace.is_some() {
                wanted.insert(("v1".into(), "Pod".into(), namespace.clone()));
                wanted.insert(("v1".into(), "Event".into(), namespace));
            }
        }
        let mut kinds = BTreeMap::new();
        for (version, kind, namespace) in wanted {
            let receiver = watches
                .follow(&version, &kind, namespace.as_deref())
                .await?;
            kinds.insert((version, kind, namespace), receiver);
        }
        Ok(Self { kinds })
    }

    /// Whether there is something to say: the first lists are complete, or one cannot be read.
    fn tells(&self) -> bool {
        self.synced()
            || self
                .kinds
                .values()
                .any(|receiver| receiver.borrow().problem.is_some())
    }

    fn synced(&self) -> bool {
        self.kinds.values().all(|receiver| receiver.borrow().synced)
    }

    fn all(&self, kind: &str) -> Vec<Object> {
        let mine = self.kinds.iter().filter(|((_, known, _), _)| known == kind);
        mine.flat_map(|(_, receiver)| {
            receiver
                .borrow()
                .objects
                .values()
                .cloned()
                .collect::<Vec<_>>()
        })
        .collect()
    }

    fn events(&self) -> Vec<Occurrence> {
        let mut events: Vec<_> = self.all("Event").iter().map(Occurrence::of).collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.at));
        events
    }

    fn standing(
        &self,
        objects: &[ObjectRef],
        events: &[Occurrence],
    ) -> Vec<(ObjectRef, Readiness)> {
        let pods = self.all("Pod");
        let around = Around {
            pods: &pods,
            events,
        };
        objects
            .iter()
            .map(|object| (object.clone(), self.one(object, around)))
            .collect()
    }

    fn one(&self, object: &ObjectRef, around: Around<'_>) -> Readiness {
        let key = (
            object.api_version.clone(),
            object.kind.clone(),
            object.namespace.clone(),
        );
        let Some(receiver) = self.kinds.get(&key) else {
            return Readiness::ready("");
        };
        let now = receiver.borrow();
        let place = (
            object.namespace.clone().unwrap_or_default(),
            object.name.clone(),
        );
        let found = now
            .objects
            .get(&place)
            .map(|found| readiness(found, around));
        match (found, &now.problem) {
            // What was seen last may be long over: the newest truth is that nothing is seen.
            (Some(found), Some(problem)) if !found.is_ready() => {
                Readiness::waiting("unknown", problem.clone())
            }
            (Some(found), _) => found,
            (None, Some(problem)) => Readiness::waiting("unknown", problem.clone()),
            (None, None) => Readiness::waiting("not there", "the cluster does not show it yet"),
        }
    }

    /// Resolves when one of the kinds changes.
    async fn changed(&mut self) {
        let each = self
            .kinds
            .values_mut()
            .map(|receiver| Box::pin(receiver.changed()));
        let waits: Vec<_> = each.collect();
        if waits.is_empty() {
            return std::future::pending().await;
        }
        let (first, _, _) = futures::future::select_all(waits).await;
        if first.is_err() {
            // The watcher is gone; the caller's clock goes on.
            std::future::pending::<()>().await;
        }
    }
}

/// Waits until none of `objects` is there any more.
///
/// # Errors
/// [`Error::NotReady`] with each object that is still there, [`Error::Cancelled`], or what a read met.
pub async fn until_gone(
    cluster: &Cluster,
    objects: &[ObjectRef],
    waiting: &Waiting,
) -> Result<(), Error> {
    let start = Instant::now();
    let mut left: Vec<ObjectRef> = objects.to_vec();
    loop {
        let mut there = Vec::new();
        for object in left {
            match cluster.get(&object).await {
                Ok(None) | Err(Error::NoSuchKind { .. }) => {}
                Ok(Some(found)) => there.push((object, held_by(&found))),
                Err(error) => return Err(error),
            }
        }
        if there.is_empty() {
            return Ok(());
        }
        if start.elapsed() >= waiting.for_at_most {
            return Err(Error::NotReady {
                cluster: cluster.name().clone(),
                waited: waiting.for_at_most,
                missing: there,
                all: objects.len(),
            });
        }
        left = there.into_iter().map(|(object, _)| object).collect();
        tokio::select! {
            () = waiting.stop.cancelled() => return Err(Error::Cancelled),
            () = tokio::time::sleep(Duration::from_millis(300)) => {}
        }
    }
}

fn held_by(object: &Object) -> String {
    let finalizers: Vec<&str> = object
        .list("/metadata/finalizers")
        .iter()
        .filter_map(|name| name.as_str())
        .collect();
    if finalizers.is_empty() {
        return "it is still there".into();
    }
    format!("held by its finalizers {}", finalizers.join(", "))
}
