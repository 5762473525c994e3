//! Follows the objects of a release: their changes, and those of its records.

use crate::{Error, Release, ReleaseKey, status::manifest_objects};
use cluster::{Identity, Kind, Watches};
use std::collections::BTreeSet;
use tokio::sync::watch;

/// The kinds that are followed at most, each in one namespace.
const MAX_KINDS: usize = 32;

/// What changed of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseChange {
    /// One of its records: there may be another revision, with other objects.
    Record,
    /// An object of a kind, and in a namespace, of the release.
    Objects,
}

/// The changes of a release.
#[derive(Debug)]
pub struct ReleaseChanges(Vec<(ReleaseChange, watch::Receiver<u64>)>);

impl ReleaseChanges {
    /// Waits for a change; none when all watches have ended.
    pub async fn next(&mut self) -> Option<ReleaseChange> {
        loop {
            if self.0.is_empty() {
                return None;
            }
            let each = self.0.iter_mut().map(|(change, receiver)| {
                let change = *change;
                Box::pin(async move { receiver.changed().await.map(|()| change) })
            });
            let (outcome, place, _) = futures::future::select_all(each).await;
            match outcome {
                Ok(change) => return Some(change),
                Err(_) => drop(self.0.swap_remove(place)),
            }
        }
    }
}

/// Follows the newest revision of a release. Pods are followed too: the health of a workload depends on them.
/// Kinds that the cluster does not serve, or that may not be watched, are left out.
///
/// # Errors
/// [`Error::Cluster`] when the kinds of the cluster cannot be read.
pub async fn follow(
    watches: &Watches,
    identity: &dyn Identity,
    release: &Release,
    key: &ReleaseKey,
) -> Result<ReleaseChanges, Error> {
    let objects = manifest_objects(identity.cluster(), release).await?;
    let mut kinds: BTreeSet<(String, String, Option<String>)> = BTreeSet::new();
    for object in &objects {
        let reference = object.reference();
        let namespace = reference.namespace.clone();
        kinds.insert(("v1".into(), "Pod".into(), namespace.clone()));
        kinds.insert((reference.api_version, reference.kind, namespace));
    }
    let records = format!("owner=helm,name={}", key.release);
    let namespace = Some(key.namespace.as_str());
    let record = watches
        .follow_changes(Kind::SECRET, namespace, &records)
        .await;
    let mut changes = Vec::new();
    for (api_version, kind, namespace) in kinds.iter().take(MAX_KINDS) {
        let kind = Kind::new(api_version, kind);
        let begun = watches.follow_changes(kind, namespace.as_deref(), "");
        let begun = begun.await.ok();
        changes.extend(begun.map(|receiver| (ReleaseChange::Objects, receiver)));
    }
    changes.extend(
        record
            .ok()
            .map(|receiver| (ReleaseChange::Record, receiver)),
    );
    Ok(ReleaseChanges(changes))
}
