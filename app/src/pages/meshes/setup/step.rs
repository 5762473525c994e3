//! The selected step: what it does, what it depends on, and its plan, its running job or its result.

use super::{job::RunningJob, preconditions::Preconditions, texts};
use crate::{
    pages::meshes::{
        checks::Checks,
        context::{MeshContext, mesh_context},
        plan::Plan,
    },
    parts::{ButtonLink, Glyph, Icon, Pill, ProblemNotice, Tone},
    urls,
    words::{duration, t},
};
use leptos::prelude::*;
use wire::mesh::{StepDuration, StepKind, StepState, StepView};

/// One step, by its index.
#[component]
pub(super) fn SelectedStep(index: usize) -> impl IntoView {
    let MeshContext { mesh, reload, .. } = mesh_context();
    let view = Memo::new(move |_| mesh.with(|mesh| mesh.steps.get(index).cloned()));
    // An open plan stays while its cluster does not answer: the operator may be reading it.
    let shown = Memo::new(move |before: Option<&Option<StepView>>| {
        let latest = view.get().map(without_duration);
        let before = before.and_then(Option::as_ref);
        let kept = before.filter(|before| keeps_plan(before, latest.as_ref()));
        kept.cloned().or(latest)
    });
    let unknown = Memo::new(move |_| {
        let is_plan = shown.get().is_some_and(|shown| has_plan(&shown));
        match view.get().map(|view| view.state) {
            Some(StepState::Unknown(problem)) if is_plan => Some(problem),
            _ => None,
        }
    });
    let first = view.get_untracked()?;
    let (label, kind) = (texts::title(&first.step), first.step.kind);
    let is_open = Memo::new(move |_| {
        let view = view.get();
        view.is_some_and(|view| !view.state.is_complete())
    });
    Some(view! {
        <section class="grid gap-3 min-w-0" aria-label=label>
            <div class="bg-surface border border-line rounded-[10px] min-w-0">
                {move || view.get().map(|view| view! { <Intro view=view number=index + 1/> })}
                <Show when=move || is_open.get()><Preconditions kind=kind/></Show>
            </div>
            {move || unknown.get().map(|problem| view! { <ProblemNotice problem=problem retry=reload/> })}
            {move || shown.get().map(|view| view! { <Body view=view/> })}
        </section>
    })
}

/// A step apart from its duration, which changes with jobs on other clusters and no plan.
fn without_duration(view: StepView) -> StepView {
    StepView {
        duration: None,
        ..view
    }
}

/// Whether the body of a step is a plan that can be executed.
fn has_plan(step: &StepView) -> bool {
    !matches!(step.step.kind, StepKind::Checks | StepKind::Verify)
        && matches!(step.state, StepState::NextStep | StepState::Pending)
}

/// Whether the plan that is shown stays: the cluster of its step does not answer.
fn keeps_plan(shown: &StepView, latest: Option<&StepView>) -> bool {
    let silent = latest.filter(|latest| matches!(latest.state, StepState::Unknown(_)));
    has_plan(shown) && silent.is_some_and(|silent| silent.step == shown.step)
}

/// The chips, the title and the purpose of a step, and the last failure.
#[component]
fn Intro(view: StepView, number: usize) -> impl IntoView {
    let row = mesh_context().mesh.get_untracked().row;
    let primary = row.primary.to_string();
    let is_reversible = texts::undo(&view, &primary).is_some();
    let chip = |text: String, glyph| view! { <Pill><Icon glyph=glyph class="size-3 shrink-0"/> {text}</Pill> };
    let took = view.duration.map(|took| match took {
        StepDuration::Measured(milliseconds) => {
            t!(setup.took, duration = duration(milliseconds))
        }
        StepDuration::Estimated(milliseconds) => {
            t!(plan.about, duration = duration(milliseconds))
        }
    });
    let undo = if is_reversible {
        chip(t!(setup.reversible), Glyph::Undo)
    } else {
        chip(t!(setup.read_only), Glyph::Search)
    };
    let failed = view.failed.clone().map(|(job, problem)| {
        view! {
            <div class="mt-3">
                <ProblemNotice problem=problem/>
                <div class="mt-2"><ButtonLink to=urls::job(&job)>{t!(mesh.open_job)}</ButtonLink></div>
            </div>
        }
    });
    view! {
        <div class="px-4 py-4">
            <div class="flex flex-wrap gap-2 mb-2.5">
                <Pill tone=Tone::Span>{t!(setup.number, step = number, all = row.steps)}</Pill>
                <Pill tone=tone(&view.state)>{texts::state(&view.state)}</Pill>
                {took.map(|took| chip(took, Glyph::Jobs))}
                {undo}
                {view.optional.then(|| view! { <Pill>{t!(setup.optional)}</Pill> })}
            </div>
            <h3 class="text-[18px] font-semibold leading-tight break-words">{texts::title(&view.step)}</h3>
            <p class="mt-1 text-[14px] text-ink-2">{texts::purpose(&view.step, primary)}</p>
            {failed}
        </div>
    }
}

/// The colour of a state.
fn tone(state: &StepState) -> Tone {
    match state {
        StepState::Pending => Tone::Plain,
        StepState::NextStep => Tone::Span,
        StepState::Running(_) => Tone::Busy,
        StepState::Done | StepState::Existing(_) => Tone::Good,
        StepState::Drifted(_) => Tone::Bad,
        StepState::Unknown(_) => Tone::Warn,
    }
}

#[component]
fn Body(view: StepView) -> impl IntoView {
    let release = view.release.as_ref().map(urls::release);
    let step = view.step.clone();
    let plan = |due| view! { <Plan step=view.clone() due=due/> };
    match view.state.clone() {
        StepState::Running(job) => view! { <RunningJob job=job/> }.into_any(),
        StepState::NextStep | StepState::Pending if step.kind == StepKind::Checks => {
            let due = view.state == StepState::NextStep;
            view! { <Checks due=due/> }.into_any()
        }
        // The topology and the sample of the page show the verification, and the page shows the checks.
        _ if matches!(step.kind, StepKind::Verify | StepKind::Checks) => ().into_any(),
        StepState::NextStep => plan(true).into_any(),
        StepState::Pending if view.may_precede => view! {
            <p class="text-[13px] text-ink-2">{t!(mesh.join_first_note)}</p>
            {plan(true)}
        }
        .into_any(),
        StepState::Pending => plan(false).into_any(),
        StepState::Done => match release {
            Some(path) => view! {
                <div><ButtonLink to=path>{t!(mesh.open_release)}</ButtonLink></div>
                <Undo step=view/>
            }
            .into_any(),
            None => plan(false).into_any(),
        },
        StepState::Existing(component) => {
            view! { <p class="text-[13px] text-ink-2">{t!(mesh.existing_note, component = component)}</p> }
                .into_any()
        }
        StepState::Drifted(problem) | StepState::Unknown(problem) => view! {
            <ProblemNotice problem=problem retry=mesh_context().reload/>
            {release.map(|path| view! { <div><ButtonLink to=path>{t!(mesh.open_release)}</ButtonLink></div> })}
        }
        .into_any(),
    }
}

/// What the undo of a step does; nothing for a step that changes nothing.
#[component]
pub(in crate::pages::meshes) fn Undo(step: StepView) -> impl IntoView {
    let primary = mesh_context().mesh.get_untracked().row.primary.to_string();
    texts::undo(&step, &primary).map(|undo| {
        view! {
            <p class="flex gap-3 px-4 py-3 bg-surface border border-line rounded-[10px] text-[13px] text-ink-2">
                <Icon glyph=Glyph::Undo class="size-4 shrink-0 mt-0.5"/>
                <span class="min-w-0 break-words"><b class="font-semibold text-ink">{t!(plan.undo)}</b> " " {undo} " " {t!(setup.undo_order)}</span>
            </p>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{super::tests::step, *};
    use wire::{Code, Problem};

    #[test]
    fn an_open_plan_stays_while_its_cluster_is_silent_and_follows_every_other_state() {
        let plan = step(StepKind::Join, StepState::NextStep);
        let silent = StepState::Unknown(Problem::new(Code::Unreachable));
        let silent = |kind| step(kind, silent.clone());
        assert!(keeps_plan(&plan, Some(&silent(StepKind::Join))));
        assert!(!keeps_plan(&plan, Some(&silent(StepKind::RemoteChart))));
        let done = step(StepKind::Join, StepState::Done);
        assert!(!keeps_plan(&plan, Some(&done)));
        assert!(!keeps_plan(&plan, None));
        assert!(!keeps_plan(&done, Some(&silent(StepKind::Join))));
        let checks = step(StepKind::Checks, StepState::NextStep);
        assert!(!keeps_plan(&checks, Some(&silent(StepKind::Checks))));
    }
}
