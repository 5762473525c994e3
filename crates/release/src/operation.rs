//! What every operation on a release is given: an identity, bounds, a clock and a receiver of progress.

use crate::{Event, ReleaseKey};
use cluster::{AsUser, WaitOptions, Watches};
use jiff::Timestamp;

/// Receives the progress of an operation.
pub(crate) type OnEvent<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// An operation on a release.
#[derive(Clone, Copy)]
pub struct Operation<'a> {
    /// The client of the operator for whom the operation acts.
    pub cluster: &'a AsUser,
    /// The watches that show how the objects become ready.
    pub watches: &'a Watches,
    /// The release.
    pub key: &'a ReleaseKey,
    /// How long objects are waited for, and what stops the operation.
    pub wait: &'a WaitOptions,
    /// The current time.
    pub clock: fn() -> Timestamp,
    /// Receives the progress.
    pub on_event: OnEvent<'a>,
}

impl Operation<'_> {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn report(&self, event: Event) {
        (self.on_event)(event);
    }
}
