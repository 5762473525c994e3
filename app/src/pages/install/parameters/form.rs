//! The form: a field for each scalar of the chart's schema, grouped by parent.

mod input;

use super::editor;
use crate::{
    parts::{Glyph, Icon, Tabs},
    words::t,
};
use input::Input;
use leptos::prelude::*;
use wire::install::{Edit, FieldView, ParametersView};

/// The tab that shows the changed fields only.
const CHANGED_ONLY: usize = 1;

/// The pane of the form.
#[component]
pub(super) fn FormPane() -> impl IntoView {
    let editor = editor();
    let query = RwSignal::new(String::new());
    let tab = RwSignal::new(0);
    let changed = editor.view.with_untracked(|view| view.changed);
    let invalid = Memo::new(move |_| editor.view.with(|view| view.fields.is_empty()));
    let without_fields = move || {
        let has_faults = editor.view.with(|view| !view.faults.is_empty());
        if has_faults {
            t!(install.form_disabled)
        } else {
            t!(install.no_form)
        }
    };
    let rows = Memo::new(move |_| {
        let (query, changed_only) = (query.get().to_lowercase(), tab.get() == CHANGED_ONLY);
        editor
            .view
            .with(|view| matching_fields(view, &query, changed_only))
    });
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(install.form)>
            <Tabs label=t!(install.form) tabs=vec![t!(install.form), t!(install.only_changed)] selected=tab/>
            <Search query=query/>
            <Show
                when=move || !invalid.get()
                fallback=move || view! { <p class="px-4 py-6 text-[13px] text-ink-3">{without_fields()}</p> }
            >
                <div class="max-h-[70vh] overflow-auto">
                    <For each=move || rows.get() key=Clone::clone let:row>
                        <Field path=row.0 starts_group=row.1/>
                    </For>
                    <Show when=move || editor.view.with(|view| view.is_truncated)>
                        <p class="px-4 py-3 text-[13px] text-ink-2 border-t border-line" role="note">
                            {t!(install.form_truncated)}
                        </p>
                    </Show>
                    <Show when=move || rows.get().is_empty()>
                        <p class="px-4 py-6 text-[13px] text-ink-3">
                            {if changed == 0 { t!(install.none_changed) } else { t!(install.no_parameters_match) }}
                        </p>
                    </Show>
                </div>
            </Show>
        </section>
    }
}

/// The paths of the matching fields, each with whether it starts a new group.
fn matching_fields(
    view: &ParametersView,
    query: &str,
    changed_only: bool,
) -> Vec<(Vec<String>, bool)> {
    let matches = |field: &&FieldView| {
        (!changed_only || field.value.is_some())
            && (query.is_empty()
                || field.path.join(".").to_lowercase().contains(query)
                || field.description.to_lowercase().contains(query))
    };
    let mut group: Option<&[String]> = None;
    let mut paths = Vec::new();
    for field in view.fields.iter().filter(matches) {
        let parents = field
            .path
            .split_last()
            .map_or(&[][..], |(_, parents)| parents);
        paths.push((field.path.clone(), group != Some(parents)));
        group = Some(parents);
    }
    paths
}

#[component]
fn Search(query: RwSignal<String>) -> impl IntoView {
    let editor = editor();
    let changed = move || editor.view.with(|view| view.changed);
    view! {
        <label class="flex items-center gap-2 px-4 py-2 border-b border-line text-[13px] text-ink-3">
            <Icon glyph=Glyph::Search/>
            <span class="sr-only">{t!(install.find_parameter)}</span>
            <input
                type="search"
                class="flex-1 h-7 max-md:h-10 bg-surface text-ink"
                placeholder=t!(install.find_parameter)
                prop:value=query
                on:input=move |event| query.set(event_target_value(&event))
            />
            <span class="tabular">{move || t!(install.changed_n, n = changed())}</span>
        </label>
    }
}

#[component]
fn Field(path: Vec<String>, starts_group: bool) -> impl IntoView {
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
    let parents = path.split_last().map(|(_, parents)| parents.join("."));
    let group = parents.filter(|_| starts_group);
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
    // The input stays while its value changes, and with it the focus.
    let kind = field.get_untracked().map(|field| field.kind);
    let input = kind.map(|kind| {
        let done = Callback::new(move |()| editor.flush());
        view! { <Input id=id.clone() kind=kind value=value set=set done=done/> }
    });
    view! {
        {group.map(|group| {
            view! { <h3 class="px-4 py-1.5 font-mono text-[12px] text-ink-3 bg-sunken border-b border-line break-words">{group}</h3> }
        })}
        <div class="grid md:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)_64px] items-start gap-x-4 gap-y-1.5 px-4 py-2.5 border-b border-line last:border-b-0">
            <div class="min-w-0 text-[13px]">
                <label class="font-medium break-words" for=id.clone()>{label}</label>
                <p id=format!("{id}-about") class="text-[12px] text-ink-3">{move || field.get().map(|field| description(&field))}</p>
            </div>
            <div class="min-w-0">
                {input}
                {move || field.get().map(|field| view! { <OverriddenDefault field=field/> })}
            </div>
            <div class="md:text-right">
                <Origin field=field reset=reset/>
            </div>
        </div>
    }
}

/// The description of a field, and whether it is required.
fn description(field: &FieldView) -> String {
    if field.required {
        format!("{} {}", field.description, t!(install.required))
    } else {
        field.description.clone()
    }
}

/// The default of a field whose value overrides it.
#[component]
fn OverriddenDefault(field: FieldView) -> impl IntoView {
    let default = field.default.filter(|_| field.value.is_some());
    default.map(|default| {
        view! { <p class="mt-1 text-[12px] text-ink-3">{t!(install.default)} " " <code class="font-mono">{default.text()}</code></p> }
    })
}

/// The origin of the value: the chart's default, or the operator, with a button that resets it.
#[component]
fn Origin(field: Memo<Option<FieldView>>, reset: Callback<()>) -> impl IntoView {
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
                {t!(install.origin_you)}
                <span class="sr-only">{t!(install.reset)}</span>
            </button>
        </Show>
    }
}
