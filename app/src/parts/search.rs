//! A search field; the search starts when the typing pauses.

use super::{Glyph, Icon};
use leptos::prelude::*;
use std::time::Duration;

/// The time after the last keystroke before the search starts.
const DEBOUNCE: Duration = Duration::from_millis(250);

/// A search field.
#[component]
pub(crate) fn Search(
    /// Its label and placeholder.
    #[prop(into)]
    label: String,
    /// The words that are searched now.
    #[prop(into)]
    words: Signal<String>,
    /// Searches other words.
    #[prop(into)]
    search: Callback<String>,
) -> impl IntoView {
    let text = RwSignal::new(words.get_untracked());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    // "Clear filters" empties the field too.
    Effect::new(move |_| {
        let words = words.get();
        if timer.get_value().is_none() && words != text.get_untracked() {
            text.set(words);
        }
    });
    let typed = move |words: String| {
        text.set(words.clone());
        if let Some(earlier) = timer.get_value() {
            earlier.clear();
        }
        let start = move || {
            timer.set_value(None);
            search.run(words);
        };
        timer.set_value(set_timeout_with_handle(start, DEBOUNCE).ok());
    };
    on_cleanup(move || {
        if let Some(Some(handle)) = timer.try_get_value() {
            handle.clear();
        }
    });
    let placeholder = label.clone();
    view! {
        <label class="relative block w-[250px] max-md:w-full">
            <span class="sr-only">{label}</span>
            <span class="absolute left-2.5 top-2 max-md:top-3 text-ink-3">
                <Icon glyph=Glyph::Search/>
            </span>
            <input
                type="search"
                class="h-8 max-md:h-10 w-full pl-8 pr-2 bg-surface border border-field rounded-[6px] text-[13px]"
                placeholder=placeholder
                // The words of the URL are there before the page is hydrated.
                value=text.get_untracked()
                prop:value=text
                on:input=move |event| typed(event_target_value(&event))
            />
        </label>
    }
}
