//! The catalog: the charts of the mesh first, then all others, found by words and filters. The URL says
//! what is asked for, so a link shows the same.

use super::{
    card::Card,
    filters::{A_PAGE, Filters, read, url},
    upload::Upload,
};
use crate::{
    api,
    parts::{Button, ButtonLink, Dialog, Empty, Glyph, Head, Icon, Loaded, Notice, Tone, tw},
    words::say,
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use std::time::Duration;
use wire::{
    Repository,
    catalog::{CatalogRequest, CatalogView, ChartCard, Status},
};

/// How long after the last letter the catalog is asked.
const PAUSE: Duration = Duration::from_millis(250);

/// The catalog.
#[component]
pub(crate) fn Catalog() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| read(&query.read()));
    let catalog = Resource::new(move || wanted.get(), api::catalog::catalog);
    let navigate = use_navigate();
    let ask = Callback::new(move |request: CatalogRequest| {
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&url(&request), options);
    });
    let uploading = RwSignal::new(false);
    view! {
        <Head title=say!(catalog.title) above=vec![]>
            <Search wanted=wanted ask=ask/>
            <ButtonLink to="/repositories?add=yes">{say!(repositories.add)}</ButtonLink>
            <Button press=move || uploading.set(true)>{say!(catalog.upload)}</Button>
        </Head>
        <Loaded
            from=catalog
            what=say!(catalog.title)
            view=move |found| view! { <Found found=found wanted=wanted.get_untracked() ask=ask/> }
        />
        <Dialog open=uploading title=say!(upload.title)>
            <Upload/>
        </Dialog>
    }
}

/// The words that are searched for; asked once the typing pauses.
#[component]
fn Search(wanted: Memo<CatalogRequest>, ask: Callback<CatalogRequest>) -> impl IntoView {
    let text = RwSignal::new(wanted.get_untracked().words);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    // A filter that is cleared elsewhere clears the field too.
    Effect::new(move |_| {
        let words = wanted.get().words;
        if waiting.get_value().is_none() && words != text.get_untracked() {
            text.set(words);
        }
    });
    let typed = move |words: String| {
        text.set(words.clone());
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        let later = move || {
            waiting.set_value(None);
            ask.run(CatalogRequest {
                words,
                limit: A_PAGE,
                ..wanted.get_untracked()
            });
        };
        waiting.set_value(set_timeout_with_handle(later, PAUSE).ok());
    };
    on_cleanup(move || {
        if let Some(Some(handle)) = waiting.try_get_value() {
            handle.clear();
        }
    });
    view! {
        <label class="relative block w-[250px] max-md:w-full">
            <span class="sr-only">{say!(catalog.filter)}</span>
            <span class="absolute left-2.5 top-2 max-md:top-3 text-ink-3">
                <Icon glyph=Glyph::Search/>
            </span>
            <input
                type="search"
                class="h-8 max-md:h-10 w-full pl-8 pr-2 bg-surface border border-field rounded-[6px] text-[13px]"
                placeholder=say!(catalog.filter)
                prop:value=text
                on:input=move |event| typed(event_target_value(&event))
            />
        </label>
    }
}

#[component]
fn Found(
    found: CatalogView,
    wanted: CatalogRequest,
    ask: Callback<CatalogRequest>,
) -> impl IntoView {
    let charts = found.charts.clone();
    let (unread, failing) = (found.unread.clone(), found.failing.clone());
    let fitting = found.matching;
    let shown = u32::try_from(charts.len()).unwrap_or(u32::MAX);
    let filtered =
        !wanted.words.is_empty() || !wanted.repositories.is_empty() || wanted.status != Status::All;
    let more = wanted.clone();
    let (mesh, others): (Vec<ChartCard>, Vec<ChartCard>) =
        charts.into_iter().partition(|card| card.part.is_some());
    view! {
        <div class="grid gap-x-7 gap-y-4 md:grid-cols-[200px_minmax(0,1fr)] items-start">
            <Filters found=found wanted=wanted ask=ask/>
            <div class="min-w-0">
                {(!unread.is_empty()).then(|| {
                    let names: Vec<String> = unread.iter().map(ToString::to_string).collect();
                    view! {
                        <div class="mb-4">
                            <Notice tone=Tone::Warn>{say!(catalog.unread, clusters = names.join(", "))}</Notice>
                        </div>
                    }
                })}
                {(!failing.is_empty()).then(|| view! { <Failing names=failing/> })}
                <p class="sr-only" role="status">{say!(catalog.fitting, n = fitting)}</p>
                <Cards title=say!(catalog.mesh) cards=mesh/>
                <Cards title=say!(catalog.all) cards=others/>
                {(shown < fitting).then(|| {
                    let next = (fitting - shown).min(A_PAGE);
                    view! {
                        <div class="flex justify-center mt-5">
                            <Button press=move || {
                                ask.run(CatalogRequest { limit: shown + A_PAGE, ..more.clone() });
                            }>{say!(catalog.more, n = next)}</Button>
                        </div>
                    }
                })}
                {(fitting == 0).then(|| view! { <Nothing filtered=filtered ask=ask/> })}
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

/// Repositories that could not be read: what is known of them is shown, and where to look.
#[component]
fn Failing(names: Vec<Repository>) -> impl IntoView {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    view! {
        <div class="mb-4">
            <Notice tone=Tone::Warn>
                {say!(catalog.failing_says, repositories = names.join(", "))} " "
                <leptos_router::components::A href="/repositories" attr:class="text-span hover:underline">
                    {say!(catalog.open_repositories)}
                </leptos_router::components::A>
            </Notice>
        </div>
    }
}

#[component]
fn Nothing(filtered: bool, ask: Callback<CatalogRequest>) -> impl IntoView {
    if !filtered {
        return view! {
            <Empty says=say!(catalog.of_all)>
                <ButtonLink to="/repositories?add=yes">{say!(repositories.add)}</ButtonLink>
            </Empty>
        }
        .into_any();
    }
    let clear = move |_| {
        ask.run(CatalogRequest {
            limit: A_PAGE,
            ..CatalogRequest::default()
        });
    };
    view! {
        <Empty says=say!(catalog.nothing_fits)>
            <button type="button" class="text-span hover:underline" on:click=clear>
                {say!(catalog.clear)}
            </button>
        </Empty>
    }
    .into_any()
}
