//! The plan of a step, and the button that executes it.

use super::{
    addresses::Addresses, context::mesh_context, install::Install, kubeconfig::Kubeconfig,
    networks::Networks,
};
use crate::{
    api,
    pages::{changed_plan::LoadedPlan, start::StartPlan},
    parts::{Button, Commands, Kind, Notice, PlanList, ProblemNotice, Tone, by_cluster},
    words::{plan_note, t},
};
use leptos::prelude::*;
use wire::mesh::{PlanNote, PlannedChange, StepPlanView, StepRef};

/// The plan of a step, loaded when it is shown.
#[component]
pub(super) fn Plan(step: StepRef, due: bool) -> impl IntoView {
    let step = StoredValue::new(step);
    let plan = Resource::new(move || step.get_value(), api::meshes::step_plan);
    let reload = Callback::new(move |()| plan.refetch());
    let shown = move |plan: StepPlanView| view! { <Content plan=plan due=due reload=reload/> };
    view! {
        <LoadedPlan from=plan subject=t!(mesh.plan_subject) review=|plan: &StepPlanView| plan.review.clone() view=shown/>
    }
}

#[component]
fn Content(plan: StepPlanView, due: bool, reload: Callback<()>) -> impl IntoView {
    let step = plan.step.clone();
    let problem = plan.problem.clone();
    let blocked = problem.is_some();
    let changes = plan
        .objects
        .iter()
        .any(|object| object.change != PlannedChange::Keep);
    let is_join = !plan.objects.is_empty();
    // The remote secret is the last object of a join.
    let has_secret = plan
        .objects
        .last()
        .is_some_and(|object| object.change != PlannedChange::Create);
    let remote = plan.step.cluster.clone();
    let label = t!(mesh.join_cluster, cluster = step.cluster.to_string());
    view! {
        <div class="flex justify-end mb-2 md:-mt-11">
            <Button kind=Kind::Flat press=move || reload.run(())>{t!(mesh.recheck)}</Button>
        </div>
        {problem.map(|problem| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
        {plan.install.map(|install| view! { <Install install=install step=step.clone() due=due blocked=blocked/> })}
        {(!plan.addresses.is_empty()).then(|| view! { <Addresses addresses=plan.addresses step=step.clone() reload=reload/> })}
        {plan.networks.map(|networks| view! { <Networks networks=networks reload=reload/> })}
        {is_join.then(|| view! { <PlanList label=t!(mesh.planned_resources) plans=by_cluster(plan.objects)/> })}
        {has_secret.then(|| view! { <Kubeconfig remote=remote/> })}
        {(!plan.notes.is_empty()).then(|| view! { <Notes notes=plan.notes/> })}
        {(!plan.commands.is_empty()).then(|| view! { <div class="mt-3"><Commands commands=plan.commands/></div> })}
        {(is_join && due && changes).then(|| view! { <StartPlan review=plan.review label=label blocked=blocked started=mesh_context().reload/> })}
    }
}

/// The notes of a plan.
#[component]
pub(super) fn Notes(notes: Vec<PlanNote>) -> impl IntoView {
    view! {
        <div class="my-3">
            <Notice tone=Tone::Plain>
                <ul class="grid gap-1">{notes.into_iter().map(|note| view! { <li class="break-words">{plan_note(&note)}</li> }).collect_view()}</ul>
            </Notice>
        </div>
    }
}
