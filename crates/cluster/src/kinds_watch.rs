//! Watches CustomResourceDefinitions and APIServices, of which only the metadata is read, and drops the
//! cached kinds when one changes.
//!
//! The kinds of a new CRD are served some moments after its last event, so the caches count as followed only
//! [`SETTLE_TIME`] after it. When one of the two may not be watched, they never count as followed: the kinds
//! are cached for a minute, as without a watch. Start at [`run`].

use crate::{
    Cluster,
    limits::{WATCH_TIMEOUT_SECONDS, pages},
};
use futures::{
    StreamExt as _,
    stream::{BoxStream, select},
};
use k8s_openapi::{
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    kube_aggregator::pkg::apis::apiregistration::v1::APIService,
};
use kube::{
    Api, Resource,
    core::PartialObjectMeta,
    runtime::{WatchStreamExt as _, watcher},
};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// How long after an event the API server may still serve other kinds than those that it announced.
const SETTLE_TIME: Duration = Duration::from_secs(3);

/// What happened to one of the two watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// An object was created, changed or deleted, or a list is complete.
    Objects,
    /// The API server has no such kind, so nothing of it can change.
    NotServed,
    /// The watch is interrupted, and a list will follow.
    Interrupted,
    /// The list is incomplete.
    Listing,
    /// The credential may not watch.
    Forbidden,
}

/// Whether each of the two watches is up to date.
#[derive(Default)]
struct Synced([bool; 2]);

impl Synced {
    /// Takes a change of one watch; returns whether the kinds may have changed.
    fn take(&mut self, watch: usize, change: Change) -> bool {
        if let Some(is_synced) = self.0.get_mut(watch) {
            *is_synced = matches!(change, Change::Objects | Change::NotServed);
        }
        change == Change::Objects
    }

    fn all(&self) -> bool {
        self.0.iter().all(|is_synced| *is_synced)
    }
}

/// Follows the changes for the clients of one cluster, with the first of them, until `stop`.
pub(crate) async fn run(clients: [Cluster; 2], stop: CancellationToken) {
    let [client, _] = &clients;
    let mut changes = select(
        changes::<CustomResourceDefinition>(client, 0),
        changes::<APIService>(client, 1),
    );
    let mut synced = Synced::default();
    let mut settles = None;
    loop {
        let settled = async {
            match settles {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = settled => {
                settles = None;
                // What was discovered meanwhile may be older than the change.
                drop_kinds(&clients, synced.all());
            }
            change = changes.next() => match change {
                None => break,
                Some((watch, change)) => {
                    if synced.take(watch, change) {
                        drop_kinds(&clients, false);
                    }
                    set_followed(&clients, false);
                    settles = Some(Instant::now() + SETTLE_TIME);
                }
            },
        }
    }
    set_followed(&clients, false);
}

fn drop_kinds(clients: &[Cluster], is_followed: bool) {
    clients.iter().for_each(Cluster::forget_kinds);
    set_followed(clients, is_followed);
}

fn set_followed(clients: &[Cluster], is_followed: bool) {
    for client in clients {
        client.kinds.set_followed(is_followed);
    }
}

/// The changes of one kind; the stream ends when the kind is not served or may not be watched.
fn changes<K>(client: &Cluster, watch: usize) -> BoxStream<'static, (usize, Change)>
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + Send + 'static,
{
    let api: Api<PartialObjectMeta<K>> = Api::all(pages::client(client.client.clone()));
    let config = watcher::Config::default().timeout(WATCH_TIMEOUT_SECONDS);
    let events = watcher(api, config).default_backoff();
    let changes = events
        .map(|event| change(&event))
        .scan(false, |ended, change| {
            let continues = !std::mem::replace(ended, is_last(change));
            std::future::ready(continues.then_some(change))
        });
    changes.map(move |change| (watch, change)).boxed()
}

fn is_last(change: Change) -> bool {
    matches!(change, Change::NotServed | Change::Forbidden)
}

fn change<K>(event: &Result<watcher::Event<K>, watcher::Error>) -> Change {
    match event {
        Ok(watcher::Event::Init | watcher::Event::InitApply(_)) => Change::Listing,
        Ok(watcher::Event::InitDone | watcher::Event::Apply(_) | watcher::Event::Delete(_)) => {
            Change::Objects
        }
        Err(error) => match status(error) {
            Some(404) => Change::NotServed,
            Some(401 | 403) => Change::Forbidden,
            _ => Change::Interrupted,
        },
    }
}

/// The HTTP status of a failed watch.
fn status(error: &watcher::Error) -> Option<u16> {
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status))
        | watcher::Error::WatchFailed(kube::Error::Api(status)) => Some(status.code),
        watcher::Error::WatchError(status) => Some(status.code),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_are_followed_while_both_watches_are_up_to_date() {
        for (crds, services, all) in [
            (Change::Objects, Change::Objects, true),
            (Change::Objects, Change::NotServed, true),
            (Change::Objects, Change::Listing, false),
            (Change::Interrupted, Change::Objects, false),
            (Change::Objects, Change::Forbidden, false),
        ] {
            let mut synced = Synced::default();
            assert_eq!(synced.take(0, crds), crds == Change::Objects);
            synced.take(1, services);
            assert_eq!(synced.all(), all, "{crds:?} {services:?}");
        }
    }
}
