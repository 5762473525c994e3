//! The request of the catalog, as the query of its URL, and the filters beside the charts.

use crate::{
    parts::{Glyph, Icon},
    urls::{self, percent_encoded},
    words::t,
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use wire::{
    Repository,
    catalog::{CatalogRequest, CatalogView, Status},
};

/// The number of charts of a window.
pub(super) const PAGE_SIZE: u32 = 60;

/// The request of a URL.
pub(super) fn from_query(query: &ParamsMap) -> CatalogRequest {
    let repositories = query.get("from").unwrap_or_default();
    let repositories = repositories
        .split(',')
        .filter_map(|name| Repository::new(name).ok());
    CatalogRequest {
        words: query.get("words").unwrap_or_default(),
        repositories: repositories.collect(),
        status: match query.get("status").as_deref() {
            Some("installed") => Status::Installed,
            Some("upgrade") => Status::UpgradeReady,
            _ => Status::All,
        },
        offset: query
            .get("page")
            .and_then(|page| page.parse::<u32>().ok())
            .map_or(0, |page| page.saturating_sub(1).saturating_mul(PAGE_SIZE)),
        limit: PAGE_SIZE,
    }
}

/// The URL of a request.
pub(super) fn to_url(request: &CatalogRequest) -> String {
    let mut query: Vec<(&str, String)> = Vec::new();
    if !request.words.is_empty() {
        query.push(("words", request.words.clone()));
    }
    if !request.repositories.is_empty() {
        let names: Vec<&str> = request
            .repositories
            .iter()
            .map(Repository::as_str)
            .collect();
        query.push(("from", names.join(",")));
    }
    match request.status {
        Status::All => {}
        Status::Installed => query.push(("status", "installed".into())),
        Status::UpgradeReady => query.push(("status", "upgrade".into())),
    }
    if request.offset > 0 {
        query.push(("page", (request.offset / PAGE_SIZE + 1).to_string()));
    }
    let pairs: Vec<String> = query
        .iter()
        .map(|(key, value)| format!("{key}={}", percent_encoded(value)))
        .collect();
    if pairs.is_empty() {
        urls::CATALOG.to_owned()
    } else {
        format!("{}?{}", urls::CATALOG, pairs.join("&"))
    }
}

/// The filters, each with its number of charts.
#[component]
pub(super) fn Filters(
    /// The matching charts.
    catalog: Signal<CatalogView>,
    /// The current request.
    request: Memo<CatalogRequest>,
    /// Sets another request.
    set_request: Callback<CatalogRequest>,
) -> impl IntoView {
    let counts = Memo::new(move |_| {
        catalog.with(|catalog| Counts {
            statuses: catalog.statuses.clone(),
            repositories: catalog.repositories.clone(),
            failed: catalog.failing.clone(),
            request: request.get(),
        })
    });
    move || view! { <Choices counts=counts.get() set_request=set_request/> }
}

/// What the filters show: they are made again when it changes.
#[derive(Clone, PartialEq)]
struct Counts {
    statuses: Vec<(Status, u32)>,
    repositories: Vec<(Repository, u32)>,
    failed: Vec<Repository>,
    request: CatalogRequest,
}

#[component]
fn Choices(counts: Counts, set_request: Callback<CatalogRequest>) -> impl IntoView {
    let Counts {
        statuses,
        repositories,
        failed,
        request,
    } = counts;
    let (by_status, by_repository) = (request.clone(), request);
    let status = move |(status, count): (Status, u32)| {
        let request = by_status.clone();
        let selected = request.status == status;
        let toggle = move |()| {
            set_request.run(CatalogRequest {
                status,
                offset: 0,
                ..request.clone()
            });
        };
        view! { <Filter kind="radio" label=status_label(status) count=count selected=selected toggle=Callback::new(toggle)/> }
    };
    let repository = move |(name, count): (Repository, u32)| {
        let request = by_repository.clone();
        let selected = request.repositories.contains(&name);
        let label = name.to_string();
        let failed = failed.contains(&name);
        let toggle = move |()| {
            let mut repositories = request.repositories.clone();
            if selected {
                repositories.retain(|repository| *repository != name);
            } else {
                repositories.push(name.clone());
            }
            set_request.run(CatalogRequest {
                repositories,
                offset: 0,
                ..request.clone()
            });
        };
        view! { <Filter kind="checkbox" label=label count=count selected=selected failed=failed toggle=Callback::new(toggle)/> }
    };
    view! {
        <aside class="flex flex-col gap-5 max-md:flex-row max-md:flex-wrap max-md:gap-x-8" aria-label=t!(catalog.filters)>
            <fieldset class="min-w-[150px]">
                <legend class="text-[13px] font-semibold mb-1">{t!(catalog.status)}</legend>
                {statuses.into_iter().map(status).collect_view()}
            </fieldset>
            <fieldset class="min-w-[150px]">
                <legend class="text-[13px] font-semibold mb-1">{t!(catalog.repository)}</legend>
                {repositories.into_iter().map(repository).collect_view()}
            </fieldset>
        </aside>
    }
}

fn status_label(status: Status) -> String {
    match status {
        Status::All => t!(catalog.status_all),
        Status::Installed => t!(catalog.status_installed),
        Status::UpgradeReady => t!(catalog.status_upgrade),
    }
}

#[component]
fn Filter(
    kind: &'static str,
    label: String,
    count: u32,
    selected: bool,
    #[prop(optional)] failed: bool,
    toggle: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="flex items-center gap-2 h-8 max-md:h-10 text-[13px] cursor-pointer">
            <input
                type=kind
                name=if kind == "radio" { "status" } else { "repository" }
                class="size-4 accent-span"
                prop:checked=selected
                on:change=move |_| toggle.run(())
            />
            <span class="truncate">{label}</span>
            {failed.then(|| {
                view! {
                    <span class="inline-flex text-warn" title=t!(catalog.sync_failed)>
                        <Icon glyph=Glyph::Warn class="size-3.5"/>
                        <span class="sr-only">{t!(catalog.sync_failed)}</span>
                    </span>
                }
            })}
            <span class="ml-auto pl-2 text-[12px] text-ink-3 tabular">{count}</span>
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_request_has_its_filters_and_no_defaults() {
        let request = CatalogRequest {
            words: "shop & more".into(),
            repositories: vec![
                Repository::new("a").expect("a name"),
                Repository::new("b").expect("a name"),
            ],
            status: Status::UpgradeReady,
            offset: 120,
            limit: PAGE_SIZE,
        };
        let url = to_url(&request);
        assert_eq!(
            url,
            "/catalog?words=shop%20%26%20more&from=a%2Cb&status=upgrade&page=3"
        );
        let query = [("page", "3")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(from_query(&query.into_iter().collect()).offset, 120);
        let unfiltered = to_url(&from_query(&ParamsMap::new()));
        assert_eq!(unfiltered, "/catalog");
    }
}
