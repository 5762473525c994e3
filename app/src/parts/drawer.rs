//! A drawer: a dialog at the right edge, for details of a row of the page below it.

use super::{Glyph, Icon};
use crate::words::t;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast as _;

/// Shows its children while `open`; Escape, its button and a click beside it close it. The browser gives the
/// focus back to the element that had it before.
#[component]
pub(crate) fn Drawer(
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// Closes it.
    close: Callback<()>,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let close_if_open = move || {
        if open.get_untracked() {
            close.run(());
        }
    };
    view! {
        <dialog
            node_ref=node
            class="my-0 mr-0 ml-auto w-[min(820px,100vw)] max-w-none h-screen max-h-none p-0 bg-raised text-ink border-l border-line shadow-float overflow-auto"
            aria-label=title
            on:close=move |_| close_if_open()
            on:click=move |event| {
                // The target is the dialog itself only for a click beside its content.
                let target = event.target();
                if target.is_some_and(|target| target.dyn_ref::<web_sys::HtmlDialogElement>().is_some()) {
                    close_if_open();
                }
            }
        >
            <div class="min-h-full flex flex-col">
                <header class="sticky top-0 z-10 flex items-start gap-3 px-5 max-md:px-4 py-3 bg-raised border-b border-line">
                    <h2 class="flex-1 min-w-0 text-[16px] font-semibold break-words pt-1">{title}</h2>
                    <button
                        type="button"
                        class="inline-flex items-center justify-center size-8 max-md:size-10 rounded-[6px] text-ink-2 hover:bg-sunken"
                        aria-label=t!(action.close)
                        title=t!(action.close)
                        on:click=move |_| close_if_open()
                    >
                        <Icon glyph=Glyph::Close/>
                    </button>
                </header>
                <Show when=move || open.get()>{children()}</Show>
            </div>
        </dialog>
    }
}
