//! The form: a field for each scalar of the chart's schema and of its default values, in groups by parent.

mod field;
mod groups;
mod input;

use super::{Editing, editor};
use crate::{
    editor::Place,
    parts::{Glyph, Icon, Pill, Tabs, Tone, tw},
    words::{count, t},
};
use field::Field;
use groups::{Filter, Group, group_name, groups, open_at_first};
use leptos::prelude::*;
use std::collections::HashSet;

/// The tab that shows the changed fields only.
const CHANGED_ONLY: usize = 1;

/// What the form shows. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct FormState {
    query: RwSignal<String>,
    tab: RwSignal<usize>,
    /// The names of the open groups.
    open: RwSignal<HashSet<String>>,
    editor: Editing,
}

impl FormState {
    /// The state of a form that was just opened.
    pub(super) fn new() -> Self {
        let editor = editor();
        let open = editor.view.with_untracked(open_at_first);
        Self {
            query: RwSignal::default(),
            tab: RwSignal::new(0),
            open: RwSignal::new(open),
            editor,
        }
    }

    fn filter(self) -> Filter {
        Filter {
            query: self.query.get().trim().to_lowercase(),
            changed_only: self.tab.get() == CHANGED_ONLY,
        }
    }

    /// Opens the group of a field and moves the focus to the field; false when the form has no such field.
    pub(super) fn reveal(self, path: &str) -> bool {
        let editor = self.editor;
        let found = editor.view.with_untracked(|view| {
            let mut fields = view.fields.iter();
            let field = fields.find(|field| field.path.join(".") == path);
            field.map(|field| field.path.clone())
        });
        let Some(path) = found else { return false };
        self.query.set(String::new());
        self.tab.set(0);
        self.open.update(|open| {
            open.insert(group_name(&path));
        });
        editor.focus.set(Some((Place::Field(path), 0)));
        true
    }
}

/// The pane of the form.
#[component]
pub(super) fn FormPane(form: FormState) -> impl IntoView {
    let editor = editor();
    let is_empty = Memo::new(move |_| editor.view.with(|view| view.fields.is_empty()));
    let without_fields = move || {
        let has_faults = editor.view.with(|view| !view.faults.is_empty());
        if has_faults {
            t!(install.form_disabled)
        } else {
            t!(install.no_form)
        }
    };
    let shown = Memo::new(move |_| {
        let filter = form.filter();
        editor.view.with(|view| groups(view, &filter))
    });
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=t!(install.form)>
            <Tabs label=t!(install.form) tabs=vec![t!(install.form), t!(install.only_changed)] selected=form.tab/>
            <Search query=form.query/>
            <Show
                when=move || !is_empty.get()
                fallback=move || view! { <p class="px-4 py-6 text-[13px] text-ink-3">{without_fields()}</p> }
            >
                <Contents form=form/>
                <div class="max-h-[70vh] overflow-auto">
                    <For each=move || shown.get() key=|group| group.name.clone() let:group>
                        <GroupSection name=group.name form=form shown=shown/>
                    </For>
                    <Notes shown=shown/>
                </div>
            </Show>
        </section>
    }
}

/// What is said below the fields: what they come from, what is left out, or that none matches.
#[component]
fn Notes(shown: Memo<Vec<Group>>) -> impl IntoView {
    let editor = editor();
    let changed = move || editor.view.with(|view| view.changed);
    let note = tw("px-4 py-3 text-[13px] text-ink-2 border-t border-line first:border-t-0");
    view! {
        <Show when=move || editor.view.with(|view| view.is_truncated)>
            <p class=note role="note">{t!(install.form_truncated)}</p>
        </Show>
        <Show when=move || editor.view.with(|view| view.is_inferred)>
            <p class=note role="note">{t!(install.form_inferred)}</p>
        </Show>
        <Show when=move || shown.with(Vec::is_empty)>
            <p class="px-4 py-6 text-[13px] text-ink-3" role="status">
                {move || if changed() == 0 { t!(install.none_changed) } else { t!(install.no_parameters_match) }}
            </p>
        </Show>
    }
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

/// The table of contents: the groups of the whole form. A choice opens a group and moves the focus to its first
/// field.
#[component]
fn Contents(form: FormState) -> impl IntoView {
    let editor = editor();
    let all = Memo::new(move |_| editor.view.with(|view| groups(view, &Filter::default())));
    let choose = move |event: web_sys::Event| {
        let name = event_target_value(&event);
        let first = all.with_untracked(|all| {
            let group = all.iter().find(|group| group.name == name);
            group.and_then(|group| group.fields.first().cloned())
        });
        if let Some(first) = first {
            form.reveal(&first.join("."));
        }
    };
    let option = |group: Group| {
        let label = contents_label(&group);
        view! { <option value=group.name>{label}</option> }
    };
    let toggle_all = move |_| {
        let names = all.with_untracked(|all| all.iter().map(|group| group.name.clone()).collect());
        form.open.update(|open| {
            if open.is_empty() {
                *open = names;
            } else {
                open.clear();
            }
        });
    };
    view! {
        <Show when=move || all.with(|all| all.len() > 1)>
            <div class="flex items-center gap-2 px-4 py-1.5 border-b border-line text-[12px] text-ink-2">
                <label class="flex items-center gap-2 min-w-0 flex-1">
                    <span class="whitespace-nowrap">{t!(install.go_to_group)}</span>
                    <select
                        class="min-w-0 flex-1 h-7 max-md:h-10 px-2 font-mono text-[12px] bg-surface border border-field rounded-[4px]"
                        on:change=choose
                    >
                        {move || all.get().into_iter().map(option).collect_view()}
                    </select>
                </label>
                <button type="button" class="h-7 max-md:h-10 px-2 font-medium text-span hover:underline whitespace-nowrap" on:click=toggle_all>
                    {move || if form.open.with(HashSet::is_empty) { t!(install.expand_groups) } else { t!(install.collapse_groups) }}
                </button>
            </div>
        </Show>
    }
}

/// The label of a group in the table of contents: its title, its number of fields and of missing values.
fn contents_label(group: &Group) -> String {
    let (title, fields) = (title(&group.name), group.fields.len());
    if group.missing == 0 {
        return format!("{title} ({fields})");
    }
    let missing = count!(install.group_missing, n = group.missing);
    format!("{title} ({fields}, {missing})")
}

/// The title of a group.
fn title(name: &str) -> String {
    if name.is_empty() {
        t!(install.top_group)
    } else {
        name.to_owned()
    }
}

/// The number of the fields of a group, and how many of them are set.
fn fields_of(group: &Group) -> String {
    let fields = group.fields.len();
    if group.changed == 0 {
        fields.to_string()
    } else {
        t!(install.group_set, n = group.changed, all = fields)
    }
}

/// A group: a button with its counts, and its fields while it is open.
#[component]
fn GroupSection(name: String, form: FormState, shown: Memo<Vec<Group>>) -> impl IntoView {
    let name = StoredValue::new(name);
    let group = Memo::new(move |_| {
        shown.with(|groups| {
            let found = groups
                .iter()
                .find(|group| name.with_value(|name| group.name == *name));
            found.cloned()
        })
    });
    let is_open = Memo::new(move |_| {
        form.filter().is_active() || form.open.with(|open| open.contains(&name.get_value()))
    });
    let toggle = move |_| {
        form.open.update(|open| {
            let name = name.get_value();
            if !open.remove(&name) {
                open.insert(name);
            }
        });
    };
    let errors =
        Memo::new(move |_| group.with(|group| group.as_ref().map_or(0, |group| group.errors)));
    let missing =
        Memo::new(move |_| group.with(|group| group.as_ref().map_or(0, |group| group.missing)));
    let id = format!("group-{}", name.get_value());
    view! {
        <h3 class="border-b border-line bg-sunken">
            <button
                type="button"
                class="flex items-center gap-2 w-full px-4 py-1.5 max-md:min-h-10 text-left font-mono text-[12px] text-ink-2 hover:text-ink"
                aria-expanded=move || is_open.get().to_string()
                aria-controls=id.clone()
                on:click=toggle
            >
                <span aria-hidden="true" class="w-3">{move || if is_open.get() { "▾" } else { "▸" }}</span>
                <span class="flex-1 min-w-0 break-words">{title(&name.get_value())}</span>
                <Show when=move || errors.get() != 0>
                    <span class="font-sans text-bad">{move || count!(install.group_errors, n = errors.get())}</span>
                </Show>
                <Show when=move || missing.get() != 0>
                    <span class="font-sans"><Pill tone=Tone::Warn>{move || count!(install.group_missing, n = missing.get())}</Pill></span>
                </Show>
                <span class="font-sans tabular text-ink-3">{move || group.get().map(|group| fields_of(&group))}</span>
            </button>
        </h3>
        <div id=id>
            <Show when=move || is_open.get()>
                <For each=move || group.get().map(|group| group.fields).unwrap_or_default() key=Clone::clone let:path>
                    <Field path=path/>
                </For>
            </Show>
        </div>
    }
}
