//! The palette: opens a page, a cluster, a mesh, a release or a chart, or executes an action, by a few letters of
//! its name.
//!
//! ⌘K, Ctrl K or `/` opens it from every page, Enter opens the selected entry. The server searches releases and
//! charts while the query is typed. Start at [`Palette`]; [`entry`] selects and sorts the entries, [`search`]
//! reads those of the server, [`window`] shows them.

mod actions;
mod entry;
mod search;
mod window;

use crate::{
    help::{Help, help, is_typing},
    live::stream,
    parts::{Glyph, Icon},
    urls::{self, Page},
    words::t,
};
use actions::action_entries;
use entry::{Entry, Group, best_matches};
use leptos::{ev, prelude::*};
use search::search_when_open;
use window::Window;
use wire::live::FrameView;

/// The state that the parts of the palette share.
#[derive(Clone, Copy)]
struct PaletteContext {
    open: RwSignal<bool>,
    query: RwSignal<String>,
    /// The index of the selected entry.
    selected: RwSignal<usize>,
    matches: Memo<Vec<Entry>>,
    /// The dialogs that actions open.
    help: Help,
}

/// The button in the top bar, and the dialog that it opens.
#[component]
pub(crate) fn Palette() -> impl IntoView {
    let open = RwSignal::new(false);
    let query = RwSignal::new(String::new());
    let found = search_when_open(open, query);
    let frame = stream().frame;
    let palette = PaletteContext {
        open,
        query,
        selected: RwSignal::new(0),
        help: help(),
        matches: Memo::new(move |_| {
            let entries = entries(frame.get(), &found.get());
            best_matches(&entries, &query.get())
        }),
    };
    open_by_key(open);
    view! {
        <button
            type="button"
            class="inline-flex items-center gap-2 h-8 max-md:size-10 max-md:justify-center md:flex-1 md:max-w-[340px] md:min-w-[120px] px-2.5 md:bg-sunken rounded-[6px] text-[13px] text-ink-3 hover:text-ink"
            aria-label=t!(palette.hint)
            aria-keyshortcuts="Control+K Meta+K"
            aria-haspopup="dialog"
            on:click=move |_| open.set(true)
        >
            <Icon glyph=Glyph::Search/>
            <span class="max-md:hidden truncate">{t!(palette.hint)}</span>
            <kbd aria-hidden="true" class="max-md:hidden ml-auto px-1.5 text-[11px] border border-line-strong rounded-[4px] bg-surface">"Ctrl K"</kbd>
        </button>
        {view! { <Window palette=palette/> }.into_any()}
    }
    .into_any()
}

/// Opens the palette by its keys, as long as the page is open.
fn open_by_key(open: RwSignal<bool>) {
    let listener = window_event_listener(ev::keydown, move |event| {
        let by_letter = event.key() == "k" && (event.ctrl_key() || event.meta_key());
        let by_slash = event.key() == "/" && !event.ctrl_key() && !is_typing(&event);
        if (by_letter || by_slash) && !open.get_untracked() {
            event.prevent_default();
            open.set(true);
        }
    });
    on_cleanup(move || listener.remove());
}

/// All entries: pages, clusters, and what the server has found.
fn entries(frame: Option<FrameView>, found: &[Entry]) -> Vec<Entry> {
    let permissions = frame.as_ref().map(|frame| frame.permissions);
    let frame = frame.unwrap_or_default();
    let clusters = frame.clusters.into_iter().map(|(name, _, _)| Entry {
        group: Group::Cluster,
        name: name.to_string(),
        ..Entry::opens(urls::cluster(&name))
    });
    page_entries()
        .chain(action_entries(permissions))
        .chain(clusters)
        .chain(found.iter().cloned())
        .collect()
}

/// Every page that opens from anywhere.
fn page_entries() -> impl Iterator<Item = Entry> {
    Page::ALL.into_iter().filter_map(|page| {
        Some(Entry {
            name: page.title()?,
            ..Entry::opens(page.path().to_owned())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_for_a_new_mesh_is_found() {
        let entries: Vec<Entry> = page_entries().collect();
        let found = best_matches(&entries, "new mesh");
        assert_eq!(found.first().expect("the page").url, urls::NEW_MESH);
    }
}
