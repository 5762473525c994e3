//! Buttons, and links with the look of buttons. The label of a button is a verb and a noun.

use super::{Link, tw};
use leptos::prelude::*;

/// The weight of a button.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The primary action.
    Go,
    /// A secondary action.
    #[default]
    Plain,
    /// An action without emphasis.
    Flat,
    /// An action that deletes.
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
    /// Its weight.
    #[prop(optional)]
    kind: Kind,
    /// Whether it is disabled.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether it has nothing to do now. Unlike a disabled button it keeps the focus.
    #[prop(optional, into)]
    inactive: Signal<bool>,
    /// Whether it submits its form, as Enter does.
    #[prop(optional)]
    submit: bool,
    /// The action.
    press: impl FnMut() + 'static,
    children: Children,
) -> impl IntoView {
    let mut press = press;
    view! {
        <button
            type=if submit { "submit" } else { "button" }
            class=kind.classes()
            disabled=disabled
            aria-disabled=move || inactive.get().then_some("true")
            on:click=move |_| {
                if !inactive.get_untracked() {
                    press();
                }
            }
        >
            {children()}
        </button>
    }
}

/// A link to a download, with the look of a button.
#[component]
pub(crate) fn Download(
    /// The URL of the file, with the base path.
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

/// A link with the look of a button.
#[component]
pub(crate) fn ButtonLink(
    /// Its weight.
    #[prop(optional)]
    kind: Kind,
    /// The path, without the base path.
    #[prop(into)]
    to: String,
    children: Children,
) -> impl IntoView {
    view! {
        <Link href=to attr:class=kind.classes()>
            {children()}
        </Link>
    }
}
