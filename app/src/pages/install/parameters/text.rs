//! The text: the operator's YAML as typed, and the effective values beside it.

use super::{Desk, desk};
use crate::{
    api,
    pages::install::wizard,
    parts::{Code, Loaded, Tabs},
    words::say,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::time::Duration;
use wire::install::Edit;

/// How long a person has stopped typing before the text is sent.
const PAUSE: Duration = Duration::from_millis(400);

/// The text's pane.
#[component]
pub(super) fn TextPane() -> impl IntoView {
    let desk = desk();
    let tab = RwSignal::new(0);
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label="YAML">
            <Tabs label="YAML" tabs=vec!["YAML".to_owned(), say!(install.effective)] chosen=tab/>
            {move || match tab.get() {
                0 => view! { <Text desk=desk/> }.into_any(),
                _ => view! { <Effective/> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Text(desk: Desk) -> impl IntoView {
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let typed = move |event: web_sys::Event| {
        desk.text.set(event_target_value(&event));
        if let Some(handle) = waiting.get_value() {
            handle.clear();
        }
        let send = move || desk.edit.run(Edit::Text);
        waiting.set_value(set_timeout_with_handle(send, PAUSE).ok());
    };
    let valid = move || desk.view.with(|view| view.faults.is_empty());
    view! {
        <div class="relative">
            <p class="absolute right-4 top-2 text-[12px]" class=("text-good", valid) class=("text-bad", move || !valid())>
                {move || if valid() { say!(install.valid) } else { say!(install.not_valid) }}
            </p>
            <textarea
                aria-label=say!(install.yaml)
                rows="24"
                spellcheck="false"
                autocomplete="off"
                wrap="off"
                class="block w-full font-mono text-[12.5px] leading-relaxed bg-surface px-4 py-3 rounded-[10px] resize-y"
                placeholder=say!(install.yaml_empty)
                prop:value=desk.text
                on:input=typed
            ></textarea>
        </div>
    }
}

#[component]
fn Effective() -> impl IntoView {
    let wizard = wizard();
    let text = Resource::new(
        move || wizard.draft.get_untracked().id,
        api::install::effective_values,
    );
    view! { <Loaded from=text what=say!(install.effective) view=|text| view! { <Code text=text label=say!(install.effective)/> }/> }
}
