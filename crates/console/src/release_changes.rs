//! The changes of the release of an open page.

use crate::{
    Action, Caller, Console, Error,
    changes::{RETRY_INTERVAL, WATCH_TIMEOUT},
    releases::key_of,
};
use release::{ReleaseChange, ReleaseChanges};
use std::time::Duration;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use wire::release::ReleaseRef;

/// The time between the end of the watches of a revision and those of the next.
const RESTART_INTERVAL: Duration = Duration::from_secs(1);

impl Console {
    /// Counts the changes of the objects and of the records of a release, across its revisions, while the
    /// receiver lives. The first watches are begun in the background.
    ///
    /// # Errors
    /// [`Error::NotPermitted`] or [`Error::NoCluster`].
    pub async fn follow_release(
        &self,
        caller: &Caller,
        at: &ReleaseRef,
    ) -> Result<watch::Receiver<u64>, Error> {
        self.permitted(caller, Action::Read, async {
            self.connections.get(&at.cluster)?;
            let (sender, receiver) = watch::channel(0);
            let (console, at) = (self.clone(), at.clone());
            self.changes.spawn(&self.setup.stop, async move {
                tokio::select! {
                    () = sender.closed() => {}
                    () = console.count_changes(&at, &sender) => {}
                }
            });
            Ok(receiver)
        })
        .await
    }

    /// Counts the changes of a release; it never ends.
    async fn count_changes(&self, at: &ReleaseRef, count: &watch::Sender<u64>) {
        loop {
            match timeout(WATCH_TIMEOUT, self.begin_to_follow(at)).await {
                Ok(Ok((revision, mut changes))) => {
                    while let Some(change) = changes.next().await {
                        count.send_modify(|count| *count = count.wrapping_add(1));
                        let is_record = change == ReleaseChange::Record;
                        if is_record && self.newest(at).await.ok() != Some(revision) {
                            // The next revision may have other objects.
                            break;
                        }
                    }
                    sleep(RESTART_INTERVAL).await;
                }
                _ => sleep(RETRY_INTERVAL).await,
            }
        }
    }

    /// Begins to follow the newest revision, as the console: the stream outlives the request.
    async fn begin_to_follow(&self, at: &ReleaseRef) -> Result<(u32, ReleaseChanges), Error> {
        let connection = self.connections.get(&at.cluster)?;
        let key = key_of(at);
        let newest = release::latest(&connection.console, &key).await?;
        let (watches, identity) = (&connection.watches, &connection.console);
        let changes = release::follow(watches, identity, &newest, &key).await?;
        Ok((newest.version, changes))
    }

    /// The number of the newest revision.
    async fn newest(&self, at: &ReleaseRef) -> Result<u32, Error> {
        let connection = self.connections.get(&at.cluster)?;
        let newest = release::latest(&connection.console, &key_of(at)).await?;
        Ok(newest.version)
    }
}
