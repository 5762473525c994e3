//! A menu: a button, and a panel below it that Escape, a click elsewhere and a new page close.

use super::tw;
use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast as _;

/// A button with an icon, and the panel that it opens.
#[component]
pub(crate) fn Menu(
    /// The label of the button for screen readers, and its tooltip.
    #[prop(into)]
    label: Signal<String>,
    /// Whether the panel is open.
    open: RwSignal<bool>,
    /// The content of the button.
    button: ViewFn,
    /// Whether the panel begins at the left edge of the button; else it ends at its right edge.
    #[prop(optional)]
    from_left: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let opener = NodeRef::<html::Button>::new();
    let path = use_location().pathname;
    Effect::new(move |_| {
        path.track();
        open.set(false);
    });
    close_outside(node, open);
    let on_key = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            if let Some(opener) = opener.get_untracked() {
                let _ = opener.focus();
            }
        }
    };
    let panel = if from_left {
        tw(
            "absolute left-0 top-full mt-1 z-30 w-[min(320px,calc(100vw_-_24px))] max-h-[calc(100vh_-_72px)] overflow-auto bg-raised border border-line rounded-[10px] shadow-float py-1.5 max-md:fixed max-md:left-3 max-md:right-3 max-md:top-[56px] max-md:w-auto",
        )
    } else {
        tw(
            "absolute right-0 top-full mt-1 z-30 w-[min(360px,calc(100vw_-_24px))] max-h-[calc(100vh_-_72px)] overflow-auto bg-raised border border-line rounded-[10px] shadow-float py-1.5 max-md:fixed max-md:left-3 max-md:right-3 max-md:top-[56px] max-md:w-auto",
        )
    };
    view! {
        <div node_ref=node class="relative min-w-0" on:keydown=on_key>
            <button
                node_ref=opener
                type="button"
                class="inline-flex items-center justify-center gap-1.5 h-8 min-w-8 max-md:h-10 max-md:min-w-10 max-w-full px-1.5 rounded-[6px] text-[13px] text-ink-2 hover:bg-sunken"
                aria-label=label
                title=label
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {move || button.run()}
            </button>
            <Show when=move || open.get()>
                <div class=panel>{children()}</div>
            </Show>
        </div>
    }
}

/// Closes the menu when a click or the focus lands elsewhere.
fn close_outside(node: NodeRef<html::Div>, open: RwSignal<bool>) {
    let leave = move |target: Option<web_sys::EventTarget>| {
        if !open.try_get_untracked().unwrap_or(false) {
            return;
        }
        let target = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let Some(menu) = node.try_get_untracked().flatten() else {
            return;
        };
        if !menu.contains(target.as_ref()) {
            open.set(false);
        }
    };
    let clicked = window_event_listener(ev::mousedown, move |event| leave(event.target()));
    let focused = window_event_listener(ev::focusin, move |event| leave(event.target()));
    on_cleanup(move || {
        clicked.remove();
        focused.remove();
    });
}
