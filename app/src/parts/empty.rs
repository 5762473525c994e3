//! An empty list: the reason, and the next action.

use leptos::prelude::*;

/// An empty list: the reason, and the next action.
#[component]
pub(crate) fn Empty(
    /// The reason.
    #[prop(into)]
    reason: String,
    /// The next action.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="flex flex-col items-center gap-3 py-12 px-4 text-center bg-surface border border-line rounded-[10px]">
            <p class="text-ink-2">{reason}</p>
            {children()}
        </div>
    }
}
