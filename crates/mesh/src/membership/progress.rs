//! Reports the progress of a plan, and stops it when the caller cancels.

use crate::{error::Error, step::Step};
use cluster::ObjectRef;
use release::{Event, Outcome};
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use wire::job::Awaited;

/// Receives the events of a plan.
pub(crate) type OnEvent<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// The callback and the cancellation of a plan that is executed.
pub(crate) struct Progress<'a> {
    /// The steps of the plan, in the order in which they are executed.
    pub(crate) steps: &'a [Step],
    pub(crate) stop: &'a CancellationToken,
    pub(crate) on_event: OnEvent<'a>,
}

impl Progress<'_> {
    /// Reports that a step starts, unless the plan is cancelled.
    pub(crate) fn started(&self, step: &Step) -> Result<(), Error> {
        if self.stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        (self.on_event)(Event::Started(step.phase()));
        Ok(())
    }

    /// Reports the outcome of a step, and after the last step of a phase that the phase is complete.
    pub(crate) fn done(&self, number: usize, step: &Step, outcome: Outcome) {
        let phase = step.phase();
        (self.on_event)(Event::ObjectDone {
            phase,
            object: step.object.clone(),
            outcome,
        });
        let mut later = self.steps.iter().skip(number + 1);
        if !later.any(|step| step.phase() == phase) {
            (self.on_event)(Event::Finished(phase));
        }
    }

    /// Reports that the plan waits for an object.
    pub(crate) fn waiting(&self, object: &ObjectRef, awaited: Awaited) {
        (self.on_event)(Event::Waiting {
            object: object.clone(),
            reason: awaited.into(),
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
