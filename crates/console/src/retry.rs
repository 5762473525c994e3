//! Writes that failed, because the disk is full or the database is locked, are repeated until they succeed.
//!
//! What they write holds in memory meanwhile. Start at [`Console::retry_write`].

use crate::Console;
use std::time::Duration;
use store::Store;
use tokio::time::sleep;
use tokio_util::task::TaskTracker;

/// The time between two attempts.
const INTERVAL: Duration = Duration::from_secs(2);

/// The writes that are repeated.
#[derive(Default)]
pub(crate) struct Retries(TaskTracker);

impl Retries {
    /// Waits until the last attempts have ended, for at most `timeout`.
    pub(crate) async fn finish(&self, timeout: Duration) {
        self.0.close();
        let _ = tokio::time::timeout(timeout, self.0.wait()).await;
    }
}

impl Console {
    /// Repeats a write until it succeeds, and once more when the console closes; then calls `done`.
    pub(crate) fn retry_write(
        &self,
        write: impl Fn(&Store) -> Result<(), store::Error> + Clone + Send + 'static,
        done: impl FnOnce() + Send + 'static,
    ) {
        let (console, stop) = (self.clone(), self.setup.stop.clone());
        self.retries.0.spawn(async move {
            loop {
                let is_last = tokio::select! {
                    () = sleep(INTERVAL) => false,
                    () = stop.cancelled() => true,
                };
                if console.with_store(write.clone()).await.is_ok() {
                    done();
                    return;
                }
                if is_last {
                    return;
                }
            }
        });
    }
}
