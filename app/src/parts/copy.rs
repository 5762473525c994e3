//! A button that copies a text.

use super::Button;
use crate::words::t;
use leptos::prelude::*;
use std::time::Duration;

/// How long the button says that the text was copied.
const SHOWN: Duration = Duration::from_secs(2);

/// A button that copies a text, and says whether it did.
#[component]
pub(crate) fn Copy(
    /// The text.
    #[prop(into)]
    text: Signal<String>,
    /// Its label, such as "Copy YAML".
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<bool>);
    let copy = Action::new_local(move |(): &()| async move {
        let is_copied = write(&text.get_untracked()).await;
        outcome.set(Some(is_copied));
        set_timeout(
            move || {
                let _ = outcome.try_set(None);
            },
            SHOWN,
        );
    });
    let says = move || match outcome.get() {
        None => String::new(),
        Some(true) => t!(action.copied),
        Some(false) => t!(action.not_copied),
    };
    view! {
        <span class="inline-flex items-center gap-2">
            <span class="text-[12px] text-ink-3" role="status">{says}</span>
            <Button press=move || {
                copy.dispatch(());
            }>{label}</Button>
        </span>
    }
}

/// Writes to the clipboard; returns whether it did. Without TLS a browser has no clipboard.
async fn write(text: &str) -> bool {
    let navigator = window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into());
    if clipboard.is_ok_and(|clipboard| clipboard.is_undefined()) {
        return false;
    }
    let written = navigator.clipboard().write_text(text);
    wasm_bindgen_futures::JsFuture::from(written).await.is_ok()
}
