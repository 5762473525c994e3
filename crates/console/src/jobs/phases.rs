//! The phases that a job will go through, made of its plan before it begins.

use super::work::JobPlan;
use ::mesh::{
    cleanup::{Disposition, Part, Plan, Selection},
    step::{Side, Step},
};
use cluster::ObjectRef;
use release::{Mode, Phase};
use wire::job::{JobObject, PhaseName, PhaseState, PhaseView};

/// So many objects of a phase are shown one by one, of those that people wrote.
const MAX_SHOWN_OBJECTS: usize = 200;

pub(super) fn name(phase: Phase) -> PhaseName {
    match phase {
        Phase::Crds => PhaseName::Crds,
        Phase::HooksBefore => PhaseName::HooksBefore,
        Phase::Access => PhaseName::Access,
        Phase::Configuration => PhaseName::Configuration,
        Phase::Workloads => PhaseName::Workloads,
        Phase::Rest => PhaseName::Rest,
        Phase::Ready => PhaseName::Ready,
        Phase::HooksAfter => PhaseName::HooksAfter,
        Phase::Removal => PhaseName::Removal,
        Phase::Record => PhaseName::Record,
    }
}

fn phase(name: PhaseName, objects: Vec<ObjectRef>) -> PhaseView {
    let object = |object| JobObject {
        object,
        health: None,
        note: String::new(),
    };
    PhaseView {
        name,
        state: PhaseState::ToCome,
        done: 0,
        all: u32::try_from(objects.len()).unwrap_or(u32::MAX),
        took: 0,
        objects: objects.into_iter().map(object).collect(),
    }
}

/// The phases that a job will go through.
pub(super) fn phases(work: &JobPlan) -> Vec<PhaseView> {
    match work {
        JobPlan::Install { rendered, mode, .. } => {
            let [before, after] = match mode {
                Mode::Install | Mode::Resume => ["pre-install", "post-install"],
                Mode::Upgrade => ["pre-upgrade", "post-upgrade"],
            };
            let mut phases = vec![PhaseView {
                state: PhaseState::Done,
                done: u32::try_from(rendered.plan.objects().count()).unwrap_or(u32::MAX),
                ..phase(PhaseName::Render, Vec::new())
            }];
            let references = |objects: &[cluster::Object]| {
                objects
                    .iter()
                    .map(cluster::Object::reference)
                    .collect::<Vec<_>>()
            };
            if !rendered.plan.crds.is_empty() {
                phases.push(phase(PhaseName::Crds, references(&rendered.plan.crds)));
            }
            if runs(rendered, before) {
                phases.push(phase(PhaseName::HooksBefore, Vec::new()));
            }
            for stage in &rendered.plan.stages {
                phases.push(phase(name(stage.phase), references(&stage.objects)));
            }
            phases.push(phase(PhaseName::Ready, Vec::new()));
            if runs(rendered, after) {
                phases.push(phase(PhaseName::HooksAfter, Vec::new()));
            }
            phases.push(phase(PhaseName::Record, Vec::new()));
            phases
        }
        JobPlan::UninstallPlan { removal, .. } => {
            let mut phases = vec![phase(PhaseName::Removal, removal.removed.clone())];
            if !removal.hooks.is_empty() {
                phases.push(phase(PhaseName::HooksAfter, Vec::new()));
            }
            phases.push(phase(PhaseName::Record, Vec::new()));
            phases
        }
        JobPlan::Join { plan, .. } => of_steps(&plan.steps),
        JobPlan::Rotate { plan, .. } => of_steps(&plan.steps),
        JobPlan::Leave { plan, .. } => of_steps(&plan.steps),
        JobPlan::Clear { plan, choice, .. } => of_parts(plan, choice),
    }
}

/// The phases in which what is left goes: what is lost with the definitions is saved first.
fn of_parts(plan: &Plan, choice: &Selection) -> Vec<PhaseView> {
    let saves = choice.crds == Disposition::Delete && !plan.crds.is_empty();
    let backup = saves.then(|| phase(PhaseName::Backup, Vec::new()));
    let parts = [
        Part::RuntimeObjects,
        Part::CustomResources,
        Part::Crds,
        Part::Namespaces,
    ];
    let parts = parts.map(|part| (part, plan.objects(part, choice)));
    let parts = parts.into_iter().filter(|(_, objects)| !objects.is_empty());
    let parts = parts.map(|(part, objects)| {
        let mut phase = phase(of_part(part), objects);
        // All are counted; so many are shown.
        phase.objects.truncate(MAX_SHOWN_OBJECTS);
        phase
    });
    backup.into_iter().chain(parts).collect()
}

/// The phase in which a part goes.
pub(super) fn of_part(part: Part) -> PhaseName {
    match part {
        Part::RuntimeObjects => PhaseName::RunTime,
        Part::CustomResources => PhaseName::DefinitionObjects,
        Part::Crds => PhaseName::Definitions,
        Part::Namespaces => PhaseName::Namespaces,
    }
}

/// The phases of steps on two clusters: what is done to reader, token and Secret, each in one.
fn of_steps(steps: &[Step]) -> Vec<PhaseView> {
    let mut phases: Vec<PhaseView> = Vec::new();
    for step in steps {
        let name = of_step(step.side, &step.object);
        let object = JobObject {
            object: step.object.clone(),
            health: None,
            note: String::new(),
        };
        match phases.iter_mut().find(|phase| phase.name == name) {
            Some(phase) => {
                phase.objects.push(object);
                phase.all += 1;
            }
            None => phases.push(phase(name, vec![object.object])),
        }
    }
    phases
}

/// The phase to which an object on a side belongs.
pub(super) fn of_step(side: Side, object: &ObjectRef) -> PhaseName {
    match (side, object.kind.as_str()) {
        (Side::Remote, "Secret") => PhaseName::Token,
        (Side::Remote, _) => PhaseName::Reader,
        (Side::Primary, _) => PhaseName::RemoteSecret,
    }
}

fn runs(rendered: &crate::render::Rendered, moment: &str) -> bool {
    let hooks = rendered.manifests.hooks.iter();
    hooks
        .flat_map(|hook| &hook.events)
        .any(|event| event.as_str() == moment)
}
