//! A point in time as its age; the tooltip has date and time.

use super::{Pill, Tone};
use crate::{
    clock::clock,
    words::t,
    zone::{date_and_time, for_programs, zone},
};
use leptos::prelude::*;
use wire::Time;

/// A point in time as its age in a sentence, such as "12s ago".
#[component]
pub(crate) fn Ago(
    /// The point in time.
    #[prop(into)]
    at: Signal<Time>,
) -> impl IntoView {
    let clock = clock();
    view! {
        <time datetime=move || for_programs(at.get()) title=exactly(at)>
            {move || clock.ago(at.get())}
        </time>
    }
}

/// A point in time as its age, such as `12s`.
#[component]
pub(crate) fn Age(
    /// The point in time.
    #[prop(into)]
    at: Signal<Time>,
) -> impl IntoView {
    let clock = clock();
    view! {
        <time datetime=move || for_programs(at.get()) title=exactly(at)>
            {move || clock.age(at.get())}
        </time>
    }
}

/// The mark of what was read then, and not since.
#[component]
pub(crate) fn AsOf(
    /// When it was read.
    #[prop(into)]
    at: Signal<Time>,
) -> impl IntoView {
    let clock = clock();
    view! {
        <Pill tone=Tone::Warn>
            <span title=exactly(at)>{move || t!(state.as_of, ago = clock.ago(at.get()))}</span>
        </Pill>
    }
}

/// Date and time, for the tooltip of a text with an age.
pub(crate) fn exactly(at: Signal<Time>) -> impl Fn() -> String + Copy + Send + 'static {
    let zone = zone();
    move || zone.with(|zone| date_and_time(at.get(), zone))
}
