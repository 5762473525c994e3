//! The palette: a page, a cluster, a release or a chart by a few of its letters.
//!
//! ⌘K, Ctrl K or `/` opens it from everywhere, Enter goes there. What it finds is asked for when it is
//! first opened. Start at [`Palette`]; which entries fit is decided in [`entry`].
mod entry;

use crate::{
    api,
    live::stream,
    parts::{Glyph, Icon, tw},
    routes,
    words::say,
};
use entry::{Entry, Group, best};
use leptos::{ev, html, prelude::*};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast as _;
use wire::catalog::CatalogRequest;

/// So many charts are looked through; the catalog's own search looks through all.
const MOST_CHARTS: u32 = 500;

/// What the palette's parts share.
#[derive(Clone, Copy)]
struct Desk {
    open: RwSignal<bool>,
    wanted: RwSignal<String>,
    /// Which of the found entries is chosen.
    at: RwSignal<usize>,
    found: Memo<Vec<Entry>>,
}

/// The button in the top bar, and the dialog it opens.
#[component]
pub(crate) fn Palette() -> impl IntoView {
    let open = RwSignal::new(false);
    let wanted = RwSignal::new(String::new());
    let asked = asked(open);
    let found = Memo::new(move |_| best(&entries(&asked.get()), &wanted.get()));
    let at = RwSignal::new(0);
    let desk = Desk {
        open,
        wanted,
        at,
        found,
    };
    let heard = window_event_listener(ev::keydown, move |event| {
        let by_letter = event.key() == "k" && (event.ctrl_key() || event.meta_key());
        let by_slash = event.key() == "/" && !event.ctrl_key() && !is_typing(&event);
        if (by_letter || by_slash) && !open.get_untracked() {
            event.prevent_default();
            open.set(true);
        }
    });
    on_cleanup(move || heard.remove());
    view! {
        <button
            type="button"
            class="inline-flex items-center gap-2 h-8 max-md:size-10 max-md:justify-center md:w-[340px] px-2.5 md:bg-sunken rounded-[6px] text-[13px] text-ink-3 hover:text-ink"
            aria-label=say!(palette.title)
            aria-haspopup="dialog"
            on:click=move |_| open.set(true)
        >
            <Icon glyph=Glyph::Search/>
            <span class="max-md:hidden">{say!(palette.hint)}</span>
            <kbd class="max-md:hidden ml-auto px-1.5 text-[11px] border border-line-strong rounded-[4px] bg-surface">"Ctrl K"</kbd>
        </button>
        {view! { <Window desk=desk/> }.into_any()}
    }
    .into_any()
}

/// Whether the key belongs to a field that is being typed in.
fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let element = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    })
}

/// Releases and charts, asked for when the palette is first opened.
fn asked(open: RwSignal<bool>) -> RwSignal<Vec<Entry>> {
    let known = RwSignal::new(Vec::new());
    let ask = Action::new_local(move |(): &()| async move {
        let charts = CatalogRequest {
            limit: MOST_CHARTS,
            ..CatalogRequest::default()
        };
        let (releases, catalog) = (
            api::releases::releases().await,
            api::catalog::catalog(charts).await,
        );
        let mut entries = Vec::new();
        for row in releases.map(|found| found.rows).unwrap_or_default() {
            entries.push(Entry {
                group: Group::Release,
                name: row.at.release.to_string(),
                place: format!("{} · {}", row.at.cluster, row.at.namespace),
                to: routes::release(&row.at),
            });
        }
        for card in catalog.map(|found| found.charts).unwrap_or_default() {
            entries.push(Entry {
                group: Group::Chart,
                name: card.chart.to_string(),
                place: card.repository.to_string(),
                to: routes::chart(&card.repository, &card.chart),
            });
        }
        known.set(entries);
    });
    Effect::new(move |_| {
        if open.get() {
            ask.dispatch(());
        }
    });
    known
}

/// Everything that can be opened now.
fn entries(asked: &[Entry]) -> Vec<Entry> {
    let page = |name: String, to: &str| Entry {
        group: Group::Page,
        name,
        place: String::new(),
        to: to.to_owned(),
    };
    let mut entries = vec![
        page(say!(frame.overview), "/"),
        page(say!(frame.clusters), "/clusters"),
        page(say!(frame.catalog), "/catalog"),
        page(say!(frame.repositories), "/repositories"),
        page(say!(frame.releases), "/releases"),
        page(say!(frame.jobs), "/jobs"),
    ];
    let frame = stream().frame.get().unwrap_or_default();
    entries.extend(frame.clusters.into_iter().map(|(name, _, _)| Entry {
        group: Group::Cluster,
        to: routes::cluster(&name),
        name: name.to_string(),
        place: String::new(),
    }));
    entries.extend_from_slice(asked);
    entries
}

#[component]
fn Window(desk: Desk) -> impl IntoView {
    let Desk {
        open, wanted, at, ..
    } = desk;
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            wanted.set(String::new());
            at.set(0);
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog
            node_ref=dialog
            class="mx-auto mt-[12vh] mb-auto w-[min(560px,calc(100vw-24px))] p-0 bg-raised text-ink border border-line rounded-[10px] shadow-float overflow-hidden"
            aria-label=say!(palette.title)
            on:close=move |_| open.set(false)
            on:click=move |event| {
                // The dialog itself is only hit beside what it shows.
                let hit = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlDialogElement>().ok());
                if hit.is_some() {
                    open.set(false);
                }
            }
        >
            <Show when=move || open.get()>
                <Field desk=desk/>
                <List desk=desk/>
            </Show>
        </dialog>
    }
}

#[component]
fn Field(desk: Desk) -> impl IntoView {
    let Desk {
        open,
        wanted,
        at,
        found,
    } = desk;
    let navigate = use_navigate();
    let step = move |by: isize| {
        let count = found.with_untracked(Vec::len);
        at.update(|at| *at = at.saturating_add_signed(by).min(count.saturating_sub(1)));
    };
    let pressed = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "ArrowDown" => {
            event.prevent_default();
            step(1);
        }
        "ArrowUp" => {
            event.prevent_default();
            step(-1);
        }
        "Enter" => {
            let chosen = found.with_untracked(|found| found.get(at.get_untracked()).cloned());
            let Some(entry) = chosen else { return };
            open.set(false);
            if event.ctrl_key() || event.meta_key() {
                let _ = window().open_with_url_and_target(&entry.to, "_blank");
            } else {
                navigate(&entry.to, Default::default());
            }
        }
        _ => {}
    };
    let active = move || {
        found
            .with(|found| !found.is_empty())
            .then(|| option_id(at.get()))
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
                aria-label=say!(palette.hint)
                aria-expanded="true"
                aria-controls="palette-found"
                aria-activedescendant=active
                placeholder=say!(palette.hint)
                prop:value=wanted
                on:input=move |event| {
                    wanted.set(event_target_value(&event));
                    at.set(0);
                }
                on:keydown=pressed
            />
        </label>
    }
}

fn option_id(number: usize) -> String {
    format!("palette-{number}")
}

#[component]
fn List(desk: Desk) -> impl IntoView {
    let Desk {
        open, at, found, ..
    } = desk;
    let rows = move || found.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <ul id="palette-found" role="listbox" class="max-h-[50vh] overflow-auto py-1.5" aria-label=say!(palette.found)>
            <For each=rows key=Clone::clone let:row>
                <Row number=row.0 entry=row.1 at=at open=open/>
            </For>
        </ul>
        <Show when=move || found.with(Vec::is_empty)>
            <p class="px-4 pb-4 text-[13px] text-ink-3" role="status">{say!(palette.nothing)}</p>
        </Show>
        <p class="max-md:hidden flex gap-4 px-4 py-2 border-t border-line text-[12px] text-ink-3">{say!(palette.keys)}</p>
    }
}

#[component]
fn Row(number: usize, entry: Entry, at: RwSignal<usize>, open: RwSignal<bool>) -> impl IntoView {
    let chosen = Memo::new(move |_| at.get() == number);
    let node = NodeRef::<html::Li>::new();
    Effect::new(move |_| {
        if let (true, Some(row)) = (chosen.get(), node.get()) {
            row.scroll_into_view_with_bool(false);
        }
    });
    let class = move || {
        if chosen.get() {
            tw(
                "flex items-center gap-2.5 mx-1.5 px-2.5 h-9 max-md:h-11 rounded-[6px] text-[13px] cursor-pointer bg-span-soft text-span",
            )
        } else {
            tw(
                "flex items-center gap-2.5 mx-1.5 px-2.5 h-9 max-md:h-11 rounded-[6px] text-[13px] cursor-pointer text-ink",
            )
        }
    };
    let (glyph, word) = match entry.group {
        Group::Page => (Glyph::Overview, say!(palette.page)),
        Group::Cluster => (Glyph::Clusters, say!(palette.cluster)),
        Group::Release => (Glyph::Releases, say!(palette.release)),
        Group::Chart => (Glyph::Catalog, say!(palette.chart)),
    };
    let navigate = use_navigate();
    let to = entry.to.clone();
    view! {
        <li
            node_ref=node
            id=option_id(number)
            role="option"
            class=class
            aria-selected=move || chosen.get().to_string()
            on:mousemove=move |_| at.set(number)
            on:click=move |_| {
                open.set(false);
                navigate(&to, Default::default());
            }
        >
            <Icon glyph=glyph/>
            <span class="truncate font-medium">{entry.name}</span>
            <span class="truncate text-ink-3">{entry.place}</span>
            <span class="ml-auto shrink-0 text-[12px] text-ink-3">{word}</span>
        </li>
    }
}
