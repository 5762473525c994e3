//! Who hears what happens while a plan is carried out, and who may end it.

use crate::{
    error::Error,
    event::{Awaited, Event, Outcome},
    step::{Side, Step},
};
use cluster::ObjectRef;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Who hears what happens, and who may end it.
pub(crate) struct Progress<'a> {
    pub(crate) stop: &'a CancellationToken,
    pub(crate) on_event: &'a (dyn Fn(Event) + Send + Sync),
}

impl Progress<'_> {
    pub(crate) fn begins(&self, number: usize, step: &Step) -> Result<(), Error> {
        if self.stop.is_cancelled() {
            return Err(Error::Cancelled);
        }
        (self.on_event)(Event::Begins {
            step: number,
            side: step.side,
            object: step.object.clone(),
        });
        Ok(())
    }

    pub(crate) fn done(&self, number: usize, step: &Step, outcome: Outcome) {
        (self.on_event)(Event::Done {
            step: number,
            side: step.side,
            object: step.object.clone(),
            outcome,
        });
    }

    pub(crate) fn waits(&self, side: Side, object: &ObjectRef, awaited: Awaited) {
        (self.on_event)(Event::Waits {
            side,
            object: object.clone(),
            awaited,
        });
    }

    /// Lets some time pass, unless somebody asks for the end.
    pub(crate) async fn pause(&self, time: Duration) -> Result<(), Error> {
        tokio::select! {
            () = self.stop.cancelled() => Err(Error::Cancelled),
            () = sleep(time) => Ok(()),
        }
    }
}
