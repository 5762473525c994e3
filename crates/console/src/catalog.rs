//! The catalog: the charts of all repositories, filtered by words, repository and status.

use crate::{
    Action, Caller, Console, Error, installed_charts::InstalledCharts,
    repositories::REPOSITORY_TIMEOUT,
};
use catalog::{Entry, Listing, SearchFields, is_newer, rank};
use std::cmp::Reverse;
use wire::{
    ChartName, Repository,
    catalog::{CatalogRequest, CatalogView, ChartCard, InstalledView, Status},
};

/// The maximum number of cards in one answer.
const MAX_CARDS: u32 = 600;

impl Console {
    /// The charts that match a request, the best matches first.
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

/// The charts of repositories that match a request.
fn found(
    listings: &[Listing],
    installed: &InstalledCharts,
    request: &CatalogRequest,
) -> CatalogView {
    let all = listings.iter().filter_map(|listing| listing.index.as_ref());
    let all: usize = all.map(|chart_index| chart_index.charts.len()).sum();
    let mut matching: Vec<(u32, usize, ChartCard)> = Vec::new();
    for (place, listing) in listings.iter().enumerate() {
        let chart_index = listing.index.iter().flat_map(|chart_index| {
            chart_index
                .charts
                .iter()
                .filter_map(|(name, versions)| Some((name, versions, chart_index.newest(name)?)))
        });
        for (name, versions, newest) in chart_index {
            let text = SearchFields {
                name: name.as_str(),
                description: &newest.description,
                keywords: &newest.keywords,
            };
            if let Some(rank) = rank(&request.words, text) {
                let card = card(&listing.repository, name, versions.len(), newest, installed);
                matching.push((rank, place, card));
            }
        }
    }
    let statuses = [Status::All, Status::Installed, Status::UpgradeReady];
    let count = |status| {
        let of_it = matching
            .iter()
            .filter(|(_, _, card)| is_in_repository(card, request) && has_status(card, status));
        (status, number(of_it.count()))
    };
    let statuses = statuses.into_iter().map(count).collect();
    let from = |listing: &Listing| {
        let in_repository = |card: &ChartCard| {
            card.repository == listing.repository && has_status(card, request.status)
        };
        let count = matching
            .iter()
            .filter(|(_, _, card)| in_repository(card))
            .count();
        (listing.repository.clone(), number(count))
    };
    let repositories = listings.iter().map(from).collect();
    matching
        .retain(|(_, _, card)| is_in_repository(card, request) && has_status(card, request.status));
    matching.sort_by_key(|(rank, place, card)| (Reverse(*rank), *place, card.chart.clone()));
    let failing = listings.iter().filter(|listing| listing.problem.is_some());
    let limit = request.limit.clamp(1, MAX_CARDS);
    // The last window, when fewer charts match than when the request was made.
    let last = number(matching.len()).saturating_sub(1) / limit * limit;
    let offset = request.offset.min(last);
    CatalogView {
        offset,
        matching: number(matching.len()),
        total: number(all),
        statuses,
        repositories,
        failing: failing.map(|listing| listing.repository.clone()).collect(),
        unread: installed.unread.clone(),
        charts: matching
            .into_iter()
            .skip(offset as usize)
            .take(limit as usize)
            .map(|(_, _, card)| card)
            .collect(),
    }
}

fn is_in_repository(card: &ChartCard, request: &CatalogRequest) -> bool {
    request.repositories.is_empty() || request.repositories.contains(&card.repository)
}

fn has_status(card: &ChartCard, status: Status) -> bool {
    match status {
        Status::All => true,
        Status::Installed => card.installed.is_some(),
        Status::UpgradeReady => card.upgrade,
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The card of a chart.
pub(crate) fn card(
    repository: &Repository,
    name: &ChartName,
    versions: usize,
    newest: &Entry,
    installed: &InstalledCharts,
) -> ChartCard {
    let installed = installed.of(name.as_str());
    let is_older = |at: &&InstalledView| is_newer(&newest.version, &at.version);
    let older = installed.iter().find(is_older);
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
        upgrade: older.is_some(),
        installations: number(installed.len()),
        installed: older.or(installed.first()).cloned(),
    }
}

#[cfg(test)]
mod tests;
