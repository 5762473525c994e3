//! The catalog: the charts of all repositories, found by words, by repository and by where they stand.

use crate::{
    Action, Caller, Console, Error, installed_charts::InstalledCharts,
    repositories::REPOSITORY_TIMEOUT,
};
use catalog::{Entry, Listing, SearchFields, is_newer, rank};
use std::cmp::Reverse;
use wire::{
    ChartName, Repository,
    catalog::{CatalogRequest, CatalogView, ChartCard, Status},
};

/// The most cards that one answer holds.
const MAX_CARDS: u32 = 600;

impl Console {
    /// The charts that are wanted, those that fit best first.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn catalog(
        &self,
        caller: &Caller,
        request: CatalogRequest,
    ) -> Result<CatalogView, Error> {
        self.permitted(caller, Action::Read, async {
            let (listings, installed) = tokio::join!(
                self.catalog.listings(REPOSITORY_TIMEOUT),
                self.cached_installed_charts()
            );
            Ok(found(&listings, &installed, &request))
        })
        .await
    }
}

/// The charts of these repositories that are wanted.
fn found(
    listings: &[Listing],
    installed: &InstalledCharts,
    request: &CatalogRequest,
) -> CatalogView {
    let all = listings.iter().filter_map(|listing| listing.index.as_ref());
    let all: usize = all.map(|shelf| shelf.charts.len()).sum();
    let mut fitting: Vec<(u32, usize, ChartCard)> = Vec::new();
    for (place, listing) in listings.iter().enumerate() {
        let shelf = listing.index.iter().flat_map(|shelf| {
            shelf
                .charts
                .iter()
                .filter_map(|(name, versions)| Some((name, versions, shelf.newest(name)?)))
        });
        for (name, versions, newest) in shelf {
            let text = SearchFields {
                name: name.as_str(),
                description: &newest.description,
                keywords: &newest.keywords,
            };
            if let Some(rank) = rank(&request.words, text) {
                let card = card(&listing.repository, name, versions.len(), newest, installed);
                fitting.push((rank, place, card));
            }
        }
    }
    let statuses = [Status::All, Status::Installed, Status::UpgradeReady];
    let count = |status| {
        let of_it = fitting
            .iter()
            .filter(|(_, _, card)| from_there(card, request) && stands(card, status));
        (status, number(of_it.count()))
    };
    let statuses = statuses.into_iter().map(count).collect();
    let from = |listing: &Listing| {
        let mine = |card: &ChartCard| {
            card.repository == listing.repository && stands(card, request.status)
        };
        let count = fitting.iter().filter(|(_, _, card)| mine(card)).count();
        (listing.repository.clone(), number(count))
    };
    let repositories = listings.iter().map(from).collect();
    fitting.retain(|(_, _, card)| from_there(card, request) && stands(card, request.status));
    fitting.sort_by_key(|(rank, place, card)| (Reverse(*rank), *place, card.chart.clone()));
    let failing = listings.iter().filter(|listing| listing.problem.is_some());
    CatalogView {
        matching: number(fitting.len()),
        total: number(all),
        statuses,
        repositories,
        failing: failing.map(|listing| listing.repository.clone()).collect(),
        unread: installed.unread.clone(),
        charts: fitting
            .into_iter()
            .take(request.limit.min(MAX_CARDS) as usize)
            .map(|(_, _, card)| card)
            .collect(),
    }
}

fn from_there(card: &ChartCard, request: &CatalogRequest) -> bool {
    request.repositories.is_empty() || request.repositories.contains(&card.repository)
}

fn stands(card: &ChartCard, status: Status) -> bool {
    match status {
        Status::All => true,
        Status::Installed => !card.installed.is_empty(),
        Status::UpgradeReady => card.upgrade,
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// A chart among others.
pub(crate) fn card(
    repository: &Repository,
    name: &ChartName,
    versions: usize,
    newest: &Entry,
    installed: &InstalledCharts,
) -> ChartCard {
    let installed = installed.of(name.as_str());
    ChartCard {
        repository: repository.clone(),
        chart: name.clone(),
        description: newest.description.clone(),
        newest: newest.version.clone(),
        versions: number(versions),
        app_version: Some(newest.app_version.clone()).filter(|version| !version.is_empty()),
        keywords: newest.keywords.clone(),
        deprecated: newest.deprecated,
        part: newest
            .annotations
            .get(mesh::chart_annotations::PART)
            .cloned(),
        upgrade: installed
            .iter()
            .any(|at| is_newer(&newest.version, &at.version)),
        installed,
    }
}

#[cfg(test)]
mod tests;
