//! The palette: opens a page, a cluster, a mesh, a release or a chart, or executes an action, by a few letters of
//! its name.
//!
//! ⌘K, Ctrl K or `/` opens it from every page, Enter opens the selected entry. The entries are loaded when it
//! is first opened. Start at [`Palette`]; [`entry`] selects and sorts the entries, [`window`] shows them.

mod actions;
mod entry;
mod window;

use crate::{
    api,
    help::{Help, help, is_typing},
    live::stream,
    parts::{Glyph, Icon},
    urls::{self, Page},
    words::t,
};
use actions::action_entries;
use entry::{Entry, Group, best_matches};
use leptos::{ev, prelude::*};
use window::Window;
use wire::{catalog::CatalogRequest, mesh::MeshRow};

/// The charts that the palette searches at most; the catalog's own search has no limit.
const MAX_CHARTS: u32 = 500;

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
    let loaded = load_when_open(open);
    let palette = PaletteContext {
        open,
        query,
        selected: RwSignal::new(0),
        help: help(),
        matches: Memo::new(move |_| best_matches(&entries(&loaded.get()), &query.get())),
    };
    open_by_key(open);
    view! {
        <button
            type="button"
            class="inline-flex items-center gap-2 h-8 max-md:size-10 max-md:justify-center md:flex-1 md:max-w-[340px] md:min-w-[120px] px-2.5 md:bg-sunken rounded-[6px] text-[13px] text-ink-3 hover:text-ink"
            aria-label=t!(palette.title)
            aria-haspopup="dialog"
            on:click=move |_| open.set(true)
        >
            <Icon glyph=Glyph::Search/>
            <span class="max-md:hidden truncate">{t!(palette.hint)}</span>
            <kbd class="max-md:hidden ml-auto px-1.5 text-[11px] border border-line-strong rounded-[4px] bg-surface">"Ctrl K"</kbd>
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

/// The entries of meshes, releases and charts, loaded each time that the palette is opened.
fn load_when_open(open: RwSignal<bool>) -> RwSignal<Vec<Entry>> {
    let loaded = RwSignal::new(Vec::new());
    let load = Action::new_local(move |(): &()| async move {
        loaded.set(load_entries().await);
    });
    Effect::new(move |_| {
        if open.get() {
            load.dispatch(());
        }
    });
    loaded
}

async fn load_entries() -> Vec<Entry> {
    let request = CatalogRequest {
        limit: MAX_CHARTS,
        ..CatalogRequest::default()
    };
    let (meshes, releases, catalog) = (
        api::meshes::meshes().await,
        api::releases::releases().await,
        api::catalog::catalog(request).await,
    );
    let meshes = meshes.unwrap_or_default().into_iter().map(mesh_entry);
    let releases = releases.map(|found| found.rows).unwrap_or_default();
    let releases = releases.into_iter().map(|row| Entry {
        group: Group::Release,
        name: row.at.release.to_string(),
        location: format!("{} · {}", row.at.cluster, row.at.namespace),
        ..Entry::opens(urls::release(&row.at))
    });
    let charts = catalog.map(|found| found.charts).unwrap_or_default();
    let charts = charts.into_iter().map(|card| Entry {
        group: Group::Chart,
        name: card.chart.to_string(),
        location: card.repository.to_string(),
        ..Entry::opens(urls::chart(&card.repository, &card.chart))
    });
    meshes.chain(releases).chain(charts).collect()
}

fn mesh_entry(row: MeshRow) -> Entry {
    let clusters = std::iter::once(row.primary).chain(row.remotes);
    let clusters: Vec<String> = clusters.map(|cluster| cluster.to_string()).collect();
    Entry {
        group: Group::Mesh,
        location: clusters.join(", "),
        name: row.name.to_string(),
        ..Entry::opens(urls::mesh(&row.name))
    }
}

/// All entries: pages, clusters, and the loaded meshes, releases and charts.
fn entries(loaded: &[Entry]) -> Vec<Entry> {
    let frame = stream().frame.get();
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
        .chain(loaded.iter().cloned())
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
    use wire::{ClusterName, MeshName};

    #[test]
    fn a_mesh_is_found_by_its_name_and_opens_its_page() {
        let cluster = |name: &str| ClusterName::new(name).expect("a name");
        let mesh = mesh_entry(MeshRow {
            name: MeshName::new("production").expect("a name"),
            primary: cluster("east"),
            remotes: vec![cluster("west")],
            done: Some(1),
            steps: 6,
            health: None,
        });
        let entries: Vec<Entry> = page_entries().chain([mesh]).collect();
        let found = best_matches(&entries, "prod");
        let first = found.first().expect("the mesh");
        assert_eq!(first.group, Group::Mesh);
        assert_eq!(
            (first.url.as_str(), first.location.as_str()),
            ("/meshes/production", "east, west")
        );
    }

    #[test]
    fn the_form_for_a_new_mesh_is_found() {
        let entries: Vec<Entry> = page_entries().collect();
        let found = best_matches(&entries, "new mesh");
        assert_eq!(found.first().expect("the page").url, urls::NEW_MESH);
    }
}
