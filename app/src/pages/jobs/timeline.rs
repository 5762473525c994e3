//! The phases of a job, each with its resources.

use super::reasons::{SharedReason, own_reason, shared_reasons};
use crate::{
    parts::{HealthIcon, StateIcon},
    words::{duration, phase_note, phase_title, t},
};
use leptos::prelude::*;
use wire::{
    ReleaseName,
    job::{JobObject, PhaseState, PhaseView},
    release::Health,
};

/// The phases, from first to last.
#[component]
pub(crate) fn Timeline(
    /// The phases.
    phases: Signal<Vec<PhaseView>>,
) -> impl IntoView {
    let indices = move || 0..phases.get().len();
    view! {
        <ol class="py-1.5">
            <For each=indices key=|index| *index let:index>
                <PartHead phases=phases index=index/>
                <Phase phase=Memo::new(move |_| phases.get().get(index).cloned())/>
            </For>
        </ol>
    }
}

/// The state of one of several releases, by its phases.
fn part_state(phases: &[PhaseView], part: &ReleaseName) -> PhaseState {
    let states = phases
        .iter()
        .filter(|phase| phase.part.as_ref() == Some(part));
    let states: Vec<PhaseState> = states.map(|phase| phase.state).collect();
    let first = |state| states.iter().find(|known| **known == state).copied();
    let ended = first(PhaseState::Failed).or(first(PhaseState::Stopped));
    let running = ended.or(first(PhaseState::Running));
    let is_done = states.iter().all(|state| *state == PhaseState::Done);
    running.unwrap_or(if is_done {
        PhaseState::Done
    } else {
        PhaseState::Pending
    })
}

/// The release of the phases that follow, in a job on several releases.
#[component]
fn PartHead(phases: Signal<Vec<PhaseView>>, index: usize) -> impl IntoView {
    let part = move || {
        phases.with(|phases| {
            let part = phases.get(index)?.part.clone()?;
            let before = index.checked_sub(1).and_then(|before| phases.get(before));
            let is_first = before.is_none_or(|before| before.part.as_ref() != Some(&part));
            is_first.then(|| (part_state(phases, &part), part.to_string()))
        })
    };
    let part = Memo::new(move |_| part());
    let head = |(state, part): (PhaseState, String)| {
        view! {
            <li class="flex items-center gap-3 px-5 py-2.5 bg-sunken border-b border-line">
                <StateIcon state=state/>
                <h2 class="font-mono text-[13px] font-semibold">{part}</h2>
            </li>
        }
    };
    move || part.get().map(head)
}

/// Whether a resource of the phase is not ready.
fn is_blocked(phase: &PhaseView) -> bool {
    phase.objects.iter().any(|object| {
        matches!(
            object.health,
            Some(Health::Waiting(_) | Health::Failed(_) | Health::Missing)
        )
    })
}

#[component]
fn Phase(phase: Memo<Option<PhaseView>>) -> impl IntoView {
    let chosen = RwSignal::new(None::<bool>);
    // A blocked phase is open; the choice of the operator takes precedence.
    let open = move || {
        let is_blocked = phase.get().is_some_and(|phase| is_blocked(&phase));
        chosen.get().unwrap_or(is_blocked)
    };
    let objects = move || {
        let phase = phase.get()?;
        open().then(|| {
            let shared = shared_reasons(&phase);
            let row = |object: JobObject| {
                let reason = own_reason(&object, &shared).to_owned();
                view! { <Object object=object reason=reason/> }
            };
            let rows = phase.objects.into_iter().map(row).collect_view();
            view! {
                {shared.into_iter().map(|shared| view! { <Shared shared=shared/> }).collect_view()}
                {rows}
            }
        })
    };
    let count = move || phase.get().map_or(0, |phase| phase.objects.len());
    view! {
        <li class="border-b border-line last:border-b-0">
            <button
                type="button"
                class="w-full flex items-center gap-3 px-5 py-2.5 text-left disabled:cursor-default"
                aria-expanded=move || open().to_string()
                disabled=move || count() == 0
                title=move || if count() == 0 { String::new() } else { t!(phase.show_resources) }
                on:click=move |_| chosen.set(Some(!open()))
            >
                {move || phase.get().map(|phase| view! { <PhaseHead phase=phase/> })}
            </button>
            {objects}
        </li>
    }
}

/// The state of a phase, its title, its progress and its duration.
#[component]
fn PhaseHead(phase: PhaseView) -> impl IntoView {
    let pending = phase.state == PhaseState::Pending;
    let bar = (phase.state == PhaseState::Running && phase.total > 0)
        .then(|| view! { <progress class="w-[150px] max-md:hidden" max=phase.total value=phase.done aria-label=phase_title(phase.name)></progress> });
    view! {
        <StateIcon state=phase.state/>
        <span class="flex flex-wrap items-baseline gap-x-2 min-w-0">
            <span class=("font-medium", !pending) class=("text-ink-3", pending)>{phase_title(phase.name)}</span>
            <span class="text-[13px] text-ink-3 tabular">{phase_note(&phase)}</span>
        </span>
        {bar}
        <span class="text-[13px] text-ink-3 tabular whitespace-nowrap ml-auto">
            {(!pending && phase.elapsed_ms > 0).then(|| duration(phase.elapsed_ms))}
        </span>
    }
}

/// The reason that several objects share.
#[component]
fn Shared(shared: SharedReason) -> impl IntoView {
    let SharedReason {
        kind,
        reason,
        names,
    } = shared;
    view! {
        <p class="py-1.5 pr-5 pl-[50px] max-md:pl-5 border-t border-line text-[13px] break-words" title=names.join(", ")>
            <span class="font-medium tabular">{t!(job.shared_reason, n = names.len(), kind = kind)}</span>
            " "
            {reason}
        </p>
    }
}

#[component]
fn Object(
    object: JobObject,
    /// Why it is not ready, unless another line says so.
    reason: String,
) -> impl IntoView {
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)_auto] md:grid-cols-[170px_minmax(0,1fr)_auto_20px] items-center gap-x-3 gap-y-0.5 py-1.5 pr-5 pl-[50px] max-md:pl-5 border-t border-line text-[13px]">
            <span class="font-mono text-[11.5px] text-ink-3 max-md:col-span-2 truncate">{object.object.kind.clone()}</span>
            <span class="font-mono break-words">{object.object.name.clone()}</span>
            <span class="text-ink-3 tabular max-md:hidden">{object.note.clone()}</span>
            <HealthIcon health=object.health.clone()/>
            {(!reason.is_empty()).then(|| view! { <span class="col-span-full text-[12px] text-ink-3 md:pl-[182px] break-words">{reason}</span> })}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::job::PhaseName;

    #[test]
    fn a_release_is_as_its_phases_are() {
        let part = ReleaseName::new("istiod").expect("a name");
        let phase = |state| PhaseView {
            name: PhaseName::Ready,
            part: Some(part.clone()),
            state,
            done: 0,
            total: 0,
            elapsed_ms: 0,
            objects: Vec::new(),
        };
        use PhaseState::{Done, Failed, Pending, Running};
        for (states, expected) in [
            ([Done, Done], Done),
            ([Done, Pending], Pending),
            ([Running, Pending], Running),
            ([Done, Failed], Failed),
        ] {
            assert_eq!(
                part_state(&states.map(phase), &part),
                expected,
                "{states:?}"
            );
        }
    }
}
