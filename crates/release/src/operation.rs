//! The context of every operation on a release: identity, timeout, clock and receiver of progress.

use crate::{Event, ReleaseKey};
use cluster::{AsUser, Cluster, Identity as _, WaitOptions, Watches};
use jiff::Timestamp;

/// Receives the progress of an operation.
pub(crate) type OnEvent<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// An operation on a release.
#[derive(Clone, Copy)]
pub struct Operation<'a> {
    /// The identity of the operator.
    pub user: &'a AsUser,
    /// The watches that show how the objects become ready.
    pub watches: &'a Watches,
    /// The release.
    pub key: &'a ReleaseKey,
    /// The timeout of waits, and the cancellation of the operation.
    pub wait: &'a WaitOptions,
    /// The current time.
    pub clock: fn() -> Timestamp,
    /// Receives the progress.
    pub on_event: OnEvent<'a>,
}

impl<'a> Operation<'a> {
    /// The client of the operator.
    pub(crate) fn cluster(&self) -> &'a Cluster {
        self.user.cluster()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn report(&self, event: Event) {
        (self.on_event)(event);
    }
}
