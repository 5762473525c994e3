//! The entries that the server finds: meshes, and the releases and charts that match the query best.
//!
//! One search runs at a time. What is typed meanwhile is searched next, so a slow server is asked less often.
//! Start at [`search_when_open`].

use super::entry::{Entry, Group};
use crate::{api, urls, words::t};
use leptos::prelude::*;
use wire::{
    catalog::CatalogRequest,
    list::ListRequest,
    mesh::MeshRow,
    release::{ReleaseRow, ReleaseSort, ReleasesRequest},
};

/// The number of releases and of charts that the server returns.
const MAX_FOUND: u32 = 20;

/// The entries for the query while the palette is open; those of the last query until they are known.
pub(super) fn search_when_open(
    open: RwSignal<bool>,
    query: RwSignal<String>,
) -> RwSignal<Vec<Entry>> {
    let found = RwSignal::new(Vec::new());
    let search = Action::new_local(move |words: &String| {
        let words = words.clone();
        async move {
            found.set(search(words.clone()).await);
            words
        }
    });
    Effect::new(move |_| {
        // When a search ends, another query is searched.
        let is_running = search.pending().get();
        let (is_open, words) = (open.get(), query.get());
        let searched = search.value().get_untracked();
        if !is_open {
            // The releases may change until the palette is opened again.
            search.clear();
        } else if !is_running && searched.as_ref() != Some(&words) {
            search.dispatch(words);
        }
    });
    found
}

async fn search(words: String) -> Vec<Entry> {
    let charts = CatalogRequest {
        words: words.clone(),
        limit: MAX_FOUND,
        ..CatalogRequest::default()
    };
    let (meshes, releases, charts) = (
        api::meshes::meshes().await,
        api::releases::release_list(releases_request(words)).await,
        api::catalog::catalog(charts).await,
    );
    let meshes = meshes.unwrap_or_default();
    let services: Vec<Entry> = meshes.iter().map(services_entry).collect();
    let meshes = meshes.into_iter().map(mesh_entry).chain(services);
    let releases = releases.map(|found| found.list.rows).unwrap_or_default();
    let charts = charts.map(|found| found.charts).unwrap_or_default();
    let charts = charts.into_iter().map(|card| Entry {
        group: Group::Chart,
        name: card.chart.to_string(),
        location: card.repository.to_string(),
        ..Entry::opens(urls::chart(&card.repository, &card.chart))
    });
    let releases = releases.into_iter().map(release_entry);
    meshes.chain(releases).chain(charts).collect()
}

/// The best matches; the newest releases for an empty query.
fn releases_request(words: String) -> ReleasesRequest {
    let request = ListRequest::first(MAX_FOUND);
    if words.trim().is_empty() {
        return request;
    }
    ReleasesRequest {
        words,
        ..request.sorted_by(ReleaseSort::Match)
    }
}

fn release_entry(row: ReleaseRow) -> Entry {
    let chart = row.chart.map(|chart| format!(" · {chart}"));
    let chart = chart.unwrap_or_default();
    Entry {
        group: Group::Release,
        name: row.at.release.to_string(),
        location: format!("{} · {}{chart}", row.at.cluster, row.at.namespace),
        ..Entry::opens(urls::release(&row.at))
    }
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

/// The list of the Services of a mesh.
fn services_entry(row: &MeshRow) -> Entry {
    Entry {
        name: t!(service.of_mesh, mesh = row.name.to_string()),
        ..Entry::opens(urls::mesh_services(&row.name))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::entry::best_matches, *};
    use wire::{ClusterName, MeshName, list::Order};

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
        let entries = [Entry::opens(urls::NEW_MESH.to_owned()), mesh];
        let found = best_matches(&entries, "prod");
        let first = found.first().expect("the mesh");
        assert_eq!(first.group, Group::Mesh);
        assert_eq!(
            (first.url.as_str(), first.location.as_str()),
            ("/meshes/production", "east, west")
        );
    }

    #[test]
    fn a_query_asks_for_the_best_matches_and_an_empty_one_for_the_newest() {
        let asked = releases_request("shop".to_owned());
        assert_eq!(
            (asked.words.as_str(), asked.sort, asked.order, asked.limit),
            ("shop", ReleaseSort::Match, Order::Ascending, MAX_FOUND)
        );
        assert_eq!(releases_request(" ".to_owned()).sort, ReleaseSort::Changed);
    }
}
