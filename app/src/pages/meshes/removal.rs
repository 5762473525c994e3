//! The uninstallation of a mesh: the steps are undone in reverse order, each after its plan; then the leftovers
//! of each cluster.

use super::{
    context::mesh_context,
    leftovers::Leftovers,
    member::{MemberAction, MemberPlan},
    setup::title,
};
use crate::{
    pages::{jobs::resume::UndoStep, releases::uninstall::Uninstall},
    parts::{Button, Dialog, Fold, Kind, Rows},
    words::t,
};
use leptos::prelude::*;
use wire::mesh::{StepKind, StepRef, StepState, StepView};

/// Whether a step has resources that can be removed.
fn can_undo(step: &StepView) -> bool {
    let read_only = matches!(step.step.kind, StepKind::Checks | StepKind::Verify);
    !read_only && matches!(step.state, StepState::Done | StepState::Drifted(_))
}

/// The steps that can be undone, the last first. A step stays while its cluster does not answer: its plan may be open.
fn undoable(steps: &[StepView], before: &[StepView]) -> Vec<StepView> {
    let kept = |step: &StepView| {
        let silent = matches!(step.state, StepState::Unknown(_));
        let mut before = before.iter().filter(|_| silent);
        before.find(|before| before.step == step.step).cloned()
    };
    let steps = steps.iter().rev();
    let steps = steps.filter_map(|step| {
        let now = can_undo(step).then(|| step.clone());
        now.or_else(|| kept(step))
    });
    steps.collect()
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
    let complete = Memo::new(move |before: Option<&Vec<StepView>>| {
        undoable(&mesh.get().steps, before.map_or(&[], Vec::as_slice))
    });
    let any = Memo::new(move |_| !complete.get().is_empty());
    let next = Memo::new(move |_| complete.with(|steps| Some(steps.first()?.step.clone())));
    view! {
        <Show when=move || any.get()>
            <Fold
                key="uninstall"
                class="bg-surface border border-line rounded-[10px] mb-3 text-[13px]"
                summary_class="cursor-pointer px-5 max-md:px-4 py-3 font-medium"
                summary=t!(mesh.uninstall).into_any()
            >
                <p class="px-5 max-md:px-4 pb-3 text-ink-2">{t!(mesh.uninstall_note)}</p>
                <ol class="border-t border-line" aria-label=t!(mesh.uninstall)>
                    <Rows
                        rows=complete.into()
                        key=|step: &StepView| (step.step.clone(), step.is_bundle, step.release.clone())
                        view=move |step| view! { <Row step=step.get_untracked() next=next/> }
                    />
                </ol>
            </Fold>
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
        <Fold
            key="leftovers"
            class="bg-surface border border-line rounded-[10px] mb-3 text-[13px]"
            summary_class="cursor-pointer px-5 max-md:px-4 py-3 font-medium"
            summary=t!(mesh.leftovers).into_any()
        >
            <p class="px-5 max-md:px-4 pb-3 text-ink-2">{t!(mesh.leftovers_note)}</p>
            <ul class="border-t border-line" aria-label=t!(mesh.leftovers)>
                {clusters.map(|cluster| view! { <Leftovers cluster=cluster/> }).collect_view()}
            </ul>
        </Fold>
    }
}

#[component]
fn Row(step: StepView, next: Memo<Option<StepRef>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let own = step.step.clone();
    let disabled = Signal::derive(move || next.with(|next| next.as_ref() != Some(&own)));
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
            <Button kind=Kind::Danger disabled=disabled press=move || open.set(true)>
                {t!(mesh.undo)}
            </Button>
            <Dialog open=open title=heading>{plan()}</Dialog>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::meshes::setup::tests::step;
    use wire::{Code, Problem};

    #[test]
    fn a_step_can_be_undone_while_its_cluster_does_not_answer() {
        let silent = || StepState::Unknown(Problem::new(Code::Unreachable));
        let complete = [
            step(StepKind::ControlPlane, StepState::Done),
            step(StepKind::Join, StepState::Done),
        ];
        let known = undoable(&complete, &[]);
        assert_eq!(known, [complete[1].clone(), complete[0].clone()]);
        let now = [
            step(StepKind::ControlPlane, silent()),
            step(StepKind::Join, StepState::NextStep),
        ];
        assert_eq!(undoable(&now, &known), [complete[0].clone()]);
        assert_eq!(undoable(&now, &[]), []);
    }
}
