//! A line that is copied with a button, such as a command.

use super::Button;
use crate::words::t;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsValue;

/// How long the button says that the line is copied.
const SHOWN: Duration = Duration::from_secs(2);

/// A line with a button that copies it.
#[component]
pub(crate) fn CopyLine(
    /// The line.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let is_copied = RwSignal::new(false);
    let copied = text.clone();
    let copy = move || {
        if copy_text(&copied) {
            is_copied.set(true);
            let reset = move || {
                let _ = is_copied.try_set(false);
            };
            set_timeout(reset, SHOWN);
        }
    };
    view! {
        <div class="flex items-center gap-2">
            <code class="flex-1 min-w-0 font-mono text-[13px] bg-sunken rounded-[6px] px-3 py-1.5 break-words select-all">{text}</code>
            <Button press=copy>
                <span role="status">{move || if is_copied.get() { t!(action.copied) } else { t!(action.copy) }}</span>
            </Button>
        </div>
    }
}

/// Copies a text; returns whether the browser has a clipboard. On a page without TLS it has none.
fn copy_text(text: &str) -> bool {
    let navigator = window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"));
    let is_there = clipboard.is_ok_and(|clipboard| !clipboard.is_undefined());
    if is_there {
        // The text can be selected when the browser refuses.
        let _ = navigator.clipboard().write_text(text);
    }
    is_there
}
