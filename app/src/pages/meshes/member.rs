//! The actions on a joined remote: the rotation of its token, and its removal from the mesh. Each has a plan first.

use super::{context::mesh_context, plan::Notes};
use crate::{
    AppError, api,
    pages::{changed_plan::LoadedPlan, start::StartPlan},
    parts::{Dialog, PlanList, ProblemNotice, by_cluster},
    words::t,
};
use leptos::prelude::*;
use wire::{
    ClusterName, MeshName,
    check::CheckCode,
    mesh::{MemberPlanView, MeshView, RepairRequest, StepKind, StepRef, StepState},
};

/// An action on a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberAction {
    Rotate,
    RestoreToken,
    /// The adoption of a join that another tool made.
    Adopt,
    UndoAdoption,
    /// The join again: it adds what is missing.
    Rejoin,
    Leave,
    /// The remedy of this check, on any cluster of the mesh.
    Repair(CheckCode),
}

impl MemberAction {
    async fn plan(self, mesh: MeshName, remote: ClusterName) -> Result<MemberPlanView, AppError> {
        match self {
            Self::Rotate => api::meshes::rotation_plan(mesh, remote).await,
            Self::RestoreToken => api::meshes::token_restoration_plan(mesh, remote).await,
            Self::Adopt => api::meshes::adoption_plan(mesh, remote).await,
            Self::UndoAdoption => api::meshes::adoption_undo_plan(mesh, remote).await,
            Self::Leave => api::meshes::leave_plan(mesh, remote).await,
            Self::Rejoin => rejoin_plan(mesh, remote).await,
            Self::Repair(check) => {
                let request = RepairRequest {
                    mesh,
                    cluster: remote,
                    check,
                };
                api::meshes::repair_plan(request).await
            }
        }
    }
}

/// The plan of the join of a remote that has joined.
async fn rejoin_plan(mesh: MeshName, remote: ClusterName) -> Result<MemberPlanView, AppError> {
    let step = StepRef {
        mesh,
        kind: StepKind::Join,
        cluster: remote.clone(),
    };
    let plan = api::meshes::step_plan(step).await?;
    Ok(MemberPlanView {
        review: plan.review,
        remote,
        objects: plan.objects,
        notes: plan.notes,
        problem: plan.problem,
    })
}

/// Opens the plans of actions on the remotes of a mesh. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct MemberActions(StoredValue<Vec<MemberDialogs>>);

/// Whether the plans of a remote are open.
#[derive(Clone)]
struct MemberDialogs {
    remote: ClusterName,
    rotating: RwSignal<bool>,
    adopting: RwSignal<bool>,
    leaving: RwSignal<bool>,
}

impl MemberActions {
    /// The actions on these remotes.
    pub(super) fn of(remotes: &[ClusterName]) -> Self {
        let dialogs = remotes.iter().map(|remote| MemberDialogs {
            remote: remote.clone(),
            rotating: RwSignal::new(false),
            adopting: RwSignal::new(false),
            leaving: RwSignal::new(false),
        });
        Self(StoredValue::new(dialogs.collect()))
    }

    fn dialogs(self, remote: &ClusterName) -> Option<MemberDialogs> {
        let find = |all: &Vec<MemberDialogs>| all.iter().find(|own| own.remote == *remote).cloned();
        self.0.try_with_value(find).flatten()
    }

    /// Opens the plan of a rotation.
    pub(super) fn rotate(self, remote: &ClusterName) {
        if let Some(dialogs) = self.dialogs(remote) {
            dialogs.rotating.set(true);
        }
    }

    /// Opens the plan of an adoption.
    pub(super) fn adopt(self, remote: &ClusterName) {
        if let Some(dialogs) = self.dialogs(remote) {
            dialogs.adopting.set(true);
        }
    }

    /// Opens the plan of a removal from the mesh.
    pub(super) fn leave(self, remote: &ClusterName) {
        if let Some(dialogs) = self.dialogs(remote) {
            dialogs.leaving.set(true);
        }
    }
}

/// Whether a cluster is a remote that has joined.
pub(super) fn can_leave(mesh: &MeshView, cluster: &ClusterName) -> bool {
    let mut steps = mesh.steps.iter();
    steps.any(|step| {
        step.step.kind == StepKind::Join
            && step.step.cluster == *cluster
            && step.state == StepState::Done
    })
}

/// The dialogs of the actions on a remote.
#[component]
pub(super) fn MemberPlans(mesh: MeshName, remote: ClusterName) -> impl IntoView {
    let dialogs = mesh_context().actions.dialogs(&remote)?;
    let name = remote.to_string();
    let member = StoredValue::new((mesh, remote));
    Some(view! {
        <Dialog open=dialogs.rotating title=t!(mesh.rotate_title, cluster = name.clone())>
            <MemberPlan member=member action=MemberAction::Rotate label=t!(mesh.rotate)/>
        </Dialog>
        <Dialog open=dialogs.adopting title=t!(mesh.adopt_title, cluster = name.clone())>
            <MemberPlan member=member action=MemberAction::Adopt label=t!(mesh.adopt)/>
        </Dialog>
        <Dialog open=dialogs.leaving title=t!(mesh.leave_title, cluster = name.clone())>
            <MemberPlan member=member action=MemberAction::Leave label=t!(mesh.leave_cluster, cluster = member.with_value(|(_, remote)| remote.to_string()))/>
        </Dialog>
    })
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
        {(!plan.notes.is_empty()).then(|| view! { <div class="my-3"><Notes notes=plan.notes/></div> })}
        <div class="mb-3"><PlanList label=t!(mesh.planned_resources) plans=by_cluster(plan.objects)/></div>
        <StartPlan review=plan.review label=label blocked=blocked/>
    }
}
