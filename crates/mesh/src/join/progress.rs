//! Reports the progress of a plan for two clusters, and notices that the job is to stop.

use crate::{error::Error, step::Step};
use cluster::ObjectRef;
use release::{Event, Outcome};
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use wire::job::Awaited;

/// Reports the steps of a plan, each in its phase.
pub(crate) struct Progress<'a> {
    pub(crate) steps: &'a [Step],
    pub(crate) stop: &'a CancellationToken,
    pub(crate) on_event: &'a (dyn Fn(Event) + Send + Sync),
}

impl Progress<'_> {
    /// Reports that a step starts.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when the job is to stop.
    pub(crate) fn start(&self, step: &Step) -> Result<(), Error> {
        if self.stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        (self.on_event)(Event::Started(step.phase()));
        Ok(())
    }

    /// Reports that a step is done, and that its phase is complete after its last step.
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

    /// Reports that an object is waited for.
    pub(crate) fn wait(&self, object: &ObjectRef, awaited: Awaited) {
        (self.on_event)(Event::Waiting {
            object: object.clone(),
            reason: awaited.into(),
        });
    }

    /// Lets some time pass, unless the job is to stop.
    pub(crate) async fn pause(&self, time: Duration) -> Result<(), Error> {
        tokio::select! {
            () = self.stop.cancelled() => Err(Error::Cancelled),
            () = sleep(time) => Ok(()),
        }
    }
}
