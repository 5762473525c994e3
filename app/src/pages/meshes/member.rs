//! A joined remote: the rotation of its token, and its removal from the mesh. Each has a plan first.

use super::{context::mesh_context, plan::Notes};
use crate::{
    AppError, api,
    pages::{changed_plan::LoadedPlan, start::StartPlan},
    parts::{Button, ClusterChip, Dialog, Kind, PlanList, ProblemNotice, by_cluster},
    words::t,
};
use leptos::prelude::*;
use wire::{
    ClusterName, MeshName,
    mesh::{MemberPlanView, StepKind, StepState},
};

/// An action on a member.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberAction {
    Rotate,
    RestoreToken,
    Leave,
}

impl MemberAction {
    async fn plan(self, mesh: MeshName, remote: ClusterName) -> Result<MemberPlanView, AppError> {
        match self {
            Self::Rotate => api::meshes::rotation_plan(mesh, remote).await,
            Self::RestoreToken => api::meshes::token_restoration_plan(mesh, remote).await,
            Self::Leave => api::meshes::leave_plan(mesh, remote).await,
        }
    }
}

/// One remote of the mesh; nothing before it has joined.
#[component]
pub(super) fn Member(mesh: MeshName, remote: ClusterName) -> impl IntoView {
    let member = StoredValue::new((mesh, remote.clone()));
    let (rotating, leaving) = (RwSignal::new(false), RwSignal::new(false));
    let joined = Memo::new(move |_| {
        let steps = mesh_context().mesh.get().steps;
        let remote = member.with_value(|(_, remote)| remote.clone());
        let mut steps = steps.into_iter();
        steps.any(|step| {
            step.step.kind == StepKind::Join
                && step.step.cluster == remote
                && step.state == StepState::Done
        })
    });
    let name = remote.to_string();
    view! {
        <Show when=move || joined.get()>
            <section class="flex flex-wrap items-center gap-3 bg-surface border border-line rounded-[10px] px-5 max-md:px-4 py-3 mb-3 text-[13px]">
                <span class="flex-1 min-w-[140px]"><ClusterChip name=member.with_value(|(_, remote)| remote.to_string())/></span>
                <Button press=move || rotating.set(true)>{t!(mesh.rotate)}</Button>
                <Button kind=Kind::Danger press=move || leaving.set(true)>{t!(mesh.leave)}</Button>
            </section>
        </Show>
        <Dialog open=rotating title=t!(mesh.rotate_title, cluster = name.clone())>
            <MemberPlan member=member action=MemberAction::Rotate label=t!(mesh.rotate)/>
        </Dialog>
        <Dialog open=leaving title=t!(mesh.leave_title, cluster = name.clone())>
            <MemberPlan member=member action=MemberAction::Leave label=t!(mesh.leave_cluster, cluster = member.with_value(|(_, remote)| remote.to_string()))/>
        </Dialog>
    }
}

/// The plan of an action, and the button that executes it.
#[component]
pub(crate) fn MemberPlan(
    member: StoredValue<(MeshName, ClusterName)>,
    action: MemberAction,
    #[prop(into)] label: String,
) -> impl IntoView {
    let plan = Resource::new(
        move || member.get_value(),
        move |(mesh, remote)| action.plan(mesh, remote),
    );
    let shown = move |plan: MemberPlanView| {
        view! { <Plan plan=plan label=label.clone()/> }
    };
    view! { <LoadedPlan from=plan subject=t!(mesh.plan_subject) review=|plan: &MemberPlanView| plan.review.clone() view=shown/> }
}

#[component]
fn Plan(plan: MemberPlanView, label: String) -> impl IntoView {
    let blocked = plan.problem.is_some();
    view! {
        {plan.problem.map(|problem| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
        {(!plan.notes.is_empty()).then(|| view! { <Notes notes=plan.notes/> })}
        <div class="mb-3"><PlanList label=t!(mesh.planned_resources) plans=by_cluster(plan.objects)/></div>
        <StartPlan review=plan.review label=label blocked=blocked/>
    }
}
