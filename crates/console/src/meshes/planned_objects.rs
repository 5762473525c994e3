//! The view of planned steps on two clusters: their objects as YAML lines, Secrets masked.

use crate::{diff, mask};
use ::mesh::step::{Side, Step};
use serde_json::Value;
use wire::{
    job::MemberRef,
    mesh::{MemberPlanView, PlanNote, PlannedObject},
};

/// The objects of a plan.
pub(super) fn of_steps(steps: &[Step], member: &MemberRef) -> Vec<PlannedObject> {
    let objects = steps.iter().map(|step| {
        let (change, held_by, details) = step.action.view();
        PlannedObject {
            cluster: match step.side {
                Side::Primary => member.primary.clone(),
                Side::Remote => member.remote.clone(),
            },
            object: step.object.clone(),
            change,
            held_by,
            details,
            lines: match &step.manifest {
                Value::Null => Vec::new(),
                manifest => diff::added(&mask::yaml(manifest)),
            },
        }
    });
    objects.collect()
}

/// A plan of objects and notes.
pub(super) fn member_plan(
    member: &MemberRef,
    steps: &[Step],
    notes: Vec<PlanNote>,
) -> MemberPlanView {
    MemberPlanView {
        review: None,
        remote: member.remote.clone(),
        objects: of_steps(steps, member),
        notes,
        problem: None,
    }
}
