//! A dialog: the element of the browser, which handles focus and Escape.

use leptos::{html, prelude::*};

/// Shows its children while `open`; Escape closes it.
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
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            node_ref=node
            class="m-auto w-[min(720px,calc(100vw-32px))] max-h-[85vh] p-0 bg-raised text-ink border border-line rounded-[10px] shadow-float overflow-auto"
            aria-label=title.clone()
            on:close=move |_| open.set(false)
        >
            <div class="p-5">
                <h2 class="text-[16px] font-semibold mb-3">{title.clone()}</h2>
                <Show when=move || open.get()>{children()}</Show>
            </div>
        </dialog>
    }
}
