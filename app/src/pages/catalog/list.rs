//! The catalog: the charts of a mesh first, then all others, searched by words and filters. The URL holds the
//! search, so that a link shows the same charts.

use super::{
    card::Card,
    filters::{Filters, PAGE_SIZE, from_query, to_url},
    upload::Upload,
};
use crate::{
    api,
    current::keep_current,
    parts::{
        Button, ButtonLink, Dialog, Empty, Head, ListWindow, Live, Notice, Pages, Rows, Search,
        Tone, tw,
    },
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
    live::Topic,
};

/// The catalog.
#[component]
pub(crate) fn Catalog() -> impl IntoView {
    let query = use_query_map();
    let request = Memo::new(move |_| from_query(&query.read()));
    let catalog = Resource::new(move || request.get(), api::catalog::catalog);
    keep_current(catalog, &[Topic::Releases, Topic::Repositories]);
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
            offset: 0,
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
        <Live
            from=catalog
            subject=t!(catalog.title)
            view=move |catalog| view! { <Charts catalog=catalog request=request set_request=set_request/> }
        />
        <Dialog open=uploading title=t!(upload.title)>
            <Upload/>
        </Dialog>
    }
}

#[component]
fn Charts(
    catalog: Signal<CatalogView>,
    request: Memo<CatalogRequest>,
    set_request: Callback<CatalogRequest>,
) -> impl IntoView {
    let unlisted = Memo::new(move |_| catalog.with(|catalog| catalog.unread.clone()));
    let failed = Memo::new(move |_| catalog.with(|catalog| catalog.failing.clone()));
    let unlisted = move || {
        let names: Vec<String> = unlisted.get().iter().map(ToString::to_string).collect();
        (!names.is_empty()).then(|| {
            view! {
                <div class="mb-4">
                    <Notice tone=Tone::Warn>{t!(catalog.releases_not_listed, clusters = names.join(", "))}</Notice>
                </div>
            }
        })
    };
    let failing = move || {
        let failed = failed.get();
        (!failed.is_empty()).then(|| view! { <SyncFailed repositories=failed/> })
    };
    let is_of_mesh = |card: &ChartCard| card.part.is_some();
    let cards = move |of_mesh: bool| {
        Memo::new(move |_| {
            catalog.with(|catalog| {
                let cards = catalog.charts.iter();
                let cards = cards.filter(|card| is_of_mesh(card) == of_mesh);
                cards.cloned().collect::<Vec<_>>()
            })
        })
    };
    let matching = Memo::new(move |_| catalog.with(|catalog| catalog.matching));
    let none = move || {
        (matching.get() == 0)
            .then(|| view! { <NoCharts request=request.get_untracked() set_request=set_request/> })
    };
    view! {
        <div class="grid gap-x-7 gap-y-4 md:grid-cols-[200px_minmax(0,1fr)] items-start">
            <Filters catalog=catalog request=request set_request=set_request/>
            <div class="min-w-0">
                {unlisted}
                {failing}
                <p class="sr-only" role="status">{move || count!(catalog.matching, n = matching.get())}</p>
                <Cards title=t!(catalog.multi_cluster_mesh) cards=cards(true) large=true/>
                <Cards title=t!(catalog.all) cards=cards(false)/>
                <Windows catalog=catalog request=request set_request=set_request/>
                {none}
            </div>
        </div>
    }
}

/// The buttons for the other windows of charts.
#[component]
fn Windows(
    catalog: Signal<CatalogView>,
    request: Memo<CatalogRequest>,
    set_request: Callback<CatalogRequest>,
) -> impl IntoView {
    let shown = Memo::new(move |_| {
        catalog.with(|catalog| ListWindow {
            offset: catalog.offset,
            rows: PAGE_SIZE,
            total: catalog.matching,
        })
    });
    let go = Callback::new(move |offset: u32| {
        set_request.run(CatalogRequest {
            offset,
            ..request.get_untracked()
        });
    });
    view! { <Pages label=t!(catalog.windows) shown=shown go=go/> }
}

#[component]
fn Cards(
    title: String,
    cards: Memo<Vec<ChartCard>>,
    /// Whether they are the charts of a mesh, which are larger.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| cards.with(Vec::is_empty));
    let title = StoredValue::new(title);
    let card = |card: Signal<ChartCard>| move || view! { <Card card=card.get()/> };
    view! {
        <Show when=move || !is_empty.get()>
            <section class="mb-5" aria-label=title.get_value()>
                <h2 class="text-[13px] font-semibold text-ink-3 mb-2">{title.get_value()}</h2>
                <div class=if large {
                    tw("grid gap-4 grid-cols-[repeat(auto-fill,minmax(min(100%,320px),1fr))]")
                } else {
                    tw("grid gap-4 grid-cols-[repeat(auto-fill,minmax(min(100%,270px),1fr))]")
                }>
                    <Rows
                        rows=cards.into()
                        key=|card: &ChartCard| (card.repository.clone(), card.chart.clone())
                        view=card
                    />
                </div>
            </section>
        </Show>
    }
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
