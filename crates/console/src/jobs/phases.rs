//! The phases of a job before it starts, made of its plan.

use super::{Concerns, MemberConnections};
use crate::render::Rendered;
use ::mesh::step::{Side, Step};
use cluster::{Object, ObjectRef};
use wire::{
    ReleaseName,
    job::{JobObject, PhaseName, PhaseState, PhaseView},
};

/// A phase that has not started.
pub(crate) fn pending(name: PhaseName, objects: Vec<ObjectRef>) -> PhaseView {
    PhaseView {
        name,
        part: None,
        state: PhaseState::Pending,
        done: 0,
        total: u32::try_from(objects.len()).unwrap_or(u32::MAX),
        elapsed_ms: 0,
        objects: objects.into_iter().map(pending_object).collect(),
    }
}

fn pending_object(object: ObjectRef) -> JobObject {
    JobObject {
        object,
        health: None,
        note: String::new(),
    }
}

/// Phases as those of one release among several.
pub(crate) fn of_part(
    release: &ReleaseName,
    phases: impl Iterator<Item = PhaseView>,
) -> Vec<PhaseView> {
    let of_release = |phase: PhaseView| PhaseView {
        part: Some(release.clone()),
        ..phase
    };
    phases.map(of_release).collect()
}

/// What the steps on a member of a mesh concern, on both of its clusters.
pub(crate) fn member_concerns(connections: &MemberConnections, steps: &[Step]) -> Concerns {
    let summary = steps.iter().map(|step| {
        let (side, action) = (step.side, &step.action);
        format!("{side:?} {} {action:?} {}\n", step.object, step.manifest)
    });
    let objects = |side| {
        let own = steps.iter().filter(move |step| step.side == side);
        own.map(|step| step.object.clone()).collect()
    };
    let done = steps.iter().map(|step| {
        let connection = match step.side {
            Side::Primary => &connections.primary,
            Side::Remote => &connections.remote,
        };
        let text = format!("{:?} {}", step.action, step.manifest);
        (connection.name.clone(), step.object.clone(), text)
    });
    Concerns {
        summary: summary.collect(),
        steps: done.collect(),
        objects: vec![
            (connections.primary.clone(), objects(Side::Primary)),
            (connections.remote.clone(), objects(Side::Remote)),
        ],
    }
}

/// The phases of a rendered chart, with the hooks of these two events of Helm.
pub(crate) fn rendered(rendered: &Rendered, [before, after]: [&str; 2]) -> Vec<PhaseView> {
    let plan = &rendered.plan;
    let references = |objects: &[Object]| objects.iter().map(Object::reference).collect();
    let render = PhaseView {
        state: PhaseState::Done,
        done: u32::try_from(plan.objects().count()).unwrap_or(u32::MAX),
        ..pending(PhaseName::Render, Vec::new())
    };
    let mut phases = vec![render];
    if !plan.crds.is_empty() {
        phases.push(pending(PhaseName::Crds, references(&plan.crds)));
    }
    if has_hooks(rendered, before) {
        phases.push(pending(PhaseName::PreHooks, Vec::new()));
    }
    for stage in &plan.stages {
        phases.push(pending(stage.phase, references(&stage.objects)));
    }
    phases.push(pending(PhaseName::Ready, Vec::new()));
    if has_hooks(rendered, after) {
        phases.push(pending(PhaseName::PostHooks, Vec::new()));
    }
    phases.push(pending(PhaseName::SaveRelease, Vec::new()));
    phases
}

fn has_hooks(rendered: &Rendered, hook_event: &str) -> bool {
    let hooks = rendered.manifests.hooks.iter();
    let mut events = hooks.flat_map(|hook| &hook.events);
    events.any(|event| event.as_str() == hook_event)
}

/// The phases of steps on two clusters, each with its objects.
pub(crate) fn member_steps(steps: &[Step]) -> Vec<PhaseView> {
    let mut phases: Vec<PhaseView> = Vec::new();
    for step in steps {
        let name = step.phase();
        match phases.iter_mut().find(|phase| phase.name == name) {
            Some(phase) => {
                phase.objects.push(pending_object(step.object.clone()));
                phase.total += 1;
            }
            None => phases.push(pending(name, vec![step.object.clone()])),
        }
    }
    phases
}
