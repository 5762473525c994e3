//! The plan of a step, and the button that executes it.

use super::{
    addresses::Addresses,
    context::mesh_context,
    install::{Deploy, Install},
    kubeconfig::Kubeconfig,
    networks::Networks,
    setup::{CommandsCard, Undo},
};
use crate::{
    api,
    pages::{changed_plan::LoadedPlan, start::StartPlan},
    parts::{Button, Kind, Notice, PlanList, ProblemNotice, Tone, by_cluster},
    words::{plan_note, t},
};
use leptos::prelude::*;
use wire::mesh::{PlanNote, PlannedChange, StepPlanView, StepView};

/// The plan of a step, loaded when it is shown.
#[component]
pub(super) fn Plan(
    /// The step.
    step: StepView,
    /// Whether it can be executed now.
    due: bool,
) -> impl IntoView {
    let of_step = step.step.clone();
    let plan = Resource::new(move || of_step.clone(), api::meshes::step_plan);
    let reload = Callback::new(move |()| plan.refetch());
    let shown = move |plan: StepPlanView| view! { <Content plan=plan step=step.clone() due=due reload=reload/> };
    view! {
        <LoadedPlan from=plan subject=t!(mesh.plan_subject) review=|plan: &StepPlanView| plan.review.clone() view=shown/>
    }
}

#[component]
fn Content(plan: StepPlanView, step: StepView, due: bool, reload: Callback<()>) -> impl IntoView {
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
    let blocked = plan.problem.is_some();
    let remote = plan.step.cluster.clone();
    let has_form = !plan.addresses.is_empty() || plan.networks.is_some();
    let action = match &plan.install {
        Some(install) => due
            .then(|| view! { <Deploy install=install.clone() cluster=remote.to_string() blocked=blocked/> })
            .into_any(),
        None => (is_join && due && changes)
            .then(|| {
                let label = t!(mesh.join_cluster, cluster = remote.to_string());
                view! { <StartPlan review=plan.review label=label blocked=blocked started=mesh_context().reload/> }
            })
            .into_any(),
    };
    view! {
        <div class="grid gap-3 min-w-0">
            {plan.problem.map(|problem| view! { <ProblemNotice problem=problem/> })}
            {plan.install.map(|install| view! { <Install install=install step=plan.step.clone()/> })}
            {has_form.then(|| view! {
                <div class="px-4 pt-3 bg-surface border border-line rounded-[10px] min-w-0">
                    {(!plan.addresses.is_empty()).then(|| view! { <Addresses addresses=plan.addresses step=plan.step reload=reload/> })}
                    {plan.networks.map(|networks| view! { <Networks networks=networks reload=reload/> })}
                </div>
            })}
            {is_join.then(|| view! { <PlanList label=t!(mesh.planned_resources) plans=by_cluster(plan.objects)/> })}
            {has_secret.then(|| view! { <Kubeconfig remote=remote/> })}
            {(!plan.notes.is_empty()).then(|| view! { <Notes notes=plan.notes/> })}
            <CommandsCard commands=plan.commands/>
            <Undo step=step/>
            <ActionBar due=due reload=reload>{action}</ActionBar>
        </div>
    }
}

/// The buttons of a plan. The bar with the action stays at the bottom of the window of a phone, without the button
/// that plans again: there it would have no place.
#[component]
fn ActionBar(due: bool, reload: Callback<()>, children: Children) -> impl IntoView {
    let recheck = move || {
        view! { <Button kind=Kind::Flat press=move || reload.run(())>{t!(mesh.recheck)}</Button> }
    };
    if !due {
        return view! { <div>{recheck()}</div> }.into_any();
    }
    view! {
        <div class="md:hidden">{recheck()}</div>
        <div
            class="flex flex-wrap items-end gap-x-3 px-4 pb-3 bg-surface border border-line rounded-[10px] max-md:sticky max-md:bottom-0 max-md:z-10 max-md:shadow-float"
            data-sticky-footer=""
        >
            <div class="mt-3 max-md:hidden">{recheck()}</div>
            <p class="self-center mt-3 text-[12px] text-ink-2 max-md:sr-only">{t!(setup.runs_as_job)}</p>
            <div class="flex-1 min-w-0">{children()}</div>
        </div>
    }
    .into_any()
}

/// The notes of a plan.
#[component]
pub(super) fn Notes(notes: Vec<PlanNote>) -> impl IntoView {
    view! {
        <Notice tone=Tone::Plain>
            <ul class="grid gap-1">{notes.into_iter().map(|note| view! { <li class="break-words">{plan_note(&note)}</li> }).collect_view()}</ul>
        </Notice>
    }
}
