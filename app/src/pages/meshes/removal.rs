//! The uninstallation of a mesh: the steps are undone in reverse order, each after its plan; then the leftovers
//! of each cluster.

use super::{
    context::mesh_context,
    leftovers::Leftovers,
    member::{MemberAction, MemberPlan},
    step::title,
};
use crate::{
    pages::{jobs::resume::UndoStep, releases::uninstall::Uninstall},
    parts::{Button, Dialog, Kind},
    words::t,
};
use leptos::prelude::*;
use wire::mesh::{StepKind, StepState, StepView};

/// Whether a step has resources that can be removed.
fn can_undo(step: &StepView) -> bool {
    let read_only = matches!(step.step.kind, StepKind::Checks | StepKind::Verify);
    !read_only && matches!(step.state, StepState::Done | StepState::Drifted(_))
}

/// Whether the checks are complete, and all other steps are undone.
fn is_undone(steps: &[StepView]) -> bool {
    let checked =
        |step: &StepView| step.step.kind == StepKind::Checks && step.state == StepState::Done;
    let running = |step: &StepView| matches!(step.state, StepState::Running(_));
    steps.iter().any(checked) && !steps.iter().any(|step| can_undo(step) || running(step))
}

/// The complete steps, the last first; only the first of the list can be undone now. Then the leftovers.
#[component]
pub(super) fn Removal() -> impl IntoView {
    let mesh = mesh_context().mesh;
    let undone = Memo::new(move |_| is_undone(&mesh.get().steps));
    let complete = Memo::new(move |_| {
        let steps = mesh.get().steps.into_iter().rev();
        steps.filter(can_undo).collect::<Vec<StepView>>()
    });
    let rows = move || {
        let rows = complete.get().into_iter().enumerate();
        rows.map(|(index, step)| view! { <Row step=step enabled=index == 0/> })
            .collect_view()
    };
    view! {
        <Show when=move || !complete.get().is_empty()>
            <details class="bg-surface border border-line rounded-[10px] mb-3 text-[13px]">
                <summary class="cursor-pointer px-5 max-md:px-4 py-3 font-medium">{t!(mesh.uninstall)}</summary>
                <p class="px-5 max-md:px-4 pb-3 text-ink-2">{t!(mesh.uninstall_note)}</p>
                <ol class="border-t border-line" aria-label=t!(mesh.uninstall)>{rows}</ol>
            </details>
        </Show>
        <Show when=move || undone.get()>
            <AllLeftovers/>
        </Show>
    }
}

/// The leftovers of each cluster, the primary last.
#[component]
fn AllLeftovers() -> impl IntoView {
    let row = mesh_context().mesh.get_untracked().row;
    let clusters = row.remotes.into_iter().chain([row.primary]);
    view! {
        <details class="bg-surface border border-line rounded-[10px] mb-3 text-[13px]">
            <summary class="cursor-pointer px-5 max-md:px-4 py-3 font-medium">{t!(mesh.leftovers)}</summary>
            <p class="px-5 max-md:px-4 pb-3 text-ink-2">{t!(mesh.leftovers_note)}</p>
            <ul class="border-t border-line" aria-label=t!(mesh.leftovers)>
                {clusters.map(|cluster| view! { <Leftovers cluster=cluster/> }).collect_view()}
            </ul>
        </details>
    }
}

#[component]
fn Row(step: StepView, enabled: bool) -> impl IntoView {
    let open = RwSignal::new(false);
    let name = title(&step.step);
    let heading = t!(mesh.undo_title, step = name.clone());
    let member = StoredValue::new((step.step.mesh.clone(), step.step.cluster.clone()));
    let bundle = StoredValue::new(step.is_bundle.then(|| step.step.clone()));
    let release = StoredValue::new(step.release);
    let plan = move || match release.get_value() {
        Some(_) if bundle.with_value(Option::is_some) => bundle
            .get_value()
            .map(|step| view! { <UndoStep step=step/> })
            .into_any(),
        Some(at) => view! { <Uninstall at=at/> }.into_any(),
        None => {
            let label = t!(
                mesh.leave_cluster,
                cluster = member.with_value(|(_, remote)| remote.to_string())
            );
            view! { <MemberPlan member=member action=MemberAction::Leave label=label/> }.into_any()
        }
    };
    view! {
        <li class="flex flex-wrap items-center gap-3 px-5 max-md:px-4 py-2 border-b border-line last:border-b-0">
            <span class="flex-1 min-w-[180px]">{name}</span>
            <Button kind=Kind::Danger disabled=Signal::derive(move || !enabled) press=move || open.set(true)>
                {t!(mesh.undo)}
            </Button>
            <Dialog open=open title=heading>{plan()}</Dialog>
        </li>
    }
}
