//! The state that the parts of a mesh's page share.

use super::{member::MemberActions, query::Queried, remedy::Remedies};
use crate::live::stream;
use leptos::prelude::*;
use wire::{
    MeshName,
    mesh::{HealthView, MeshView},
};

/// The state that the parts of the page share. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct MeshContext {
    /// The mesh as it was last loaded.
    pub(super) mesh: RwSignal<MeshView>,
    /// Its health, from the event stream.
    pub(super) health: Memo<Option<HealthView>>,
    /// The number of complete checks since the page was opened: what depends on them is read again.
    pub(super) checked: Signal<u32>,
    /// Loads the mesh again.
    pub(super) reload: Callback<()>,
    /// Opens the plans of actions on members.
    pub(super) actions: MemberActions,
    /// Opens the plan of a remedy.
    pub(super) remedies: Remedies,
    /// The selected step and the shown checks, which the URL names.
    pub(super) queried: Queried,
    /// Opens the dialog that removes the mesh from the console.
    pub(super) remove: Callback<()>,
}

/// The context of the page.
pub(super) fn mesh_context() -> MeshContext {
    expect_context::<MeshContext>()
}

/// The health of a mesh, followed while the page is open.
pub(super) fn follow_health(name: MeshName) -> Memo<Option<HealthView>> {
    let live = stream();
    live.follow_mesh(name.clone());
    Memo::new(move |_| live.health.get().filter(|health| health.mesh == name))
}

/// Counts the complete checks that end while the page is open, and the changes of what they found.
pub(super) fn follow_checks(health: Memo<Option<HealthView>>) -> Signal<u32> {
    let outcome = Memo::new(move |_| {
        health.with(|health| {
            let health = health.as_ref().filter(|health| health.is_whole())?;
            Some((health.doctor.at, health.row(), health.problem.is_some()))
        })
    });
    let checked = RwSignal::new(0);
    Effect::new(move |before: Option<Option<_>>| {
        let now = outcome.get();
        // The first outcome is as old as the page.
        if before.flatten().is_some_and(|before| Some(before) != now) {
            checked.update(|checked| *checked += 1);
        }
        now
    });
    checked.into()
}
