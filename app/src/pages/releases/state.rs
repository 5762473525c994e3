//! How a release's state is said and coloured.

use crate::{
    parts::{Pill, Tone},
    words::say,
};
use leptos::prelude::*;
use wire::release::ReleaseState;

/// How a state is said and coloured.
fn badge(state: ReleaseState) -> (Tone, String) {
    match state {
        ReleaseState::Deployed => (Tone::Good, say!(release.deployed)),
        ReleaseState::PendingInstall => (Tone::Busy, say!(release.pending_install)),
        ReleaseState::PendingUpgrade => (Tone::Busy, say!(release.pending_upgrade)),
        ReleaseState::PendingRollback => (Tone::Busy, say!(release.pending_rollback)),
        ReleaseState::Uninstalling => (Tone::Busy, say!(release.uninstalling)),
        ReleaseState::Failed => (Tone::Bad, say!(release.failed)),
        ReleaseState::Superseded => (Tone::Plain, say!(release.superseded)),
        ReleaseState::Uninstalled => (Tone::Plain, say!(release.uninstalled)),
        ReleaseState::Unknown => (Tone::Plain, say!(release.unknown)),
    }
}

/// A release's state.
#[component]
pub(super) fn State(state: ReleaseState) -> impl IntoView {
    let (tone, word) = badge(state);
    view! { <Pill tone=tone>{word}</Pill> }
}
