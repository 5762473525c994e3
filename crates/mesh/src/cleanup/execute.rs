//! Takes away what was chosen, part by part, and waits until each part is gone.

use super::{
    Disposition, MeshNamespace, Part, Plan, Selection, backup,
    stuck::{self, Stuck},
};
use crate::error::Error;
use cluster::{Cluster, ObjectRef, Propagation, WaitOptions};
use std::time::Duration;
use tokio::time::Instant;

const POLL_INTERVAL: Duration = Duration::from_millis(300);

/// What is told meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Started(Part),
    /// An object of it is deleted and gone.
    Deleted(Part, ObjectRef),
    /// An object of it was deleted and is still there.
    Waiting(Part, Stuck),
    /// All of it is gone.
    Finished(Part),
}

/// Takes away what was chosen of a plan: what was made at run time, objects, definitions, namespaces.
///
/// Looks again before each part: what was not planned is not deleted, and stops it.
///
/// # Errors
/// [`Error::InUse`] while a control plane leads the cluster, [`Error::NamespaceNotEmpty`] when a chosen namespace
/// holds what stays, [`Error::Unreadable`] and [`Error::Changed`] before anything is deleted that was not
/// seen so, [`Error::Stuck`] with what does not go, [`Error::Cancelled`], or [`Error::Cluster`].
pub async fn execute(
    cluster: &Cluster,
    plan: &Plan,
    selection: &Selection,
    waiting: &WaitOptions,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    let act = Act {
        cluster,
        plan,
        selection,
        waiting,
        on_event,
    };
    Box::pin(act.may()).await?;
    act.remove(Part::RuntimeObjects).await?;
    Box::pin(act.crds_match_plan()).await?;
    act.remove(Part::CustomResources).await?;
    Box::pin(act.crds_are_empty()).await?;
    act.remove(Part::Crds).await?;
    let kinds = cluster.refresh_kinds().await;
    kinds.map_err(Error::at(plan.scope.side))?;
    Box::pin(act.namespaces_are_empty()).await?;
    act.remove(Part::Namespaces).await
}

struct Act<'a> {
    cluster: &'a Cluster,
    plan: &'a Plan,
    selection: &'a Selection,
    waiting: &'a WaitOptions,
    on_event: &'a (dyn Fn(Event) + Send + Sync),
}

impl Act<'_> {
    /// Refuses before anything is touched.
    async fn may(&self) -> Result<(), Error> {
        let istio_namespace = &self.plan.scope.istio_namespace;
        let by = super::led_by(self.cluster, istio_namespace).await;
        let by = by.map_err(Error::at(self.plan.scope.side))?;
        if !by.is_empty() {
            return Err(Error::InUse { by });
        }
        for namespace in self.chosen(self.plan) {
            ensure_empty(
                &namespace.name,
                &self.plan.foreign_objects(namespace, self.selection)?,
            )?;
        }
        self.crds_match_plan().await
    }

    fn chosen<'p>(&self, plan: &'p Plan) -> impl Iterator<Item = &'p MeshNamespace> {
        let namespaces = plan.namespaces.iter();
        namespaces.filter(|namespace| self.selection.namespaces.contains(&namespace.name))
    }

    /// No object is there that was not planned, or is another than then.
    async fn crds_match_plan(&self) -> Result<(), Error> {
        if self.selection.crds == Disposition::Keep {
            return Ok(());
        }
        for crd in &self.plan.crds {
            backup::unchanged(self.cluster, self.plan, crd).await?;
        }
        Ok(())
    }

    /// Nobody made an object meanwhile, which the definition would take along.
    async fn crds_are_empty(&self) -> Result<(), Error> {
        if self.selection.crds == Disposition::Keep {
            return Ok(());
        }
        for crd in &self.plan.crds {
            let left = backup::unchanged(self.cluster, self.plan, crd).await?;
            if let Some(object) = left.first() {
                return Err(self.changed(object.reference()));
            }
        }
        Ok(())
    }

    /// Nothing of somebody else came into a namespace since it was planned.
    async fn namespaces_are_empty(&self) -> Result<(), Error> {
        if self.selection.namespaces.is_empty() {
            return Ok(());
        }
        let now = Box::pin(super::plan(self.cluster, &self.plan.scope)).await?;
        for namespace in self.chosen(&now) {
            ensure_empty(
                &namespace.name,
                &now.foreign_objects(namespace, self.selection)?,
            )?;
        }
        Ok(())
    }

    fn changed(&self, object: ObjectRef) -> Error {
        Error::Changed {
            side: self.plan.scope.side,
            object,
        }
    }

    async fn remove(&self, part: Part) -> Result<(), Error> {
        let objects = self.plan.objects(part, self.selection);
        if objects.is_empty() {
            return Ok(());
        }
        (self.on_event)(Event::Started(part));
        for object in &objects {
            if self.waiting.stop.is_cancelled() {
                return Err(Error::Cancelled);
            }
            let deleted = self.cluster.delete(object, Propagation::Background).await;
            deleted.map_err(Error::at(self.plan.scope.side))?;
        }
        self.gone(part, objects).await?;
        (self.on_event)(Event::Finished(part));
        Ok(())
    }

    /// Waits until all of a part is gone, and says what holds the rest.
    async fn gone(&self, part: Part, mut left: Vec<ObjectRef>) -> Result<(), Error> {
        let begun = Instant::now();
        loop {
            let mut there = Vec::new();
            for object in left {
                let found = stuck::look(self.cluster, &object).await;
                match found.map_err(Error::at(self.plan.scope.side))? {
                    None => (self.on_event)(Event::Deleted(part, object)),
                    Some(stuck) => there.push(stuck),
                }
            }
            let Some(first) = there.first() else {
                return Ok(());
            };
            (self.on_event)(Event::Waiting(part, first.clone()));
            if begun.elapsed() >= self.waiting.timeout {
                return Err(Error::Stuck {
                    stuck: there,
                    waited: self.waiting.timeout,
                });
            }
            left = there.into_iter().map(|stuck| stuck.object).collect();
            tokio::select! {
                () = self.waiting.stop.cancelled() => return Err(Error::Cancelled),
                () = tokio::time::sleep(POLL_INTERVAL) => {}
            }
        }
    }
}

fn ensure_empty(namespace: &str, holds: &[ObjectRef]) -> Result<(), Error> {
    if holds.is_empty() {
        return Ok(());
    }
    Err(Error::NamespaceNotEmpty {
        namespace: namespace.to_owned(),
        holds: holds.iter().map(ToString::to_string).collect(),
    })
}
