//! The values without which the chart does not render, each with what was found for it.

use super::{
    editor,
    form::FormState,
    found::{Found, FoundValues},
};
use crate::{
    parts::{Button, Notice, Tone},
    words::{count, t},
};
use leptos::prelude::*;
use wire::install::MissingValue;

/// The missing values. Each leads to its field.
#[component]
pub(super) fn MissingValues(form: FormState, found: Found) -> impl IntoView {
    let editor = editor();
    let missing = Memo::new(move |_| editor.view.with(|view| view.missing.clone()));
    let untaken = Memo::new(move |_| found.untaken().len());
    view! {
        <div aria-live="polite">
            <Show when=move || missing.with(|missing| !missing.is_empty())>
                <div class="mb-4">
                    <Notice tone=Tone::Warn>
                        <p class="font-medium">{move || count!(install.needs_values, n = missing.with(Vec::len))}</p>
                        <ul class="mt-1 grid gap-1.5">
                            <For each=move || missing.get() key=|value| (value.path.clone(), value.message.clone()) let:value>
                                <Missing value=value form=form found=found/>
                            </For>
                        </ul>
                        <Show when=move || { untaken.get() > 1 }>
                            <div class="mt-2">
                                <Button press=move || found.take_all()>
                                    {move || t!(install.use_all_found, n = untaken.get())}
                                </Button>
                            </div>
                        </Show>
                    </Notice>
                </div>
            </Show>
        </div>
    }
}

#[component]
fn Missing(value: MissingValue, form: FormState, found: Found) -> impl IntoView {
    let MissingValue { path, message } = value;
    let message = message.unwrap_or_else(|| t!(install.needed_by_schema));
    if path.is_empty() {
        return view! { <li class="break-words">{message}</li> }.into_any();
    }
    let keys: Vec<String> = path.split('.').map(str::to_owned).collect();
    let target = path.clone();
    let reveal = move |_| {
        form.reveal(&target);
    };
    view! {
        <li>
            <button type="button" class="text-left break-words hover:underline max-md:min-h-10" on:click=reveal>
                <code class="font-mono text-[12.5px] font-medium">{path}</code> " — " {message}
            </button>
            <FoundValues path=keys shown=String::new() found=found/>
        </li>
    }
    .into_any()
}

/// The messages for a missing value of a field.
pub(super) fn messages(missing: &[MissingValue], path: &str) -> Vec<String> {
    let of_field = missing.iter().filter(|value| value.path == path);
    let message = |value: &MissingValue| {
        let message = value.message.clone();
        message.unwrap_or_else(|| t!(install.needed_by_schema))
    };
    of_field.map(message).collect()
}
