//! A name that has to be typed before something goes for good.

use crate::words::t;
use leptos::prelude::*;

/// The field in which a name is typed; whoever shows it compares.
#[component]
pub(crate) fn TypedName(
    /// What has to be typed.
    #[prop(into)]
    name: String,
    /// What has been typed.
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
