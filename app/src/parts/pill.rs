//! Small marks: a state in a word, a cluster in its colour.

use super::tw;
use leptos::prelude::*;

/// What a mark means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// It is well.
    Good,
    /// It is on its way.
    Busy,
    /// Worth a look.
    Warn,
    /// It failed.
    Bad,
    /// The operator's own doing.
    Span,
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
        }
    }
}

/// A state in a word.
#[component]
pub(crate) fn Pill(
    /// What it means.
    #[prop(optional, into)]
    tone: Signal<Tone>,
    children: Children,
) -> impl IntoView {
    view! { <span class=move || tone.get().classes()>{children()}</span> }
}

/// The square of a cluster's colour, 1 to 8.
pub(crate) fn square(colour: u8) -> &'static str {
    match colour {
        2 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c2"),
        3 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c3"),
        4 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c4"),
        5 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c5"),
        6 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c6"),
        7 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c7"),
        8 => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c8"),
        _ => tw("inline-block size-2.5 rounded-[3px] shrink-0 bg-c1"),
    }
}

/// A cluster's name with its colour, as the open page's stream knows it.
#[component]
pub(crate) fn ClusterChip(
    /// Its name.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    let known = name.clone();
    let colour = move || {
        let frame = crate::live::stream().frame.get();
        let found = frame.and_then(|frame| {
            frame
                .clusters
                .iter()
                .find(|(one, _, _)| one.as_str() == known)
                .map(|(_, colour, _)| *colour)
        });
        square(found.unwrap_or(1))
    };
    view! {
        <span class="inline-flex items-center gap-2 min-w-0">
            <i class=colour></i>
            <span class="truncate">{name}</span>
        </span>
    }
}
