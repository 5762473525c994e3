//! Counts the changes of the objects of a kind; only their metadata is read.
//!
//! For a page that reads the objects again when one of them changed. Start at
//! [`Watches::follow_changes`](crate::Watches::follow_changes).

use crate::limits::WATCH_TIMEOUT_SECONDS;
use futures::StreamExt as _;
use kube::{
    Api,
    api::{DynamicObject, PartialObjectMeta},
    runtime::{WatchStreamExt as _, watcher},
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Counts until `stop`, or until the last receiver is dropped.
///
/// A complete list counts too, since objects may have changed before it, and so does an interruption: what
/// was read before may be out of date.
pub(crate) async fn run(
    api: Api<PartialObjectMeta<DynamicObject>>,
    labels: String,
    count: watch::Sender<u64>,
    stop: CancellationToken,
) {
    let config = watcher::Config::default()
        .timeout(WATCH_TIMEOUT_SECONDS)
        .labels(&labels);
    let mut events = watcher(api, config).default_backoff().boxed();
    loop {
        let event = tokio::select! {
            () = stop.cancelled() => return,
            () = count.closed() => return,
            event = events.next() => event,
        };
        match event {
            None => return,
            Some(Ok(watcher::Event::Init | watcher::Event::InitApply(_))) => {}
            Some(
                Err(_)
                | Ok(watcher::Event::InitDone | watcher::Event::Apply(_) | watcher::Event::Delete(_)),
            ) => count.send_modify(|count| *count = count.wrapping_add(1)),
        }
    }
}
