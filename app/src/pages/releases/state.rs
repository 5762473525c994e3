//! The label and colour of the state of a release.

use crate::{
    parts::{Pill, Tone},
    words::t,
};
use leptos::prelude::*;
use wire::release::ReleaseState;

/// The colour and label of a state.
fn badge(state: ReleaseState) -> (Tone, String) {
    match state {
        ReleaseState::Deployed => (Tone::Good, t!(release.deployed)),
        ReleaseState::PendingInstall => (Tone::Busy, t!(release.pending_install)),
        ReleaseState::PendingUpgrade => (Tone::Busy, t!(release.pending_upgrade)),
        ReleaseState::PendingRollback => (Tone::Busy, t!(release.pending_rollback)),
        ReleaseState::Uninstalling => (Tone::Busy, t!(release.uninstalling)),
        ReleaseState::Failed => (Tone::Bad, t!(release.failed)),
        ReleaseState::Superseded => (Tone::Plain, t!(release.superseded)),
        ReleaseState::Uninstalled => (Tone::Plain, t!(release.uninstalled)),
        ReleaseState::Unknown => (Tone::Plain, t!(release.unknown)),
    }
}

/// The label of a state.
pub(super) fn label(state: ReleaseState) -> String {
    badge(state).1
}

/// The state of a release.
#[component]
pub(super) fn State(state: ReleaseState) -> impl IntoView {
    let (tone, label) = badge(state);
    view! { <Pill tone=tone>{label}</Pill> }
}
