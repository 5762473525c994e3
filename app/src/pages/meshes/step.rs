//! One step: its state, and below it its plan, its running job, or its result.

use super::{
    checks::Checks,
    context::{MeshContext, mesh_context},
    plan::Plan,
};
use crate::{
    AppError, api,
    live::stream,
    pages::jobs::timeline::Timeline,
    parts::{ButtonLink, Glyph, Icon, Pill, ProblemNotice, Tone, tw},
    urls,
    words::t,
};
use leptos::prelude::*;
use wire::{
    JobId,
    job::{JobState, JobView},
    mesh::{StepKind, StepRef, StepState, StepView},
};

/// The title of a step.
pub(super) fn title(step: &StepRef) -> String {
    let cluster = step.cluster.to_string();
    match step.kind {
        StepKind::Checks => t!(mesh.checks),
        StepKind::ControlPlane => t!(mesh.control_plane, cluster = cluster),
        StepKind::Join => t!(mesh.join, cluster = cluster),
        StepKind::RemoteChart => t!(mesh.remote_chart, cluster = cluster),
        StepKind::Sample => t!(mesh.sample, cluster = cluster),
        StepKind::Details => t!(mesh.details, cluster = cluster),
        StepKind::Verify => t!(mesh.verify),
    }
}

/// The purpose of a step.
fn purpose(step: &StepRef, primary: String) -> String {
    let cluster = step.cluster.to_string();
    match step.kind {
        StepKind::Checks => t!(mesh.checks_note),
        StepKind::ControlPlane => t!(mesh.control_plane_note),
        StepKind::Join => t!(mesh.join_note, cluster = cluster, primary = primary),
        StepKind::RemoteChart => t!(mesh.remote_chart_note, primary = primary),
        StepKind::Sample => t!(mesh.sample_note),
        StepKind::Details => t!(mesh.details_note),
        StepKind::Verify => t!(mesh.verify_note),
    }
}

/// Shape, colour and name of a state.
fn state_icon(state: &StepState) -> (Glyph, &'static str, Tone, String) {
    match state {
        StepState::Pending => (
            Glyph::Pending,
            tw("size-[18px] shrink-0 text-ink-3"),
            Tone::Plain,
            t!(mesh.pending),
        ),
        StepState::NextStep => (
            Glyph::Pending,
            tw("size-[18px] shrink-0 text-span"),
            Tone::Span,
            t!(mesh.next_step),
        ),
        StepState::Running(_) => (
            Glyph::Busy,
            tw("size-[18px] shrink-0 text-busy turning"),
            Tone::Busy,
            t!(mesh.running),
        ),
        StepState::Done => (
            Glyph::Good,
            tw("size-[18px] shrink-0 text-good"),
            Tone::Good,
            t!(mesh.complete),
        ),
        StepState::Existing(_) => (
            Glyph::Good,
            tw("size-[18px] shrink-0 text-good"),
            Tone::Good,
            t!(mesh.existing),
        ),
        StepState::Drifted(_) => (
            Glyph::Bad,
            tw("size-[18px] shrink-0 text-bad"),
            Tone::Bad,
            t!(mesh.drifted_step),
        ),
        StepState::Unknown(_) => (
            Glyph::Unknown,
            tw("size-[18px] shrink-0 text-ink-3"),
            Tone::Warn,
            t!(mesh.unknown),
        ),
    }
}

/// One step, by its index.
#[component]
pub(super) fn Step(index: usize) -> impl IntoView {
    let MeshContext { mesh, reload, .. } = mesh_context();
    let view = Memo::new(move |_| mesh.get().steps.get(index).cloned());
    let chosen = RwSignal::new(None::<bool>);
    // An open plan stays while its cluster does not answer: the operator may be reading it.
    let shown = Memo::new(move |before: Option<&Option<StepView>>| {
        let (latest, chosen) = (view.get(), chosen.get());
        let before = before.and_then(Option::as_ref);
        let kept = before.filter(|before| {
            let is_open = chosen.unwrap_or_else(|| opens_by_default(&before.state));
            is_open && keeps_plan(before, latest.as_ref())
        });
        kept.cloned().or(latest)
    });
    let unknown = Memo::new(move |_| {
        let is_plan = shown.get().is_some_and(|shown| has_plan(&shown));
        match view.get().map(|view| view.state) {
            Some(StepState::Unknown(problem)) if is_plan => Some(problem),
            _ => None,
        }
    });
    let open = move || {
        let state = shown.get().map(|view| view.state);
        let by_default = state.is_some_and(|state| opens_by_default(&state));
        chosen.get().unwrap_or(by_default)
    };
    // A new state resets the choice of the operator.
    Effect::new(move |before: Option<Option<StepState>>| {
        let state = shown.get().map(|view| view.state);
        if before.is_some_and(|before| before != state) {
            chosen.set(None);
        }
        state
    });
    let label = view.get_untracked().map(|view| title(&view.step));
    view! {
        <li class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=label>
            {move || view.get().map(|view| view! { <StepHead view=view open=Signal::derive(open) chosen=chosen/> })}
            <Show when=open>
                <div class="px-5 pb-5 max-md:px-4">
                    {move || unknown.get().map(|problem| view! {
                        <div class="mb-4"><ProblemNotice problem=problem retry=reload/></div>
                    })}
                    {move || shown.get().map(|view| view! { <Body view=view/> })}
                </div>
            </Show>
        </li>
    }
}

/// Whether a step in this state is open until the operator closes it.
fn opens_by_default(state: &StepState) -> bool {
    !matches!(
        state,
        StepState::Done | StepState::Existing(_) | StepState::Pending
    )
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

#[component]
fn StepHead(view: StepView, open: Signal<bool>, chosen: RwSignal<Option<bool>>) -> impl IntoView {
    let (glyph, class, tone, state) = state_icon(&view.state);
    let title = title(&view.step);
    view! {
        <button
            type="button"
            class="w-full flex items-center gap-3 px-5 max-md:px-4 py-3 text-left rounded-[10px] hover:bg-sunken"
            aria-expanded=move || open.get().to_string()
            on:click=move |_| chosen.set(Some(!open.get_untracked()))
        >
            <Icon glyph=glyph class=class/>
            <h2 class="text-[14px] font-medium flex-1 min-w-0 break-words">{title}</h2>
            {view.optional.then(|| view! { <span class="text-[12px] text-ink-3 max-md:sr-only">{t!(mesh.optional)}</span> })}
            <Pill tone=tone>{state}</Pill>
            <Icon glyph=Glyph::Chevron class="size-3 shrink-0 text-ink-3"/>
        </button>
    }
}

#[component]
fn Body(view: StepView) -> impl IntoView {
    let primary = mesh_context().mesh.get_untracked().row.primary.to_string();
    let purpose = purpose(&view.step, primary);
    let release = view.release.as_ref().map(urls::release);
    let step = view.step.clone();
    let content = match view.state {
        StepState::Running(job) => view! { <RunningJob job=job/> }.into_any(),
        // The health above the steps shows the checks of a complete step.
        StepState::Done if step.kind == StepKind::Checks => ().into_any(),
        StepState::NextStep | StepState::Pending if step.kind == StepKind::Checks => {
            let due = view.state == StepState::NextStep;
            view! { <Checks due=due/> }.into_any()
        }
        // The topology below the steps shows the verification.
        _ if step.kind == StepKind::Verify => ().into_any(),
        StepState::NextStep => view! { <Plan step=step due=true/> }.into_any(),
        StepState::Pending if view.may_precede => view! {
            <p class="text-[13px] text-ink-2 mb-4">{t!(mesh.join_first_note)}</p>
            <Plan step=step due=true/>
        }
        .into_any(),
        StepState::Pending => view! { <Plan step=step due=false/> }.into_any(),
        StepState::Done => match release {
            Some(path) => view! { <ButtonLink to=path>{t!(mesh.open_release)}</ButtonLink> }.into_any(),
            None => view! { <Plan step=step due=false/> }.into_any(),
        },
        StepState::Existing(component) => {
            view! { <p class="text-[13px] text-ink-2">{t!(mesh.existing_note, component = component)}</p> }
                .into_any()
        }
        StepState::Drifted(problem) | StepState::Unknown(problem) => view! {
            <ProblemNotice problem=problem retry=mesh_context().reload/>
            {release.map(|path| view! { <div class="mt-3"><ButtonLink to=path>{t!(mesh.open_release)}</ButtonLink></div> })}
        }
        .into_any(),
    };
    let failed = view.failed.map(|(job, problem)| {
        view! {
            <div class="mb-4">
                <ProblemNotice problem=problem/>
                <div class="mt-2"><ButtonLink to=urls::job(&job)>{t!(mesh.open_job)}</ButtonLink></div>
            </div>
        }
    });
    view! {
        <p class="text-[13px] text-ink-2 mb-4 md:pr-32">{purpose}</p>
        {failed}
        {content}
    }
}

/// The running job of the step; when it ends, the mesh is loaded again.
#[component]
fn RunningJob(job: JobId) -> impl IntoView {
    let live = stream();
    let reload = mesh_context().reload;
    live.follow_job(job.clone());
    let first = {
        let id = job.clone();
        LocalResource::new(move || api::jobs::job(id.clone()))
    };
    let job_id = job.clone();
    let view = Memo::new(move |_| {
        let newest = live.job.get().filter(|job| job.id == job_id);
        newest.or_else(|| {
            first
                .get()
                .and_then(|found: Result<JobView, AppError>| found.ok())
        })
    });
    let state = Memo::new(move |_| view.get().map(|job| job.state));
    Effect::new(move |_| {
        if state.get().is_some_and(|state| state != JobState::Running) {
            reload.run(());
        }
    });
    let phases = Signal::derive(move || view.get().map(|job| job.phases).unwrap_or_default());
    let blocking = move || view.get().and_then(|job| job.blocking);
    view! {
        <div class="border border-line rounded-[10px] mb-3 min-w-0">
            <Timeline phases=phases/>
        </div>
        {move || blocking().map(|blocking| view! {
            <p class="text-[13px] text-ink-2 mb-3 break-words">{blocking.object.to_string()} ": " {blocking.note} " " {blocking.reason}</p>
        })}
        <ButtonLink to=urls::job(&job)>{t!(mesh.open_job)}</ButtonLink>
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use wire::{ClusterName, Code, MeshName, Problem};

    pub(in crate::pages::meshes) fn step(kind: StepKind, state: StepState) -> StepView {
        StepView {
            step: StepRef {
                mesh: MeshName::new("shop").expect("a name"),
                kind,
                cluster: ClusterName::new("east").expect("a name"),
            },
            state,
            may_precede: false,
            optional: false,
            release: None,
            is_bundle: false,
            failed: None,
        }
    }

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
