//! The way back: what holds is taken away again, the last first, each after its plan was seen; and when
//! nothing holds any more, what is left on each cluster.

use super::{
    detail::path,
    left::Left,
    member::{Deed, Planned},
    step::title,
};
use crate::{
    pages::releases::uninstall::Uninstall,
    parts::{Button, Dialog, Kind},
    words::t,
};
use leptos::prelude::*;
use wire::mesh::{StepKind, StepState, StepView};

/// Whether something of a step is there to be taken away.
fn stands(step: &StepView) -> bool {
    let undone = matches!(step.step.kind, StepKind::Checks | StepKind::Verify);
    !undone && matches!(step.state, StepState::Done | StepState::Broken(_))
}

/// Whether something was begun, and no step stands or is worked on.
fn is_over(steps: &[StepView]) -> bool {
    let begun =
        |step: &StepView| step.step.kind == StepKind::Checks && step.state == StepState::Done;
    let running = |step: &StepView| matches!(step.state, StepState::Running(_));
    steps.iter().any(begun) && !steps.iter().any(|step| stands(step) || running(step))
}

/// What stands, the last first; only the first of it can be taken away now. Then what is left.
#[component]
pub(super) fn Removal() -> impl IntoView {
    let mesh = path().mesh;
    let over = Memo::new(move |_| is_over(&mesh.get().steps));
    let standing = Memo::new(move |_| {
        let steps = mesh.get().steps.into_iter().rev();
        steps.filter(stands).collect::<Vec<StepView>>()
    });
    let rows = move || {
        let rows = standing.get().into_iter().enumerate();
        rows.map(|(place, step)| view! { <Row step=step now=place == 0/> })
            .collect_view()
    };
    view! {
        <Show when=move || !standing.get().is_empty()>
            <details class="bg-surface border border-line rounded-[10px] mb-3 text-[13px]">
                <summary class="cursor-pointer px-5 max-md:px-4 py-3 font-medium">{t!(mesh.uninstall)}</summary>
                <p class="px-5 max-md:px-4 pb-3 text-ink-2">{t!(mesh.uninstall_note)}</p>
                <ol class="border-t border-line" aria-label=t!(mesh.uninstall)>{rows}</ol>
            </details>
        </Show>
        <Show when=move || over.get()>
            <Leftovers/>
        </Show>
    }
}

/// Each cluster of the mesh, the primary last.
#[component]
fn Leftovers() -> impl IntoView {
    let row = path().mesh.get_untracked().row;
    let clusters = row.remotes.into_iter().chain([row.primary]);
    view! {
        <details class="bg-surface border border-line rounded-[10px] mb-3 text-[13px]">
            <summary class="cursor-pointer px-5 max-md:px-4 py-3 font-medium">{t!(mesh.leftovers)}</summary>
            <p class="px-5 max-md:px-4 pb-3 text-ink-2">{t!(mesh.leftovers_note)}</p>
            <ul class="border-t border-line" aria-label=t!(mesh.leftovers)>
                {clusters.map(|cluster| view! { <Left cluster=cluster/> }).collect_view()}
            </ul>
        </details>
    }
}

#[component]
fn Row(step: StepView, now: bool) -> impl IntoView {
    let open = RwSignal::new(false);
    let name = title(&step.step);
    let heading = t!(mesh.undo_title, step = name.clone());
    let own = StoredValue::new((step.step.mesh.clone(), step.step.cluster.clone()));
    let release = StoredValue::new(step.release);
    let planned = move || match release.get_value() {
        Some(at) => view! { <Uninstall at=at/> }.into_any(),
        None => {
            let word = t!(
                mesh.leave_cluster,
                cluster = own.with_value(|(_, remote)| remote.to_string())
            );
            view! { <Planned own=own deed=Deed::Leave word=word/> }.into_any()
        }
    };
    view! {
        <li class="flex flex-wrap items-center gap-3 px-5 max-md:px-4 py-2 border-b border-line last:border-b-0">
            <span class="flex-1 min-w-[180px]">{name}</span>
            <Button kind=Kind::Danger disabled=Signal::derive(move || !now) press=move || open.set(true)>
                {t!(mesh.undo)}
            </Button>
            <Dialog open=open title=heading>{planned()}</Dialog>
        </li>
    }
}
