//! The field in which the operator types a name to confirm a deletion.

use crate::words::t;
use leptos::prelude::*;

/// The field; the caller compares the text with the name.
#[component]
pub(crate) fn ConfirmName(
    /// The name to type.
    #[prop(into)]
    name: String,
    /// The typed text.
    typed: RwSignal<String>,
) -> impl IntoView {
    view! {
        <label class="block">
            <span class="block font-medium mb-1">{t!(release.type_name, name = name)}</span>
            <input
                type="text"
                autocomplete="off"
                class="h-8 max-md:h-10 w-full px-2 font-mono bg-surface border border-field rounded-[4px]"
                prop:value=typed
                on:input=move |event| typed.set(event_target_value(&event))
            />
        </label>
    }
}
