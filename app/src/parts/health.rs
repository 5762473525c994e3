//! How things are, as a shape in a colour with a word for those who cannot see it.

use super::{Glyph, Icon, tw};
use crate::words::t;
use leptos::prelude::*;
use wire::{job::PhaseState, release::Health};

/// Shape, colour and word of a state.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sign {
    glyph: Glyph,
    class: &'static str,
}

fn sign_of(health: Option<&Health>) -> (Sign, String) {
    let sign = |glyph, class| Sign { glyph, class };
    match health {
        None => (
            sign(Glyph::ToCome, tw("size-4 shrink-0 text-ink-3")),
            t!(health.pending),
        ),
        Some(Health::Ready) => (
            sign(Glyph::Good, tw("size-4 shrink-0 text-good")),
            t!(health.ready),
        ),
        Some(Health::Waiting(_)) => (
            sign(Glyph::Busy, tw("size-4 shrink-0 text-busy turning")),
            t!(health.waiting),
        ),
        Some(Health::Failed(_)) => (
            sign(Glyph::Warn, tw("size-4 shrink-0 text-warn")),
            t!(health.failing),
        ),
        Some(Health::Missing) => (
            sign(Glyph::Bad, tw("size-4 shrink-0 text-bad")),
            t!(health.missing),
        ),
        Some(Health::Unknown(_)) => (
            sign(Glyph::Unknown, tw("size-4 shrink-0 text-ink-3")),
            t!(health.unknown),
        ),
    }
}

/// How an object is.
#[component]
pub(crate) fn HealthIcon(
    /// None before its turn.
    health: Option<Health>,
) -> impl IntoView {
    let (sign, word) = sign_of(health.as_ref());
    let title = word.clone();
    view! {
        <span class="inline-flex" title=title>
            <Icon glyph=sign.glyph class=sign.class/>
            <span class="sr-only">{word}</span>
        </span>
    }
}

/// How a phase stands.
#[component]
pub(crate) fn StateIcon(
    /// The phase's state.
    state: PhaseState,
) -> impl IntoView {
    let (glyph, class, word) = match state {
        PhaseState::ToCome => (
            Glyph::ToCome,
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
        PhaseState::Failed => (
            Glyph::Bad,
            tw("size-[18px] shrink-0 text-bad"),
            t!(health.failing),
        ),
    };
    let title = word.clone();
    view! {
        <span class="inline-flex bg-surface" title=title>
            <Icon glyph=glyph class=class/>
            <span class="sr-only">{word}</span>
        </span>
    }
}
