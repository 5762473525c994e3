//! Reports the progress of a plan, and stops it when the caller cancels.

use crate::{
    error::Error,
    event::{Awaited, Event, Outcome},
    step::{Side, Step},
};
use cluster::ObjectRef;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Receives the events of a plan.
pub(crate) type OnEvent<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// The callback and the cancellation of a plan that is executed.
pub(crate) struct Progress<'a> {
    pub(crate) stop: &'a CancellationToken,
    pub(crate) on_event: OnEvent<'a>,
}

impl Progress<'_> {
    /// Reports that a step starts, unless the plan is cancelled.
    pub(crate) fn started(&self, number: usize, step: &Step) -> Result<(), Error> {
        if self.stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        (self.on_event)(Event::Started {
            step: number,
            side: step.side,
            object: step.object.clone(),
        });
        Ok(())
    }

    /// Reports the outcome of a step.
    pub(crate) fn done(&self, number: usize, step: &Step, outcome: Outcome) {
        (self.on_event)(Event::ObjectDone {
            step: number,
            side: step.side,
            object: step.object.clone(),
            outcome,
        });
    }

    /// Reports that the plan waits for an object.
    pub(crate) fn waiting(&self, side: Side, object: &ObjectRef, awaited: Awaited) {
        (self.on_event)(Event::Waiting {
            side,
            object: object.clone(),
            awaited,
        });
    }

    /// Waits for some time, unless the plan is cancelled.
    pub(crate) async fn pause(&self, time: Duration) -> Result<(), Error> {
        tokio::select! {
            () = self.stop.cancelled() => Err(Error::Cancelled),
            () = sleep(time) => Ok(()),
        }
    }
}
