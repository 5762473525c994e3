//! What is wanted of the catalog, as its URL says it, and the filters beside the charts.

use crate::{
    parts::{Glyph, Icon},
    routes::escaped,
    words::say,
};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use wire::{
    Repository,
    catalog::{CatalogRequest, CatalogView, Status},
};

/// How many charts are shown before more are asked for.
pub(super) const A_PAGE: u32 = 60;

/// What a URL asks for.
pub(super) fn read(query: &ParamsMap) -> CatalogRequest {
    let repositories = query.get("from").unwrap_or_default();
    let named = repositories
        .split(',')
        .filter_map(|name| Repository::new(name).ok());
    CatalogRequest {
        words: query.get("words").unwrap_or_default(),
        repositories: named.collect(),
        status: match query.get("status").as_deref() {
            Some("installed") => Status::Installed,
            Some("upgrade") => Status::UpgradeReady,
            _ => Status::All,
        },
        limit: query
            .get("most")
            .and_then(|most| most.parse().ok())
            .unwrap_or(A_PAGE),
    }
}

/// The URL that asks for it.
pub(super) fn url(request: &CatalogRequest) -> String {
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
    if request.limit != A_PAGE {
        query.push(("most", request.limit.to_string()));
    }
    let pairs: Vec<String> = query
        .iter()
        .map(|(key, value)| format!("{key}={}", escaped(value)))
        .collect();
    if pairs.is_empty() {
        "/catalog".to_owned()
    } else {
        format!("/catalog?{}", pairs.join("&"))
    }
}

/// The filters, with what each would leave.
#[component]
pub(super) fn Filters(
    /// What was found.
    found: CatalogView,
    /// What is wanted now.
    wanted: CatalogRequest,
    /// Asks for something else.
    ask: Callback<CatalogRequest>,
) -> impl IntoView {
    let (by_status, by_repository) = (wanted.clone(), wanted);
    let status = move |(status, count): (Status, u32)| {
        let wanted = by_status.clone();
        let on = wanted.status == status;
        let choose = move |()| {
            ask.run(CatalogRequest {
                status,
                limit: A_PAGE,
                ..wanted.clone()
            });
        };
        view! { <Choice kind="radio" word=status_word(status) count=count on=on choose=Callback::new(choose)/> }
    };
    let failing = found.failing.clone();
    let repository = move |(name, count): (Repository, u32)| {
        let wanted = by_repository.clone();
        let on = wanted.repositories.contains(&name);
        let word = name.to_string();
        let fails = failing.contains(&name);
        let choose = move |()| {
            let mut repositories = wanted.repositories.clone();
            if on {
                repositories.retain(|one| *one != name);
            } else {
                repositories.push(name.clone());
            }
            ask.run(CatalogRequest {
                repositories,
                limit: A_PAGE,
                ..wanted.clone()
            });
        };
        view! { <Choice kind="checkbox" word=word count=count on=on fails=fails choose=Callback::new(choose)/> }
    };
    view! {
        <aside class="flex flex-col gap-5 max-md:flex-row max-md:flex-wrap max-md:gap-x-8" aria-label=say!(catalog.filters)>
            <fieldset class="min-w-[150px]">
                <legend class="text-[13px] font-semibold mb-1">{say!(catalog.status)}</legend>
                {found.statuses.into_iter().map(status).collect_view()}
            </fieldset>
            <fieldset class="min-w-[150px]">
                <legend class="text-[13px] font-semibold mb-1">{say!(catalog.repository)}</legend>
                {found.repositories.into_iter().map(repository).collect_view()}
            </fieldset>
        </aside>
    }
}

fn status_word(status: Status) -> String {
    match status {
        Status::All => say!(catalog.status_all),
        Status::Installed => say!(catalog.status_installed),
        Status::UpgradeReady => say!(catalog.status_upgrade),
    }
}

#[component]
fn Choice(
    kind: &'static str,
    word: String,
    count: u32,
    on: bool,
    #[prop(optional)] fails: bool,
    choose: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="flex items-center gap-2 h-8 max-md:h-10 text-[13px] cursor-pointer">
            <input
                type=kind
                name=if kind == "radio" { "status" } else { "repository" }
                class="size-4 accent-span"
                prop:checked=on
                on:change=move |_| choose.run(())
            />
            <span class="truncate">{word}</span>
            {fails.then(|| {
                view! {
                    <span class="inline-flex text-warn" title=say!(catalog.failing)>
                        <Icon glyph=Glyph::Warn class="size-3.5"/>
                        <span class="sr-only">{say!(catalog.failing)}</span>
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
    fn a_link_asks_for_what_was_asked_for() {
        let request = CatalogRequest {
            words: "shop & more".into(),
            repositories: vec![
                Repository::new("a").expect("a name"),
                Repository::new("b").expect("a name"),
            ],
            status: Status::UpgradeReady,
            limit: 120,
        };
        let url = url(&request);
        assert_eq!(
            url,
            "/catalog?words=shop%20%26%20more&from=a%2Cb&status=upgrade&most=120"
        );
        let plain = self::url(&read(&ParamsMap::new()));
        assert_eq!(plain, "/catalog");
    }
}
