//! A dialog: the element of the browser, which handles focus and Escape. A phone has no Escape: a button closes
//! it too.

use super::{Glyph, Icon};
use crate::words::t;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast as _;

/// Shows its children while `open`; Escape and its button close it.
#[component]
pub(crate) fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Its title.
    #[prop(into)]
    title: String,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
            // The children are there by then.
            request_animation_frame(move || focus_first_field(&dialog));
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            node_ref=node
            class="m-auto w-[min(720px,calc(100vw_-_32px))] max-h-[85vh] p-0 bg-raised text-ink border border-line rounded-[10px] shadow-float overflow-auto"
            aria-label=title.clone()
            on:close=move |_| open.set(false)
        >
            <div class="p-5 relative">
                <h2 class="text-[16px] font-semibold mb-3 pr-10 break-words">{title.clone()}</h2>
                <Show when=move || open.get()>{children()}</Show>
                <button
                    type="button"
                    class="absolute top-3 right-3 inline-flex items-center justify-center size-8 max-md:size-10 rounded-[6px] text-ink-2 hover:bg-sunken"
                    aria-label=t!(action.close)
                    title=t!(action.close)
                    on:click=move |_| open.set(false)
                >
                    <Icon glyph=Glyph::Close/>
                </button>
            </div>
        </dialog>
    }
}

/// Moves the focus to the first field, if there is one.
fn focus_first_field(dialog: &web_sys::HtmlDialogElement) {
    let field = dialog
        .query_selector("input, textarea, select")
        .ok()
        .flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = field.focus();
    }
}
