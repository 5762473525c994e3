//! The health of objects and the state of phases: shape and colour, with a name for screen readers.

use super::{Glyph, Icon, tw};
use crate::words::t;
use leptos::prelude::*;
use wire::{job::PhaseState, release::Health};

/// The shape and colour of a state.
#[derive(Clone, Copy, PartialEq, Eq)]
struct StateGlyph {
    glyph: Glyph,
    class: &'static str,
}

fn health_glyph(health: Option<&Health>) -> (StateGlyph, String) {
    let glyph = |glyph, class| StateGlyph { glyph, class };
    match health {
        None => (
            glyph(Glyph::Pending, tw("size-4 shrink-0 text-ink-3")),
            t!(health.pending),
        ),
        Some(Health::Ready) => (
            glyph(Glyph::Good, tw("size-4 shrink-0 text-good")),
            t!(health.ready),
        ),
        Some(Health::Waiting(_)) => (
            glyph(Glyph::Busy, tw("size-4 shrink-0 text-busy turning")),
            t!(health.waiting),
        ),
        Some(Health::Failed(_)) => (
            glyph(Glyph::Warn, tw("size-4 shrink-0 text-warn")),
            t!(health.failing),
        ),
        Some(Health::Missing) => (
            glyph(Glyph::Bad, tw("size-4 shrink-0 text-bad")),
            t!(health.missing),
        ),
        Some(Health::Unknown(_)) => (
            glyph(Glyph::Unknown, tw("size-4 shrink-0 text-ink-3")),
            t!(health.unknown),
        ),
    }
}

/// Why an object is not ready.
pub(crate) fn health_reason(health: &Health) -> String {
    match health {
        Health::Waiting(reason) | Health::Failed(reason) | Health::Unknown(reason) => {
            reason.clone()
        }
        Health::Missing => t!(health.missing),
        Health::Ready => String::new(),
    }
}

/// The square of an object in a row of many; the text beside it has the numbers.
pub(crate) fn health_class(health: &Health) -> &'static str {
    match health {
        Health::Ready => tw("inline-block size-2.5 rounded-[3px] bg-good"),
        Health::Waiting(_) => tw("inline-block size-2.5 rounded-[3px] border-2 border-busy"),
        Health::Failed(_) => tw("inline-block size-2.5 rounded-[3px] bg-warn"),
        Health::Missing => tw("inline-block size-2.5 rounded-[3px] bg-bad"),
        Health::Unknown(_) => tw("inline-block size-2.5 rounded-[3px] border border-ink-3"),
    }
}

/// The health of an object.
#[component]
pub(crate) fn HealthIcon(
    /// None for a pending object.
    health: Option<Health>,
) -> impl IntoView {
    let (state, name) = health_glyph(health.as_ref());
    let title = name.clone();
    view! {
        <span class="inline-flex" title=title>
            <Icon glyph=state.glyph class=state.class/>
            <span class="sr-only">{name}</span>
        </span>
    }
}

/// The state of a phase.
#[component]
pub(crate) fn StateIcon(
    /// The state.
    state: PhaseState,
) -> impl IntoView {
    let (glyph, class, name) = match state {
        PhaseState::Pending => (
            Glyph::Pending,
            tw("size-[18px] shrink-0 text-ink-3"),
            t!(health.pending),
        ),
        PhaseState::Running => (
            Glyph::Busy,
            tw("size-[18px] shrink-0 text-busy turning"),
            t!(health.running),
        ),
        PhaseState::Done => (
            Glyph::Good,
            tw("size-[18px] shrink-0 text-good"),
            t!(health.complete),
        ),
        PhaseState::Stopped => (
            Glyph::Stopped,
            tw("size-[18px] shrink-0 text-ink-2"),
            t!(job.stopped),
        ),
        PhaseState::Failed => (
            Glyph::Bad,
            tw("size-[18px] shrink-0 text-bad"),
            t!(job.failed),
        ),
    };
    let title = name.clone();
    view! {
        <span class="inline-flex bg-surface" title=title>
            <Icon glyph=glyph class=class/>
            <span class="sr-only">{name}</span>
        </span>
    }
}
