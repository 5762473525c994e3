//! Limits the reads of clusters that run at the same time, and with them the memory of their responses.
//!
//! Clusters whose last read failed have a limit of their own, since each of them may hold its place until its
//! timeout. Start at [`ReadLimit::acquire`].

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The number of reads that run at the same time, each with the responses of a cluster in memory.
pub(crate) const MAX_READS: usize = 16;
/// The same for clusters whose last read failed.
const MAX_FAILED_READS: usize = 16;

/// Limits the reads that run at the same time. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ReadLimit {
    answering: Arc<Semaphore>,
    failed: Arc<Semaphore>,
}

impl Default for ReadLimit {
    fn default() -> Self {
        Self {
            answering: Arc::new(Semaphore::new(MAX_READS)),
            failed: Arc::new(Semaphore::new(MAX_FAILED_READS)),
        }
    }
}

impl ReadLimit {
    /// Waits until a read may start; `has_failed` when the one before it failed.
    pub(crate) async fn acquire(
        limit: Option<Self>,
        has_failed: bool,
    ) -> Option<OwnedSemaphorePermit> {
        let limit = limit?;
        let reads = if has_failed {
            limit.failed
        } else {
            limit.answering
        };
        reads.acquire_owned().await.ok()
    }
}
