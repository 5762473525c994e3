//! Steps on two clusters and addresses that were found, as a page shows them.

use crate::{diff, mask};
use ::mesh::{
    endpoints::{Absent, Discovered, Outcome},
    join::Note,
    step::{Place, Step, What},
};
use serde_json::Value;
use wire::{
    job::MemberRef,
    mesh::{FoundValue, MemberPlanView, MissingAddress, PlanNote, PlannedChange, PlannedObject},
};

/// The objects of a plan.
pub(super) fn of_steps(steps: &[Step], member: &MemberRef) -> Vec<PlannedObject> {
    let objects = steps.iter().map(|step| {
        let (change, held_by, what) = change(&step.what);
        PlannedObject {
            cluster: match step.place {
                Place::Primary => member.primary.clone(),
                Place::Remote => member.remote.clone(),
            },
            object: step.object.clone(),
            change,
            held_by,
            what,
            lines: match &step.manifest {
                Value::Null => Vec::new(),
                manifest => diff::added(&mask::yaml(manifest)),
            },
        }
    });
    objects.collect()
}

/// A plan that is objects and notes.
pub(super) fn member_plan(
    member: &MemberRef,
    steps: &[Step],
    notes: Vec<PlanNote>,
) -> MemberPlanView {
    MemberPlanView {
        remote: member.remote.clone(),
        objects: of_steps(steps, member),
        notes,
        problem: None,
    }
}

/// What happens, who had it, and what changes.
fn change(what: &What) -> (PlannedChange, Vec<String>, Vec<String>) {
    match what {
        What::Create => (PlannedChange::Create, Vec::new(), Vec::new()),
        What::Adopt { managers, missing } => {
            (PlannedChange::Adopt, managers.clone(), missing.clone())
        }
        What::Update { what } | What::Replace { what } | What::Unmark { what, .. } => {
            (PlannedChange::Update, Vec::new(), what.clone())
        }
        What::Unchanged | What::Keep(_) => (PlannedChange::Keep, Vec::new(), Vec::new()),
        What::Remove { .. } => (PlannedChange::Delete, Vec::new(), Vec::new()),
    }
}

/// What a person should know of a plan.
pub(super) fn notes(notes: &[Note]) -> Vec<PlanNote> {
    let notes = notes.iter().map(|note| match note {
        Note::KnownAs { name, .. } => PlanNote::KnownAs(name.clone()),
        Note::JoinedTwice { name, .. } => PlanNote::JoinedTwice(name.clone()),
        Note::Loopback { server } => PlanNote::Loopback(server.clone()),
        Note::ReadsSecrets => PlanNote::ReadsSecrets,
        Note::StoredIsRefused { said } => PlanNote::StoredIsRefused(said.clone()),
        Note::Gap => PlanNote::Gap,
        Note::ReadAgain => PlanNote::ReadAgain,
    });
    notes.collect()
}

/// An address that was looked for.
pub(super) fn found(one: &Discovered) -> FoundValue {
    let mut value = FoundValue {
        key: one.key.to_owned(),
        value: String::new(),
        source: None,
        age: 0,
        pod: false,
        switch: one.dialled.switch().map(str::to_owned),
        missing: None,
    };
    match &one.outcome {
        Outcome::Found(found) => {
            value.value.clone_from(&found.address);
            value.source = Some(found.source.clone());
            value.pod = found.pod_ip;
            value.age = found.age.unwrap_or(0);
        }
        Outcome::Missing { reason, .. } => value.missing = Some(missing(reason)),
    }
    value
}

fn missing(reason: &Absent) -> MissingAddress {
    match reason {
        Absent::NothingThere => MissingAddress::NothingThere,
        Absent::BalancerPending(object) => MissingAddress::BalancerPending(object.clone()),
        Absent::NoPodReady { pods } => MissingAddress::NoPodReady(*pods),
    }
}
