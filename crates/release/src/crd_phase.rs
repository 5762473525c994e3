//! The phase in which the CRDs of crds/ are applied: those that do not exist at an installation, and those that were
//! chosen at an upgrade.

use crate::{Error, Event, Operation, Outcome, Plan, apply, field_manager::Revision};
use cluster::{Kind, Object, ObjectRef};
use wire::{decision::Decisions, job::PhaseName};

/// Creates the CRDs that do not exist, and waits until all are established.
pub(crate) async fn install_crds(
    operation: &Operation<'_>,
    plan: &Plan,
    decisions: &Decisions,
) -> Result<(), Error> {
    if plan.crds.is_empty() {
        return Ok(());
    }
    let cluster = operation.cluster();
    operation.report(Event::Started(PhaseName::Crds));
    let there = cluster.list_objects(Kind::CRD, None, "").await?;
    let known: std::collections::BTreeSet<&str> = there.iter().map(Object::name).collect();
    let (old, new): (Vec<_>, Vec<_>) = plan
        .crds
        .iter()
        .cloned()
        .partition(|crd| known.contains(crd.name()));
    for crd in &old {
        operation.report(Event::ObjectDone {
            phase: PhaseName::Crds,
            object: crd.reference(),
            outcome: Outcome::Unchanged,
        });
    }
    let applied = (PhaseName::Crds, Revision::First, decisions);
    apply::apply(operation, applied, &new).await?;
    let old: Vec<ObjectRef> = old.iter().map(Object::reference).collect();
    apply::wait_until_established(operation, &old).await?;
    operation.report(Event::Finished(PhaseName::Crds));
    Ok(())
}

/// Applies the CRDs that were chosen for an upgrade, and waits until all are established.
pub(crate) async fn upgrade_crds(
    operation: &Operation<'_>,
    plan: &Plan,
    decisions: &Decisions,
) -> Result<(), Error> {
    if plan.crds.is_empty() {
        return Ok(());
    }
    operation.report(Event::Started(PhaseName::Crds));
    let applied = (PhaseName::Crds, Revision::Next, decisions);
    apply::apply(operation, applied, &plan.crds).await?;
    operation.report(Event::Finished(PhaseName::Crds));
    Ok(())
}
