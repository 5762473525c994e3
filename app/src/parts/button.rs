//! Buttons, and links that look like them. A button says what it will do.

use super::tw;
use leptos::prelude::*;
use leptos_router::components::A;

/// How much a button weighs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The one thing to do here.
    Go,
    /// One of several.
    #[default]
    Plain,
    /// Hardly there.
    Flat,
    /// It takes something away.
    Danger,
}

impl Kind {
    fn classes(self) -> &'static str {
        match self {
            Self::Go => tw(
                "inline-flex items-center justify-center gap-2 h-8 max-md:h-10 px-3 rounded-[6px] border border-span bg-span text-span-ink text-[13px] font-medium whitespace-nowrap hover:opacity-90 disabled:opacity-50",
            ),
            Self::Plain => tw(
                "inline-flex items-center justify-center gap-2 h-8 max-md:h-10 px-3 rounded-[6px] border border-line-strong bg-surface text-ink text-[13px] font-medium whitespace-nowrap hover:bg-sunken disabled:opacity-50",
            ),
            Self::Flat => tw(
                "inline-flex items-center justify-center gap-2 h-8 max-md:h-10 px-2 rounded-[6px] text-ink-2 text-[13px] font-medium whitespace-nowrap hover:bg-sunken disabled:opacity-50",
            ),
            Self::Danger => tw(
                "inline-flex items-center justify-center gap-2 h-8 max-md:h-10 px-3 rounded-[6px] border border-bad bg-surface text-bad text-[13px] font-medium whitespace-nowrap hover:bg-bad-soft disabled:opacity-50",
            ),
        }
    }
}

/// A button.
#[component]
pub(crate) fn Button(
    /// How much it weighs.
    #[prop(optional)]
    kind: Kind,
    /// Whether it cannot be pressed now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether it sends the form around it, as Enter does.
    #[prop(optional)]
    submit: bool,
    /// What it does.
    press: impl FnMut() + 'static,
    children: Children,
) -> impl IntoView {
    let mut press = press;
    view! {
        <button type=if submit { "submit" } else { "button" } class=kind.classes() disabled=disabled on:click=move |_| press()>
            {children()}
        </button>
    }
}

/// A link to a file that the browser keeps; it looks like a button.
#[component]
pub(crate) fn Download(
    /// Where the file is.
    #[prop(into)]
    from: String,
    children: Children,
) -> impl IntoView {
    view! {
        <a href=from download="" class=Kind::Plain.classes()>
            {children()}
        </a>
    }
}

/// A link that looks like a button.
#[component]
pub(crate) fn ButtonLink(
    /// How much it weighs.
    #[prop(optional)]
    kind: Kind,
    /// Where it leads.
    #[prop(into)]
    to: String,
    children: Children,
) -> impl IntoView {
    view! {
        <A href=to attr:class=kind.classes()>
            {children()}
        </A>
    }
}
