//! Nothing is here yet, and the next thing to do.

use leptos::prelude::*;

/// An empty place: why it is empty, and the next action.
#[component]
pub(crate) fn Empty(
    /// Why it is empty.
    #[prop(into)]
    says: String,
    /// The next action.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="flex flex-col items-center gap-3 py-12 px-4 text-center bg-surface border border-line rounded-[10px]">
            <p class="text-ink-2">{says}</p>
            {children()}
        </div>
    }
}
