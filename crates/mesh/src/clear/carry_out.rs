//! Takes away what was chosen, part by part, and waits until each part is gone.

use super::{
    Choice, Fate, Home, Part, Plan, backup,
    held::{self, Held},
};
use crate::error::Error;
use cluster::{Cluster, ObjectRef, Propagation, WaitOptions};
use std::time::Duration;
use tokio::time::Instant;

const PAUSE: Duration = Duration::from_millis(300);

/// What is told meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Begins(Part),
    /// An object of it is deleted and gone.
    Gone(Part, ObjectRef),
    /// An object of it was deleted and is still there.
    Waits(Part, Held),
    /// All of it is gone.
    Ends(Part),
}

/// Takes away what was chosen of a plan: what was made at run time, objects, definitions, namespaces.
///
/// Looks again before each part: what was not planned is not deleted, and stops it.
///
/// # Errors
/// [`Error::InUse`] while a control plane leads the cluster, [`Error::Inhabited`] when a chosen namespace
/// holds what stays, [`Error::NotRead`] and [`Error::Changed`] before anything is deleted that was not
/// seen so, [`Error::Held`] with what does not go, [`Error::Cancelled`], or [`Error::Cluster`].
pub async fn carry_out(
    cluster: &Cluster,
    plan: &Plan,
    choice: &Choice,
    waiting: &WaitOptions,
    said: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    let act = Act {
        cluster,
        plan,
        choice,
        waiting,
        said,
    };
    Box::pin(act.may()).await?;
    act.remove(Part::Made).await?;
    Box::pin(act.definitions_are_as_planned()).await?;
    act.remove(Part::Objects).await?;
    Box::pin(act.definitions_are_empty()).await?;
    act.remove(Part::Definitions).await?;
    let kinds = cluster.refresh_kinds().await;
    kinds.map_err(Error::at(plan.clearing.place))?;
    Box::pin(act.homes_are_empty()).await?;
    act.remove(Part::Namespaces).await
}

struct Act<'a> {
    cluster: &'a Cluster,
    plan: &'a Plan,
    choice: &'a Choice,
    waiting: &'a WaitOptions,
    said: &'a (dyn Fn(Event) + Send + Sync),
}

impl Act<'_> {
    /// Refuses before anything is touched.
    async fn may(&self) -> Result<(), Error> {
        let system = &self.plan.clearing.system;
        let by = super::led_by(self.cluster, system).await;
        let by = by.map_err(Error::at(self.plan.clearing.place))?;
        if !by.is_empty() {
            return Err(Error::InUse { by });
        }
        for home in self.chosen(self.plan) {
            inhabited(&home.name, &self.plan.inhabitants(home, self.choice)?)?;
        }
        self.definitions_are_as_planned().await
    }

    fn chosen<'p>(&self, plan: &'p Plan) -> impl Iterator<Item = &'p Home> {
        let homes = plan.homes.iter();
        homes.filter(|home| self.choice.homes.contains(&home.name))
    }

    /// No object is there that was not planned, or is another than then.
    async fn definitions_are_as_planned(&self) -> Result<(), Error> {
        if self.choice.definitions == Fate::Stays {
            return Ok(());
        }
        for definition in &self.plan.definitions {
            backup::unchanged(self.cluster, self.plan, definition).await?;
        }
        Ok(())
    }

    /// Nobody made an object meanwhile, which the definition would take along.
    async fn definitions_are_empty(&self) -> Result<(), Error> {
        if self.choice.definitions == Fate::Stays {
            return Ok(());
        }
        for definition in &self.plan.definitions {
            let left = backup::unchanged(self.cluster, self.plan, definition).await?;
            if let Some(object) = left.first() {
                return Err(self.changed(object.reference()));
            }
        }
        Ok(())
    }

    /// Nothing of somebody else came into a namespace since it was planned.
    async fn homes_are_empty(&self) -> Result<(), Error> {
        if self.choice.homes.is_empty() {
            return Ok(());
        }
        let now = Box::pin(super::plan(self.cluster, &self.plan.clearing)).await?;
        for home in self.chosen(&now) {
            inhabited(&home.name, &now.inhabitants(home, self.choice)?)?;
        }
        Ok(())
    }

    fn changed(&self, object: ObjectRef) -> Error {
        Error::Changed {
            place: self.plan.clearing.place,
            object,
        }
    }

    async fn remove(&self, part: Part) -> Result<(), Error> {
        let objects = self.plan.objects(part, self.choice);
        if objects.is_empty() {
            return Ok(());
        }
        (self.said)(Event::Begins(part));
        for object in &objects {
            if self.waiting.stop.is_cancelled() {
                return Err(Error::Cancelled);
            }
            let deleted = self.cluster.delete(object, Propagation::Background).await;
            deleted.map_err(Error::at(self.plan.clearing.place))?;
        }
        self.gone(part, objects).await?;
        (self.said)(Event::Ends(part));
        Ok(())
    }

    /// Waits until all of a part is gone, and says what holds the rest.
    async fn gone(&self, part: Part, mut left: Vec<ObjectRef>) -> Result<(), Error> {
        let begun = Instant::now();
        loop {
            let mut there = Vec::new();
            for object in left {
                let found = held::look(self.cluster, &object).await;
                match found.map_err(Error::at(self.plan.clearing.place))? {
                    None => (self.said)(Event::Gone(part, object)),
                    Some(held) => there.push(held),
                }
            }
            let Some(first) = there.first() else {
                return Ok(());
            };
            (self.said)(Event::Waits(part, first.clone()));
            if begun.elapsed() >= self.waiting.timeout {
                return Err(Error::Held {
                    held: there,
                    waited: self.waiting.timeout,
                });
            }
            left = there.into_iter().map(|held| held.object).collect();
            tokio::select! {
                () = self.waiting.stop.cancelled() => return Err(Error::Cancelled),
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }
}

fn inhabited(namespace: &str, holds: &[ObjectRef]) -> Result<(), Error> {
    if holds.is_empty() {
        return Ok(());
    }
    Err(Error::Inhabited {
        namespace: namespace.to_owned(),
        holds: holds.iter().map(ToString::to_string).collect(),
    })
}
