//! The remedies of checks that are plans: a button for each, and the dialog with its plan.

mod actions;
#[cfg(test)]
mod tests;

use super::{
    context::{MeshContext, mesh_context},
    detail::Drifted,
    member::{MemberAction, MemberPlan},
};
use crate::{
    parts::{Button, Dialog},
    words::t,
};
use actions::actions;
use leptos::prelude::*;
use wire::{ClusterName, check::CheckView};

/// What a button does on a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RemedyKind {
    /// Shows the plan of an action on a member.
    Plan(MemberAction),
    /// Shows the stale addresses, and the button that updates them.
    UpdateAddresses,
}

/// A remedy of a check on a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RemedyAction {
    cluster: ClusterName,
    kind: RemedyKind,
    label: String,
}

/// The dialog with the plan of a remedy. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Remedies {
    chosen: RwSignal<Option<RemedyAction>>,
    open: RwSignal<bool>,
}

impl Remedies {
    /// No remedy is chosen.
    pub(super) fn new() -> Self {
        Self {
            chosen: RwSignal::new(None),
            open: RwSignal::new(false),
        }
    }

    fn show(self, action: RemedyAction) {
        self.chosen.set(Some(action));
        self.open.set(true);
    }
}

/// The buttons of the remedies of a check.
#[component]
pub(super) fn RemedyButtons(check: CheckView) -> impl IntoView {
    let MeshContext { mesh, remedies, .. } = mesh_context();
    let found = mesh.with_untracked(|mesh| actions(&check, mesh));
    let button = |action: RemedyAction| {
        let label = action.label.clone();
        view! { <Button press=move || remedies.show(action.clone())>{label}</Button> }
    };
    (!found.is_empty()).then(|| {
        view! { <div class="flex flex-wrap gap-2 mt-2">{found.into_iter().map(button).collect_view()}</div> }
    })
}

/// The dialog with the plan of the chosen remedy.
#[component]
pub(super) fn RemedyDialog() -> impl IntoView {
    let MeshContext { mesh, remedies, .. } = mesh_context();
    let name = mesh.get_untracked().row.name;
    let content = move || {
        let name = name.clone();
        remedies.chosen.get().map(move |action| {
            let heading = action.label.clone();
            let body = match action.kind {
                RemedyKind::Plan(plan) => {
                    let member = StoredValue::new((name, action.cluster));
                    view! { <MemberPlan member=member action=plan label=action.label/> }.into_any()
                }
                RemedyKind::UpdateAddresses => {
                    view! { <StaleAddressesOf remote=action.cluster/> }.into_any()
                }
            };
            view! { <p class="mb-3 font-medium">{heading}</p> {body} }
        })
    };
    view! { <Dialog open=remedies.open title=t!(remedy.title)>{content.clone()}</Dialog> }
}

/// The stale addresses of one remote.
#[component]
fn StaleAddressesOf(remote: ClusterName) -> impl IntoView {
    let MeshContext { mesh, health, .. } = mesh_context();
    let of_health = health.with_untracked(|health| {
        let health = health.as_ref();
        health.map_or_else(Vec::new, |health| health.drifted.clone())
    });
    let mut drifted = if of_health.is_empty() {
        mesh.with_untracked(|mesh| mesh.drifted.clone())
    } else {
        of_health
    };
    drifted.retain(|address| address.remote == remote);
    if drifted.is_empty() {
        return view! { <p class="text-ink-2">{t!(remedy.no_release)}</p> }.into_any();
    }
    view! { <Drifted remote=remote drifted=drifted/> }.into_any()
}
