//! Small marks: a state as a word, a cluster with its colour.

use super::tw;
use crate::live::stream;
use leptos::prelude::*;

/// The meaning of a mark, shown by its colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Neutral.
    #[default]
    Plain,
    /// A success.
    Good,
    /// An action in progress.
    Busy,
    /// A warning.
    Warn,
    /// A failure.
    Bad,
    /// A choice of the operator.
    Span,
    /// A lock, also of another tool.
    Lock,
}

impl Tone {
    fn classes(self) -> &'static str {
        match self {
            Self::Plain => tw(
                "inline-flex items-center gap-1.5 h-5 px-2 rounded-full text-[11.5px] font-medium whitespace-nowrap bg-sunken text-ink-2",
            ),
            Self::Good => tw(
                "inline-flex items-center gap-1.5 h-5 px-2 rounded-full text-[11.5px] font-medium whitespace-nowrap bg-good-soft text-good",
            ),
            Self::Busy => tw(
                "inline-flex items-center gap-1.5 h-5 px-2 rounded-full text-[11.5px] font-medium whitespace-nowrap bg-busy-soft text-busy",
            ),
            Self::Warn => tw(
                "inline-flex items-center gap-1.5 h-5 px-2 rounded-full text-[11.5px] font-medium whitespace-nowrap bg-warn-soft text-warn",
            ),
            Self::Bad => tw(
                "inline-flex items-center gap-1.5 h-5 px-2 rounded-full text-[11.5px] font-medium whitespace-nowrap bg-bad-soft text-bad",
            ),
            Self::Span => tw(
                "inline-flex items-center gap-1.5 h-5 px-2 rounded-full text-[11.5px] font-medium whitespace-nowrap bg-span-soft text-span",
            ),
            Self::Lock => tw(
                "inline-flex items-center gap-1.5 h-5 px-2 rounded-full text-[11.5px] font-medium whitespace-nowrap bg-lock-soft text-lock",
            ),
        }
    }
}

/// A state as a word.
#[component]
pub(crate) fn Pill(
    /// The meaning of the state.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    children: Children,
) -> impl IntoView {
    view! { <span class=move || tone.get().classes()>{children()}</span> }
}

/// The swatch of a cluster's colour.
pub(crate) fn cluster_swatch(colour: u8) -> &'static str {
    match colour {
        2 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c2"),
        3 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c3"),
        4 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c4"),
        5 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c5"),
        6 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c6"),
        7 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c7"),
        8 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c8"),
        9 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c9"),
        10 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c10"),
        11 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c11"),
        12 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c12"),
        _ => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c1"),
    }
}

/// The band in the colour of a cluster; grey without one.
pub(crate) fn cluster_band(colour: Option<u8>) -> &'static str {
    match colour {
        None => tw("h-[3px] bg-sunken"),
        Some(2) => tw("h-[3px] bg-c2"),
        Some(3) => tw("h-[3px] bg-c3"),
        Some(4) => tw("h-[3px] bg-c4"),
        Some(5) => tw("h-[3px] bg-c5"),
        Some(6) => tw("h-[3px] bg-c6"),
        Some(7) => tw("h-[3px] bg-c7"),
        Some(8) => tw("h-[3px] bg-c8"),
        Some(9) => tw("h-[3px] bg-c9"),
        Some(10) => tw("h-[3px] bg-c10"),
        Some(11) => tw("h-[3px] bg-c11"),
        Some(12) => tw("h-[3px] bg-c12"),
        Some(_) => tw("h-[3px] bg-c1"),
    }
}

/// A cluster's name with its colour, from the event stream.
#[component]
pub(crate) fn ClusterChip(
    /// Its name.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    let cluster = name.clone();
    // Found now: a mark that is removed while the colour changes finds no context any more.
    let live = stream();
    let swatch = move || cluster_swatch(live.cluster_colour(&cluster));
    view! {
        <span class="inline-flex items-center gap-2 min-w-0 max-w-full">
            <i class=swatch></i>
            <span class="truncate">{name}</span>
        </span>
    }
}
