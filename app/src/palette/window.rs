//! The dialog of the palette: a field for the query, and the matching entries.

use super::{
    PaletteContext,
    entry::{Entry, Group},
};
use crate::{
    parts::{Glyph, Icon, tw},
    urls,
    words::t,
};
use leptos::{html, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast as _;

/// The dialog.
#[component]
pub(super) fn Window(palette: PaletteContext) -> impl IntoView {
    let PaletteContext {
        open,
        query,
        selected,
        ..
    } = palette;
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            query.set(String::new());
            selected.set(0);
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            node_ref=dialog
            class="mx-auto mt-[12vh] mb-auto w-[min(560px,calc(100vw_-_24px))] p-0 bg-raised text-ink border border-line rounded-[10px] shadow-float overflow-hidden"
            aria-label=t!(palette.title)
            on:close=move |_| open.set(false)
            on:click=move |event| {
                // The target is the dialog itself only for a click outside of its content.
                let dialog = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlDialogElement>().ok());
                if dialog.is_some() {
                    open.set(false);
                }
            }
        >
            <Show when=move || open.get()>
                <QueryField palette=palette/>
                <Matches palette=palette/>
            </Show>
        </dialog>
    }
}

/// Handles the keys of the field: the arrows select, Enter opens.
fn key_handler(palette: PaletteContext) -> impl Fn(web_sys::KeyboardEvent) {
    let PaletteContext {
        open,
        selected,
        matches,
        help,
        ..
    } = palette;
    let navigate = use_navigate();
    let select = move |step: isize| {
        let last = matches.with_untracked(Vec::len).saturating_sub(1);
        selected.update(|index| *index = index.saturating_add_signed(step).min(last));
    };
    move |event| match event.key().as_str() {
        "ArrowDown" => {
            event.prevent_default();
            select(1);
        }
        "ArrowUp" => {
            event.prevent_default();
            select(-1);
        }
        "Enter" => {
            let index = selected.get_untracked();
            let entry = matches.with_untracked(|matches| matches.get(index).cloned());
            let Some(entry) = entry.filter(|entry| entry.refused.is_none()) else {
                return;
            };
            open.set(false);
            if let Some(command) = entry.command {
                command.execute(help);
            } else if event.ctrl_key() || event.meta_key() {
                let _ = window().open_with_url_and_target(&urls::absolute(&entry.url), "_blank");
            } else {
                navigate(&entry.url, Default::default());
            }
        }
        _ => {}
    }
}

#[component]
fn QueryField(palette: PaletteContext) -> impl IntoView {
    let PaletteContext {
        query,
        selected,
        matches,
        ..
    } = palette;
    let active_option = move || {
        let any = matches.with(|matches| !matches.is_empty());
        any.then(|| option_id(selected.get()))
    };
    view! {
        <label class="flex items-center gap-2.5 px-4 h-12 border-b border-line text-ink-3">
            <Icon glyph=Glyph::Search/>
            <input
                type="text"
                role="combobox"
                autofocus
                autocomplete="off"
                spellcheck="false"
                class="flex-1 min-w-0 h-11 bg-transparent text-[15px] text-ink outline-none"
                aria-label=t!(palette.hint)
                aria-expanded="true"
                aria-controls="palette-results"
                aria-activedescendant=active_option
                placeholder=t!(palette.hint)
                prop:value=query
                on:input=move |event| {
                    query.set(event_target_value(&event));
                    selected.set(0);
                }
                on:keydown=key_handler(palette)
            />
        </label>
    }
}

fn option_id(index: usize) -> String {
    format!("palette-{index}")
}

#[component]
fn Matches(palette: PaletteContext) -> impl IntoView {
    let matches = palette.matches;
    let rows = move || matches.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <ul id="palette-results" role="listbox" class="max-h-[50vh] overflow-auto py-1.5" aria-label=t!(palette.results)>
            <For each=rows key=Clone::clone let:row>
                <Match index=row.0 entry=row.1 palette=palette/>
            </For>
        </ul>
        <Show when=move || matches.with(Vec::is_empty)>
            <p class="px-4 pb-4 text-[13px] text-ink-3" role="status">{t!(palette.no_results)}</p>
        </Show>
        <p class="max-md:hidden flex gap-4 px-4 py-2 border-t border-line text-[12px] text-ink-3">{t!(palette.keys)}</p>
    }
}

fn label(group: Group) -> (Glyph, String) {
    match group {
        Group::Page => (Glyph::Overview, t!(palette.page)),
        Group::Action => (Glyph::Next, t!(palette.action)),
        Group::Cluster => (Glyph::Clusters, t!(palette.cluster)),
        Group::Mesh => (Glyph::Span, t!(palette.mesh)),
        Group::Release => (Glyph::Releases, t!(palette.release)),
        Group::Chart => (Glyph::Catalog, t!(palette.chart)),
    }
}

/// The classes of an entry.
fn row_class(is_selected: bool) -> &'static str {
    if is_selected {
        tw(
            "flex items-center gap-2.5 mx-1.5 px-2.5 h-9 max-md:h-11 rounded-[6px] text-[13px] cursor-pointer bg-span-soft text-span",
        )
    } else {
        tw(
            "flex items-center gap-2.5 mx-1.5 px-2.5 h-9 max-md:h-11 rounded-[6px] text-[13px] cursor-pointer text-ink",
        )
    }
}

#[component]
fn Match(index: usize, entry: Entry, palette: PaletteContext) -> impl IntoView {
    let PaletteContext {
        open,
        selected,
        help,
        ..
    } = palette;
    let is_selected = Memo::new(move |_| selected.get() == index);
    let node = NodeRef::<html::Li>::new();
    Effect::new(move |_| {
        if let (true, Some(row)) = (is_selected.get(), node.get()) {
            row.scroll_into_view_with_bool(false);
        }
    });
    let class = move || row_class(is_selected.get());
    let (glyph, group) = label(entry.group);
    let navigate = use_navigate();
    let Entry {
        url,
        command,
        refused,
        name,
        location,
        ..
    } = entry;
    let is_refused = refused.is_some();
    view! {
        <li
            node_ref=node
            id=option_id(index)
            role="option"
            class=class
            aria-selected=move || is_selected.get().to_string()
            on:mousemove=move |_| selected.set(index)
            aria-disabled=is_refused.then_some("true")
            on:click=move |_| {
                if is_refused {
                    return;
                }
                open.set(false);
                match command {
                    Some(command) => command.execute(help),
                    None => navigate(&url, Default::default()),
                }
            }
        >
            <Icon glyph=glyph/>
            <span class="truncate" class=("font-medium", !is_refused) class=("text-ink-3", is_refused)>{name}</span>
            <span class="truncate text-ink-3">{refused.unwrap_or(location)}</span>
            <span class="ml-auto shrink-0 text-[12px] text-ink-3">{group}</span>
        </li>
    }
}
