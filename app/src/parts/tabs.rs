//! Tabs; the arrow keys move between them.

use super::tw;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast as _;

/// A row of tabs.
#[component]
pub(crate) fn Tabs(
    /// Its label for screen readers.
    #[prop(into)]
    label: String,
    /// The titles of the tabs.
    tabs: Vec<String>,
    /// The index of the open tab.
    selected: RwSignal<usize>,
) -> impl IntoView {
    let count = tabs.len();
    let list = NodeRef::<html::Div>::new();
    let key = move |event: web_sys::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowRight" => 1,
            "ArrowLeft" => count - 1,
            _ => return,
        };
        selected.update(|index| *index = (*index + step) % count);
        request_animation_frame(move || focus_open_tab(list));
    };
    let tab = move |(index, title): (usize, String)| {
        let open = move || selected.get() == index;
        let class = move || {
            if open() {
                tw(
                    "flex items-center gap-1.5 px-2.5 text-[13px] font-medium border-b-2 -mb-px whitespace-nowrap text-ink border-span",
                )
            } else {
                tw(
                    "flex items-center gap-1.5 px-2.5 text-[13px] font-medium border-b-2 -mb-px whitespace-nowrap text-ink-3 border-transparent hover:text-ink",
                )
            }
        };
        view! {
            <button
                type="button"
                role="tab"
                class=class
                aria-selected=move || open().to_string()
                tabindex=move || if open() { 0 } else { -1 }
                on:click=move |_| selected.set(index)
            >
                {title}
            </button>
        }
    };
    view! {
        <div
            node_ref=list
            class="flex gap-0.5 px-2.5 h-10 items-stretch border-b border-line overflow-x-auto"
            role="tablist"
            aria-label=label
            on:keydown=key
        >
            {tabs.into_iter().enumerate().map(tab).collect_view()}
        </div>
    }
}

/// Moves the focus to the open tab, the only one that the Tab key reaches.
fn focus_open_tab(list: NodeRef<html::Div>) {
    let list = list.try_get_untracked().flatten();
    let open = list.and_then(|list| list.query_selector("[tabindex='0']").ok().flatten());
    if let Some(open) = open.and_then(|open| open.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = open.focus();
    }
}
