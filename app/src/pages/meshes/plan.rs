//! What a step would do, and the one button that does it.

use super::{
    addresses::Addresses, detail::path, install::Install, networks::Networks, objects::Objects,
    reveal::Reveal,
};
use crate::{
    AppError, api,
    parts::{Button, ButtonLink, Kind, Loaded, Notice, ProblemNotice, Tone},
    words::{plan_note, t},
};
use leptos::prelude::*;
use wire::mesh::{CommandView, PlanNote, PlannedChange, StepPlanView, StepRef};

/// The plan of a step, read when it is shown.
#[component]
pub(super) fn Plan(step: StepRef, due: bool) -> impl IntoView {
    let own = StoredValue::new(step);
    let plan = Resource::new(move || own.get_value(), api::meshes::step_plan);
    let again = Callback::new(move |()| plan.refetch());
    let shown = move |plan: StepPlanView| view! { <Shown plan=plan due=due again=again/> };
    view! {
        <Loaded from=plan subject=t!(mesh.plan_subject) view=shown/>
    }
}

#[component]
fn Shown(plan: StepPlanView, due: bool, again: Callback<()>) -> impl IntoView {
    let step = plan.step.clone();
    let problem = plan.problem.clone();
    let blocked = problem.is_some();
    let changes = plan
        .objects
        .iter()
        .any(|one| one.change != PlannedChange::Keep);
    let joins = !plan.objects.is_empty();
    // The Secret is the last object of a join.
    let stored = plan
        .objects
        .last()
        .is_some_and(|one| one.change != PlannedChange::Create);
    let remote = plan.step.cluster.clone();
    let word = t!(mesh.join_cluster, cluster = step.cluster.to_string());
    view! {
        <div class="flex justify-end mb-2 md:-mt-11">
            <Button kind=Kind::Flat press=move || again.run(())>{t!(mesh.recheck)}</Button>
        </div>
        {problem.map(|problem| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
        {plan.install.map(|install| view! { <Install install=install step=step.clone() due=due blocked=blocked/> })}
        {(!plan.addresses.is_empty()).then(|| view! { <Addresses addresses=plan.addresses step=step.clone() again=again/> })}
        {plan.networks.map(|networks| view! { <Networks networks=networks again=again/> })}
        {joins.then(|| view! { <Objects objects=plan.objects/> })}
        {stored.then(|| view! { <Reveal remote=remote/> })}
        {(!plan.notes.is_empty()).then(|| view! { <Notes notes=plan.notes/> })}
        {(!plan.commands.is_empty()).then(|| view! { <Commands commands=plan.commands/> })}
        {(joins && due && changes).then(|| view! { <Do step=step.clone() word=word blocked=blocked/> })}
    }
}

/// What has to be known before.
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

/// The same by hand.
#[component]
fn Commands(commands: Vec<CommandView>) -> impl IntoView {
    let one = |command: CommandView| {
        view! {
            <p class="text-[12px] text-ink-3 mt-2 mb-1">{t!(mesh.on_cluster, cluster = command.cluster.to_string())}</p>
            <pre class="font-mono text-[12.5px] bg-sunken rounded-[6px] px-3 py-2 overflow-auto max-h-[50vh]" tabindex="0">{command.text}</pre>
        }
    };
    view! {
        <details class="mt-3 text-[13px]">
            <summary class="cursor-pointer text-ink-2">{t!(mesh.kubectl_commands)}</summary>
            {commands.into_iter().map(one).collect_view()}
        </details>
    }
}

/// The button that carries the step out, as a job.
#[component]
pub(super) fn Do(
    step: StepRef,
    #[prop(into)] word: String,
    #[prop(into)] blocked: Signal<bool>,
    /// Where its parameters are edited, when it has some.
    #[prop(optional, into)]
    edit: Option<String>,
) -> impl IntoView {
    let again = path().again;
    let own = StoredValue::new(step);
    let start = Action::new(move |(): &()| api::meshes::execute_step(own.get_value()));
    Effect::new(move |_| {
        if matches!(start.value().get(), Some(Ok(_))) {
            again.run(());
        }
    });
    let failed = move || start.value().get().and_then(Result::err);
    view! {
        {move || failed().map(|AppError(problem)| view! { <div class="my-3"><ProblemNotice problem=problem/></div> })}
        <div class="flex flex-wrap items-center justify-end gap-3 mt-4">
            {edit.map(|to| view! { <ButtonLink to=to>{t!(mesh.edit_parameters)}</ButtonLink> })}
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || blocked.get() || start.pending().get())
                press=move || {
                    start.dispatch(());
                }
            >
                {word}
            </Button>
        </div>
    }
}
