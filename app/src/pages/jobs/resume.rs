//! Resuming or undoing a job: what is left of it, or what it installed, and the button that starts exactly that.

use super::timeline::Timeline;
use crate::{
    api,
    pages::{changed_plan::LoadedPlan, start::StartPlan},
    words::t,
};
use leptos::prelude::*;
use wire::{JobId, job::ResumeView, mesh::StepRef};

/// The content of the dialog; the plan is made when it opens.
#[component]
pub(super) fn Resume(id: JobId) -> impl IntoView {
    let plan = Resource::new(move || id.clone(), api::jobs::resume_plan);
    view! { <LoadedPlan from=plan subject=t!(job.plan_subject) review=|plan: &ResumeView| Some(plan.review.clone()) view=|plan| view! { <Plan plan=plan note=t!(job.resume_note) label=t!(job.resume_start)/> }/> }
}

/// The content of the dialog that uninstalls what a job installed; the plan is made when it opens.
#[component]
pub(super) fn Undo(id: JobId) -> impl IntoView {
    let plan = Resource::new(move || id.clone(), api::jobs::undo_plan);
    view! { <LoadedPlan from=plan subject=t!(job.plan_subject) review=|plan: &ResumeView| Some(plan.review.clone()) view=|plan| view! { <Plan plan=plan note=t!(job.undo_note) label=t!(job.undo_start)/> }/> }
}

/// The content of the dialog that uninstalls the releases of a step; the plan is made when it opens.
#[component]
pub(crate) fn UndoStep(step: StepRef) -> impl IntoView {
    let plan = Resource::new(move || step.clone(), api::meshes::step_undo_plan);
    view! { <LoadedPlan from=plan subject=t!(job.plan_subject) review=|plan: &ResumeView| Some(plan.review.clone()) view=|plan| view! { <Plan plan=plan note=t!(job.undo_step_note) label=t!(job.undo_start)/> }/> }
}

/// The phases of the plan, and the button that starts them.
#[component]
fn Plan(plan: ResumeView, note: String, label: String) -> impl IntoView {
    let phases = Signal::stored(plan.phases);
    view! {
        <div class="text-[13px]">
            <p class="text-ink-2 mb-4">{note}</p>
            <div class="border border-line rounded-[10px] max-h-[40vh] overflow-auto" tabindex="0">
                <Timeline phases=phases/>
            </div>
            <StartPlan review=Some(plan.review) label=label/>
        </div>
    }
}
