//! A field of the form.

use super::{
    super::{
        Editing, editor,
        found::{Found, FoundValues},
        missing,
    },
    input::Input,
};
use crate::{
    parts::{Pill, Tone},
    words::t,
};
use leptos::prelude::*;
use wire::{
    install::{Edit, FieldView, ParametersView},
    values_merge::KeyOrigin,
};

/// One field: its key, its help, its input, its errors and the origin of its value.
#[component]
pub(super) fn Field(path: Vec<String>) -> impl IntoView {
    let editor = editor();
    let field_path = path.clone();
    let field = Memo::new(move |_| {
        let find = |view: &ParametersView| {
            let mut fields = view.fields.iter();
            fields.find(|field| field.path == field_path).cloned()
        };
        editor.view.with(find)
    });
    let id = path.join(".");
    let keys = path.clone();
    let label = path.last().cloned().unwrap_or_default();
    let set = {
        let path = path.clone();
        Callback::new(move |value| {
            let path = path.clone();
            editor.set(Edit::Set { path, value });
        })
    };
    let reset = Callback::new(move |()| {
        let path = path.clone();
        editor.set(Edit::Reset { path });
        editor.flush();
    });
    let value = Memo::new(move |_| {
        let value = field.get().map(|field| editor.value_of(&field));
        value.unwrap_or_default()
    });
    let errors = Memo::new({
        let path = id.clone();
        move |_| editor.view.with(|view| messages(view, &path))
    });
    let invalid = Memo::new(move |_| errors.with(|errors| !errors.is_empty()));
    let required = Memo::new(move |_| field.get().is_some_and(|field| field.required));
    // The input stays while its value changes, and with it the focus.
    let kind = field.get_untracked().map(|field| field.kind);
    let input = kind.map(|kind| {
        let done = Callback::new(move |()| editor.flush());
        view! { <Input id=id.clone() kind=kind value=value invalid=invalid required=required set=set done=done/> }
    });
    let found = expect_context::<Found>();
    let found_values = view! { <FoundValues path=keys shown=value found=found/> };
    view! {
        <div class="grid md:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)_104px] items-start gap-x-4 gap-y-1.5 px-4 py-2.5 border-b border-line last:border-b-0">
            <Label id=id.clone() label=label field=field/>
            <div class="min-w-0">
                {input}
                <p id=format!("{id}-error") class="mt-1 text-[12px] text-bad break-words empty:hidden">
                    {move || errors.get().join(" ")}
                </p>
                {found_values}
                {move || field.get().map(|field| view! { <OverriddenDefault field=field/> })}
            </div>
            <div class="md:text-right">
                <Origin field=field reset=reset/>
            </div>
        </div>
    }
}

/// The key of a field, whether it is required, and its help.
#[component]
fn Label(id: String, label: String, field: Memo<Option<FieldView>>) -> impl IntoView {
    let editor = editor();
    let required = Memo::new(move |_| field.get().is_some_and(|field| field.required));
    let path = id.clone();
    let is_missing =
        move |view: &ParametersView| view.missing.iter().any(|value| value.path == path);
    let is_missing = Memo::new(move |_| editor.view.with(&is_missing));
    let tone = move || {
        if is_missing.get() {
            Tone::Warn
        } else {
            Tone::Plain
        }
    };
    view! {
        <div class="min-w-0 text-[13px]">
            <span class="flex flex-wrap items-center gap-x-2 gap-y-0.5">
                <label class="font-medium break-words min-w-0" for=id.clone()>{label}</label>
                <Show when=move || required.get()>
                    <Pill tone=Signal::derive(tone)>{t!(install.required)}</Pill>
                </Show>
            </span>
            <p id=format!("{id}-about") class="text-[12px] text-ink-3">{move || field.get().map(|field| field.description)}</p>
        </div>
    }
}

/// The messages of the errors of a value.
fn messages(view: &ParametersView, path: &str) -> Vec<String> {
    let errors = view.faults.iter().filter(|error| error.path == path);
    let errors = errors.map(|error| error.message.clone());
    errors
        .chain(missing::messages(&view.missing, path))
        .collect()
}

/// The default of a field whose value overrides it.
#[component]
fn OverriddenDefault(field: FieldView) -> impl IntoView {
    let default = field.default.filter(|_| field.value.is_some());
    default.map(|default| {
        view! { <p class="mt-1 text-[12px] text-ink-3">{t!(install.default)} " " <code class="font-mono">{default.text()}</code></p> }
    })
}

/// The origin of a value of the operator: this draft, or the revision that is upgraded.
fn own_origin(editor: Editing, field: &FieldView) -> String {
    let is_previous = editor.view.with(|view| {
        let keys = view.merge.iter().flat_map(|merge| &merge.keys);
        let mut of_field = keys.filter(|key| key.path == field.path);
        of_field.any(|key| key.origin == KeyOrigin::Previous)
    });
    if is_previous {
        t!(install.origin_previous)
    } else {
        t!(install.origin_you)
    }
}

/// The origin of the value: the chart's default, the cluster on which it was found, or the operator, with a button
/// that resets it.
#[component]
fn Origin(field: Memo<Option<FieldView>>, reset: Callback<()>) -> impl IntoView {
    let (editor, found) = (editor(), expect_context::<Found>());
    let overridden = move || field.get().is_some_and(|field| field.value.is_some());
    view! {
        <Show
            when=overridden
            fallback=|| view! { <span class="text-[11px] text-ink-3 border border-line rounded-[4px] px-1.5">{t!(install.origin_default)}</span> }
        >
            <button
                type="button"
                class="text-[11px] font-medium text-span bg-span-soft border border-span-line rounded-[4px] px-1.5 hover:underline"
                title=t!(install.reset)
                on:click=move |_| reset.run(())
            >
                {move || field.get().map(|field| found.origin(&field).unwrap_or_else(|| own_origin(editor, &field)))}
                <span class="sr-only">{t!(install.reset)}</span>
            </button>
        </Show>
    }
}
