//! The rollback of a release: the plan with its diff, and the job.

use super::state::label;
use crate::{
    api,
    pages::{
        changed_plan::LoadedPlan,
        install::review::{Counts, Manifests},
        start::StartPlan,
    },
    parts::{Ago, Choices, Notice, PlanChoiceTables, ProblemNotice, Tone},
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    Revision, Time,
    decision::Decisions,
    release::{ReleaseRef, ReleaseState},
    rollback::RollbackView,
};

/// The content of the dialog.
#[component]
pub(super) fn RollBack(
    /// The release.
    at: ReleaseRef,
    /// The earlier revision.
    revision: Revision,
) -> impl IntoView {
    let decided = RwSignal::new(None::<Decisions>);
    let plan = Resource::new(
        move || (at.clone(), decided.get().unwrap_or_default()),
        move |(at, decisions)| api::releases::plan_rollback(at, revision, decisions),
    );
    view! { <LoadedPlan from=plan subject=t!(revision.rollback_subject) review=|plan: &RollbackView| Some(plan.review.clone()) view=move |plan| view! { <Plan plan=plan decided=decided/> }/> }
}

#[component]
fn Plan(
    plan: RollbackView,
    /// What the operator decided; the plan is made with it.
    decided: RwSignal<Option<Decisions>>,
) -> impl IntoView {
    let choices = Choices::new(plan.choices);
    let checking = RwSignal::new(false);
    let check = Callback::new(move |decisions| {
        checking.set(true);
        decided.set(Some(decisions));
    });
    let effect = t!(
        revision.makes,
        next = plan.next.0,
        target = plan.target.revision.0,
        chart = plan.target.chart.clone(),
        current = plan.current.revision.0,
        current_chart = plan.current.chart.clone()
    );
    let blocked = plan.problem.is_some();
    let label = count!(revision.start, n = plan.objects.len());
    view! {
        <div class="flex flex-col gap-3 text-[13px]">
            <p>{effect} " " <span class="text-ink-3">{t!(revision.crds_stay)}</span></p>
            {plan.pending.map(|(state, since)| view! { <Pending state=state since=since/> })}
            {plan.problem.map(|problem| view! { <ProblemNotice problem=problem/> })}
            <PlanChoiceTables
                choices=choices
                check=check
                checking=checking
                focused=decided.get_untracked().is_some()
            />
            <Counts counts=plan.counts/>
            <section class="border border-line rounded-[10px] min-w-0">
                <Manifests objects=plan.objects/>
            </section>
            <details>
                <summary class="cursor-pointer text-ink-2">{t!(install.helm_command)}</summary>
                <pre class="mt-2 font-mono text-[12.5px] bg-sunken rounded-[6px] px-3 py-2 overflow-auto">{plan.command}</pre>
            </details>
        </div>
        <StartPlan
            review=Some(plan.review)
            label=label
            blocked=Signal::derive(move || blocked || choices.blocks())
        >
            {move || choices.reason().map(|reason| view! { <span class="text-warn">{reason}</span> })}
        </StartPlan>
    }
}

/// The operation that is pending, and since when.
#[component]
fn Pending(state: ReleaseState, since: Option<Time>) -> impl IntoView {
    let text = t!(revision.pending, state = label(state));
    view! {
        <Notice tone=Tone::Warn>
            {text}
            {since.map(|at| view! { " (" <Ago at=at/> ")" })}
        </Notice>
    }
}
