//! The catalog: the charts of a mesh first, then all others, searched by words and filters. The URL holds the
//! search, so that a link shows the same charts.

use super::{
    card::Card,
    filters::{Filters, PAGE_SIZE, from_query, to_url},
    upload::Upload,
};
use crate::{
    api,
    parts::{Button, ButtonLink, Dialog, Empty, Head, Loaded, Notice, Search, Tone, tw},
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use wire::{
    Repository,
    catalog::{CatalogRequest, CatalogView, ChartCard, Status},
};

/// The catalog.
#[component]
pub(crate) fn Catalog() -> impl IntoView {
    let query = use_query_map();
    let request = Memo::new(move |_| from_query(&query.read()));
    let catalog = Resource::new(move || request.get(), api::catalog::catalog);
    let navigate = use_navigate();
    let set_request = Callback::new(move |request: CatalogRequest| {
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&to_url(&request), options);
    });
    let words = Signal::derive(move || request.with(|request| request.words.clone()));
    let search = Callback::new(move |words: String| {
        set_request.run(CatalogRequest {
            words,
            limit: PAGE_SIZE,
            ..request.get_untracked()
        });
    });
    let uploading = RwSignal::new(false);
    view! {
        <Head title=t!(catalog.title) parents=vec![]>
            <Search label=t!(catalog.filter) words=words search=search/>
            <ButtonLink to=urls::ADD_REPOSITORY>{t!(repositories.add)}</ButtonLink>
            <Button press=move || uploading.set(true)>{t!(catalog.upload)}</Button>
        </Head>
        <Loaded
            from=catalog
            subject=t!(catalog.title)
            view=move |catalog| view! { <Charts catalog=catalog request=request.get_untracked() set_request=set_request/> }
        />
        <Dialog open=uploading title=t!(upload.title)>
            <Upload/>
        </Dialog>
    }
}

#[component]
fn Charts(
    catalog: CatalogView,
    request: CatalogRequest,
    set_request: Callback<CatalogRequest>,
) -> impl IntoView {
    let charts = catalog.charts.clone();
    let (unlisted, failed) = (catalog.unread.clone(), catalog.failing.clone());
    let matching = catalog.matching;
    let shown = u32::try_from(charts.len()).unwrap_or(u32::MAX);
    let (current, next_page) = (request.clone(), request.clone());
    let (mesh, others): (Vec<ChartCard>, Vec<ChartCard>) =
        charts.into_iter().partition(|card| card.part.is_some());
    view! {
        <div class="grid gap-x-7 gap-y-4 md:grid-cols-[200px_minmax(0,1fr)] items-start">
            <Filters catalog=catalog request=request set_request=set_request/>
            <div class="min-w-0">
                {(!unlisted.is_empty()).then(|| {
                    let names: Vec<String> = unlisted.iter().map(ToString::to_string).collect();
                    view! {
                        <div class="mb-4">
                            <Notice tone=Tone::Warn>{t!(catalog.releases_not_listed, clusters = names.join(", "))}</Notice>
                        </div>
                    }
                })}
                {(!failed.is_empty()).then(|| view! { <SyncFailed repositories=failed/> })}
                <p class="sr-only" role="status">{count!(catalog.matching, n = matching)}</p>
                <Cards title=t!(catalog.multi_cluster_mesh) cards=mesh/>
                <Cards title=t!(catalog.all) cards=others/>
                {(shown < matching).then(|| {
                    let next = (matching - shown).min(PAGE_SIZE);
                    view! {
                        <div class="flex justify-center mt-5">
                            <Button press=move || {
                                set_request.run(CatalogRequest { limit: shown + PAGE_SIZE, ..next_page.clone() });
                            }>{t!(catalog.more, n = next)}</Button>
                        </div>
                    }
                })}
                {(matching == 0).then(|| view! { <NoCharts request=current set_request=set_request/> })}
            </div>
        </div>
    }
}

#[component]
fn Cards(title: String, cards: Vec<ChartCard>) -> impl IntoView {
    (!cards.is_empty()).then(|| {
        let label = title.clone();
        let large = cards.iter().any(|card| card.part.is_some());
        view! {
            <section class="mb-5" aria-label=label>
                <h2 class="text-[13px] font-semibold text-ink-3 mb-2">{title}</h2>
                <div class=if large {
                    tw("grid gap-4 grid-cols-[repeat(auto-fill,minmax(min(100%,320px),1fr))]")
                } else {
                    tw("grid gap-4 grid-cols-[repeat(auto-fill,minmax(min(100%,270px),1fr))]")
                }>
                    {cards.into_iter().map(|card| view! { <Card card=card/> }).collect_view()}
                </div>
            </section>
        }
    })
}

/// The repositories that could not be synced, with a link to them.
#[component]
fn SyncFailed(repositories: Vec<Repository>) -> impl IntoView {
    let names: Vec<String> = repositories.iter().map(ToString::to_string).collect();
    view! {
        <div class="mb-4">
            <Notice tone=Tone::Warn>
                {t!(catalog.sync_failed_note, repositories = names.join(", "))} " "
                <leptos_router::components::A href=urls::REPOSITORIES attr:class="text-span hover:underline">
                    {t!(catalog.open_repositories)}
                </leptos_router::components::A>
            </Notice>
        </div>
    }
}

/// The reason for an empty list: no charts, or none that match the search.
#[component]
fn NoCharts(request: CatalogRequest, set_request: Callback<CatalogRequest>) -> impl IntoView {
    if request.words.is_empty() && request.repositories.is_empty() && request.status == Status::All
    {
        return view! {
            <Empty reason=t!(catalog.no_charts)>
                <ButtonLink to=urls::ADD_REPOSITORY>{t!(repositories.add)}</ButtonLink>
            </Empty>
        }
        .into_any();
    }
    let reason = if request.words.is_empty() {
        t!(catalog.no_match_filters)
    } else {
        t!(catalog.no_match, words = request.words)
    };
    let clear = move |_| {
        set_request.run(CatalogRequest {
            limit: PAGE_SIZE,
            ..CatalogRequest::default()
        });
    };
    view! {
        <Empty reason=reason>
            <button type="button" class="text-span hover:underline" on:click=clear>
                {t!(catalog.clear_filters)}
            </button>
        </Empty>
    }
    .into_any()
}
