//! The form: a field for each scalar of the chart's schema, grouped by its parents.

use super::desk;
use crate::{
    parts::{Glyph, Icon, Tabs, tw},
    words::t,
};
use leptos::prelude::*;
use wire::install::{Edit, FieldKind, FieldView, Scalar};

/// The form's pane.
#[component]
pub(super) fn FormPane() -> impl IntoView {
    let desk = desk();
    let wanted = RwSignal::new(String::new());
    let only_mine = RwSignal::new(0);
    let changed = desk.view.with_untracked(|view| view.changed);
    let unreadable = Memo::new(move |_| desk.view.with(|view| view.fields.is_empty()));
    // Each path that fits, and whether it begins a new group.
    let paths = Memo::new(move |_| {
        let (wanted, mine) = (wanted.get().to_lowercase(), only_mine.get() == 1);
        desk.view.with(|view| {
            let fits = |field: &&FieldView| {
                (!mine || field.value.is_some())
                    && (wanted.is_empty()
                        || field.path.join(".").to_lowercase().contains(&wanted)
                        || field.description.to_lowercase().contains(&wanted))
            };
            let mut group: Option<&[String]> = None;
            let mut paths = Vec::new();
            for field in view.fields.iter().filter(fits) {
                let own = field.path.split_last().map_or(&[][..], |(_, group)| group);
                paths.push((field.path.clone(), group != Some(own)));
                group = Some(own);
            }
            paths
        })
    });
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(install.form)>
            <Tabs label=t!(install.form) tabs=vec![t!(install.form), t!(install.only_changed)] selected=only_mine/>
            <label class="flex items-center gap-2 px-4 py-2 border-b border-line text-[13px] text-ink-3">
                <Icon glyph=Glyph::Search/>
                <span class="sr-only">{t!(install.find_parameter)}</span>
                <input
                    type="search"
                    class="flex-1 h-7 max-md:h-10 bg-surface text-ink"
                    placeholder=t!(install.find_parameter)
                    prop:value=wanted
                    on:input=move |event| wanted.set(event_target_value(&event))
                />
                <span class="tabular">{move || t!(install.changed_n, n = desk.view.with(|view| view.changed))}</span>
            </label>
            <Show
                when=move || !unreadable.get()
                fallback=|| view! { <p class="px-4 py-6 text-[13px] text-ink-3">{t!(install.form_disabled)}</p> }
            >
                <div class="max-h-[70vh] overflow-auto">
                    <For each=move || paths.get() key=Clone::clone let:row>
                        <Field path=row.0 first=row.1/>
                    </For>
                    <Show when=move || paths.get().is_empty()>
                        <p class="px-4 py-6 text-[13px] text-ink-3">
                            {if changed == 0 { t!(install.none_changed) } else { t!(catalog.no_match) }}
                        </p>
                    </Show>
                </div>
            </Show>
        </section>
    }
}

#[component]
fn Field(path: Vec<String>, first: bool) -> impl IntoView {
    let desk = desk();
    let own = path.clone();
    let field = Memo::new(move |_| {
        desk.view
            .with(|view| view.fields.iter().find(|field| field.path == own).cloned())
    });
    let id = path.join(".");
    let label = path.last().cloned().unwrap_or_default();
    let group = path
        .split_last()
        .map(|(_, group)| group.join("."))
        .filter(|_| first);
    let set = Callback::new({
        let path = path.clone();
        move |value| {
            desk.edit.run(Edit::Set {
                path: path.clone(),
                value,
            });
        }
    });
    let reset = move |_| desk.edit.run(Edit::Reset { path: path.clone() });
    let mine = move || field.get().is_some_and(|field| field.value.is_some());
    let default = move || {
        field
            .get()
            .and_then(|field| field.default)
            .map(|value| value.text())
    };
    let input = {
        let id = id.clone();
        move || {
            field
                .get()
                .map(|field| view! { <Input id=id.clone() field=field set=set/> })
        }
    };
    view! {
        {group.map(|group| {
            view! { <h3 class="px-4 py-1.5 font-mono text-[12px] text-ink-3 bg-sunken border-b border-line break-words">{group}</h3> }
        })}
        <div class="grid md:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)_64px] items-start gap-x-4 gap-y-1.5 px-4 py-2.5 border-b border-line last:border-b-0">
            <div class="min-w-0 text-[13px]">
                <label class="font-medium break-words" for=id.clone()>{label}</label>
                <p id=format!("{id}-about") class="text-[12px] text-ink-3">
                    {move || field.get().map(|field| field.description)}
                    {move || field.get().is_some_and(|field| field.required).then(|| format!(" {}", t!(install.required)))}
                </p>
            </div>
            <div class="min-w-0">
                {input}
                {move || {
                    mine().then(&default).flatten().map(|default| {
                        view! { <p class="mt-1 text-[12px] text-ink-3">{t!(install.default)} " " <code class="font-mono">{default}</code></p> }
                    })
                }}
            </div>
            <div class="md:text-right">
                <Show
                    when=mine
                    fallback=|| view! { <span class="text-[11px] text-ink-3 border border-line rounded-[4px] px-1.5">{t!(install.origin_default)}</span> }
                >
                    <button
                        type="button"
                        class="text-[11px] font-medium text-span bg-span-soft border border-span-line rounded-[4px] px-1.5 hover:underline"
                        title=t!(install.reset)
                        on:click=reset.clone()
                    >
                        {t!(install.origin_you)}
                        <span class="sr-only">{t!(install.reset)}</span>
                    </button>
                </Show>
            </div>
        </div>
    }
}

const BOX: &str = tw(
    "h-[30px] max-md:h-10 w-full px-2.5 font-mono text-[13px] bg-surface border border-field rounded-[4px]",
);

#[component]
fn Input(id: String, field: FieldView, set: Callback<Scalar>) -> impl IntoView {
    let about = format!("{id}-about");
    let now = field
        .value
        .clone()
        .or_else(|| field.default.clone())
        .map(|value| value.text())
        .unwrap_or_default();
    match field.kind {
        FieldKind::Bool => view! {
            <input
                id=id.clone()
                aria-label=id
                aria-describedby=about
                type="checkbox"
                role="switch"
                prop:checked=now == "true"
                on:change=move |event| set.run(Scalar::Bool(event_target_checked(&event)))
            />
        }
        .into_any(),
        FieldKind::OneOf(words) => view! {
            <select
                id=id.clone()
                aria-label=id
                aria-describedby=about
                class=BOX
                on:change=move |event| set.run(Scalar::Text(event_target_value(&event)))
            >
                {words
                    .into_iter()
                    .map(|word| {
                        let on = word == now;
                        view! { <option value=word.clone() selected=on>{word.clone()}</option> }
                    })
                    .collect_view()}
            </select>
        }
        .into_any(),
        FieldKind::Number => view! {
            <input
                id=id.clone()
                aria-label=id
                aria-describedby=about
                type="text"
                inputmode="decimal"
                autocomplete="off"
                class=BOX
                prop:value=now
                on:change=move |event| set.run(Scalar::Number(event_target_value(&event)))
            />
        }
        .into_any(),
        FieldKind::Text => view! {
            <input
                id=id.clone()
                aria-label=id
                aria-describedby=about
                type="text"
                autocomplete="off"
                spellcheck="false"
                class=BOX
                prop:value=now
                on:change=move |event| set.run(Scalar::Text(event_target_value(&event)))
            />
        }
        .into_any(),
    }
}
