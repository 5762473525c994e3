//! Waits for the deletion of objects, and names what blocks it.

use crate::{Event, Outcome, WaitReason, operation::OnEvent};
use cluster::{Cluster, ObjectRef, StuckObject, WaitOptions, describe_stuck, inspect_deletion};
use std::time::Duration;
use tokio::time::Instant;
use wire::job::{Awaited, PhaseName};

const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// Why objects are not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeletionError {
    /// A request to the cluster failed.
    #[error("a request to the cluster failed")]
    Cluster(#[from] cluster::Error),
    /// Deleted objects still exist after the timeout.
    #[error("{} objects still exist after {} s: {}", stuck.len(), waited.as_secs(), describe_stuck(stuck))]
    Stuck {
        /// The objects, with the reason of each.
        stuck: Vec<StuckObject>,
        /// The timeout.
        waited: Duration,
    },
    /// The operation was cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// Waits until all objects of a phase are deleted, and reports each of them and those that are stuck.
///
/// # Errors
/// [`DeletionError::Stuck`] after the timeout, [`DeletionError::Cancelled`], or [`DeletionError::Cluster`].
pub async fn await_deletion(
    cluster: &Cluster,
    phase: PhaseName,
    mut left: Vec<ObjectRef>,
    (wait, on_event): (&WaitOptions, OnEvent<'_>),
) -> Result<(), DeletionError> {
    let started = Instant::now();
    loop {
        let mut remaining = Vec::new();
        for object in left {
            match inspect_deletion(cluster, &object).await? {
                None => on_event(Event::ObjectDone {
                    phase,
                    object,
                    outcome: Outcome::Deleted,
                }),
                Some(stuck) => remaining.push(stuck),
            }
        }
        let Some(first) = remaining.first() else {
            return Ok(());
        };
        on_event(Event::Waiting {
            object: first.object.clone(),
            reason: WaitReason {
                awaited: Awaited::Deleted,
                detail: first.to_string(),
            },
        });
        if started.elapsed() >= wait.timeout {
            return Err(DeletionError::Stuck {
                stuck: remaining,
                waited: wait.timeout,
            });
        }
        left = remaining.into_iter().map(|stuck| stuck.object).collect();
        tokio::select! {
            () = wait.stop.cancelled() => return Err(DeletionError::Cancelled),
            () = tokio::time::sleep(POLL_INTERVAL) => {}
        }
    }
}
