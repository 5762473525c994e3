//! Deletes the selected parts one by one, and waits until each part is deleted.

use super::{Disposition, MeshNamespace, Part, Plan, Selection, backup};
use crate::error::Error;
use cluster::{AsUser, Cluster, Identity as _, ObjectRef, Propagation, WaitOptions};
use release::{DeletionError, Event};

/// Deletes the selected parts of a plan: runtime objects, custom resources, CRDs, namespaces.
///
/// The cluster is read again before each part: an object that is not in the plan stops the cleanup.
///
/// # Errors
/// [`Error::InUse`] while a control plane uses the cluster, [`Error::NamespaceNotEmpty`] when a selected
/// namespace contains kept objects, [`Error::Unreadable`] and [`Error::Changed`] before a changed part is
/// deleted, [`Error::Stuck`] after the timeout, [`Error::Cancelled`], or [`Error::Cluster`].
pub async fn execute(
    user: &AsUser,
    plan: &Plan,
    selection: &Selection,
    waiting: &WaitOptions,
    on_event: &(dyn Fn(Event) + Send + Sync),
) -> Result<(), Error> {
    let cleanup = Cleanup {
        user,
        plan,
        selection,
        waiting,
        on_event,
    };
    cleanup.check_preconditions().await?;
    cleanup.remove(Part::RuntimeObjects).await?;
    cleanup.crds_match_plan().await?;
    cleanup.remove(Part::CustomResources).await?;
    cleanup.crds_are_empty().await?;
    cleanup.remove(Part::Crds).await?;
    let kinds = user.cluster().refresh_kinds().await;
    kinds.map_err(Error::at(plan.scope.side))?;
    cleanup.namespaces_are_empty().await?;
    cleanup.remove(Part::Namespaces).await
}

struct Cleanup<'a> {
    user: &'a AsUser,
    plan: &'a Plan,
    selection: &'a Selection,
    waiting: &'a WaitOptions,
    on_event: &'a (dyn Fn(Event) + Send + Sync),
}

impl Cleanup<'_> {
    fn cluster(&self) -> &Cluster {
        self.user.cluster()
    }

    /// Checks the preconditions before anything is deleted.
    async fn check_preconditions(&self) -> Result<(), Error> {
        let istio_namespace = &self.plan.scope.istio_namespace;
        let by = super::control_planes(self.cluster(), istio_namespace).await;
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

    /// No custom resource is new or changed since the plan.
    async fn crds_match_plan(&self) -> Result<(), Error> {
        if self.selection.crds == Disposition::Keep {
            return Ok(());
        }
        for crd in &self.plan.crds {
            backup::unchanged(self.cluster(), self.plan, crd).await?;
        }
        Ok(())
    }

    /// No custom resource exists that the deletion of its CRD would delete.
    async fn crds_are_empty(&self) -> Result<(), Error> {
        if self.selection.crds == Disposition::Keep {
            return Ok(());
        }
        for crd in &self.plan.crds {
            let left = backup::unchanged(self.cluster(), self.plan, crd).await?;
            if let Some(object) = left.first() {
                return Err(self.changed(object.reference()));
            }
        }
        Ok(())
    }

    /// No object of a user is new in a namespace since the plan.
    async fn namespaces_are_empty(&self) -> Result<(), Error> {
        if self.selection.namespaces.is_empty() {
            return Ok(());
        }
        let now = super::plan(self.user, &self.plan.scope).await?;
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
        (self.on_event)(Event::Started(part.phase()));
        for object in &objects {
            if self.waiting.stop.is_cancelled() {
                return Err(Error::Cancelled);
            }
            let deleted = self.cluster().delete(object, Propagation::Background).await;
            deleted.map_err(Error::at(self.plan.scope.side))?;
        }
        self.await_deletion(part, objects).await?;
        (self.on_event)(Event::Finished(part.phase()));
        Ok(())
    }

    /// Waits until all objects of a part are deleted, and reports those that are stuck.
    async fn await_deletion(&self, part: Part, objects: Vec<ObjectRef>) -> Result<(), Error> {
        let (phase, waiting) = (part.phase(), self.waiting);
        let deleted =
            release::await_deletion(self.cluster(), phase, objects, (waiting, self.on_event));
        deleted.await.map_err(|error| match error {
            DeletionError::Cluster(error) => Error::at(self.plan.scope.side)(error),
            DeletionError::Stuck { stuck, waited } => Error::Stuck { stuck, waited },
            DeletionError::Cancelled => Error::Cancelled,
        })
    }
}

fn ensure_empty(namespace: &str, objects: &[ObjectRef]) -> Result<(), Error> {
    if objects.is_empty() {
        return Ok(());
    }
    Err(Error::NamespaceNotEmpty {
        namespace: namespace.to_owned(),
        objects: objects.iter().map(ToString::to_string).collect(),
    })
}
