//! The catalog: the charts of the mesh first, then all others.

use crate::{
    api,
    parts::{ButtonLink, ClusterChip, Empty, Glyph, Head, Icon, Kind, Loaded, Notice, Pill, Tone},
    routes,
    words::say,
};
use leptos::prelude::*;
use leptos_router::components::A;
use wire::catalog::{CatalogView, ChartCard};

/// The catalog.
#[component]
pub(crate) fn Catalog() -> impl IntoView {
    let catalog = Resource::new(|| (), |()| api::catalog::catalog());
    let wanted = RwSignal::new(String::new());
    view! {
        <Head title=say!(catalog.title) above=vec![]>
            <label class="relative block w-[250px] max-md:w-full">
                <span class="sr-only">{say!(catalog.filter)}</span>
                <span class="absolute left-2.5 top-2 max-md:top-3 text-ink-3">
                    <Icon glyph=Glyph::Search/>
                </span>
                <input
                    type="search"
                    class="h-8 max-md:h-10 w-full pl-8 pr-2 bg-surface border border-field rounded-[6px] text-[13px]"
                    placeholder=say!(catalog.filter)
                    prop:value=wanted
                    on:input=move |event| wanted.set(event_target_value(&event))
                />
            </label>
        </Head>
        <Loaded from=catalog what=say!(catalog.title) view=move |found| view! { <Charts found=found wanted=wanted/> }/>
    }
}

#[component]
fn Charts(found: CatalogView, wanted: RwSignal<String>) -> impl IntoView {
    let unread = found.unread.clone();
    let charts = StoredValue::new(found.charts);
    let shown = move || {
        let wanted = wanted.get().to_lowercase();
        let fits = |card: &&ChartCard| {
            let words = format!(
                "{} {} {}",
                card.chart,
                card.description,
                card.keywords.join(" ")
            );
            words.to_lowercase().contains(&wanted)
        };
        charts.with_value(|charts| charts.iter().filter(fits).cloned().collect::<Vec<_>>())
    };
    let (mesh, others) = (
        move || {
            shown()
                .into_iter()
                .filter(|card| card.part.is_some())
                .collect::<Vec<_>>()
        },
        move || {
            shown()
                .into_iter()
                .filter(|card| card.part.is_none())
                .collect::<Vec<_>>()
        },
    );
    view! {
        {(!unread.is_empty()).then(|| {
            let names: Vec<String> = unread.iter().map(ToString::to_string).collect();
            view! {
                <div class="mb-4">
                    <Notice tone=Tone::Warn>{say!(catalog.unread, clusters = names.join(", "))}</Notice>
                </div>
            }
        })}
        <Show when=move || !mesh().is_empty()>
            <h2 class="text-[13px] font-semibold text-ink-3 mb-2">{say!(catalog.mesh)}</h2>
            <div class="grid gap-4 md:grid-cols-2 mb-5">
                {move || mesh().into_iter().map(|card| view! { <Feature card=card/> }).collect_view()}
            </div>
        </Show>
        <Show when=move || !others().is_empty()>
            <h2 class="text-[13px] font-semibold text-ink-3 mb-2">{say!(catalog.all)}</h2>
            <div class="grid gap-4 md:grid-cols-2 lg:grid-cols-3">
                {move || others().into_iter().map(|card| view! { <Feature card=card/> }).collect_view()}
            </div>
        </Show>
        <Show when=move || shown().is_empty()>
            <Empty says=say!(catalog.nothing_fits)>
                <button type="button" class="text-span hover:underline" on:click=move |_| wanted.set(String::new())>
                    {say!(catalog.clear)}
                </button>
            </Empty>
        </Show>
    }
}

#[component]
fn Feature(card: ChartCard) -> impl IntoView {
    let page = routes::chart(&card.repository, &card.chart);
    let install = routes::install(&card.repository, &card.chart);
    let versions = card.versions.len();
    let name = card.chart.to_string();
    let label = name.clone();
    let first = card.installed.first().cloned();
    let action = match &first {
        Some(at) => {
            let at = wire::release::ReleaseRef {
                cluster: at.cluster.clone(),
                namespace: at.namespace.clone(),
                release: at.release.clone(),
            };
            view! {
                <ButtonLink to=routes::release(&at)>{say!(catalog.open_release)}</ButtonLink>
                <ButtonLink kind=Kind::Flat to=install>{say!(catalog.install_another)}</ButtonLink>
            }
            .into_any()
        }
        None => view! { <ButtonLink kind=Kind::Go to=install>{say!(catalog.install)}</ButtonLink> }
            .into_any(),
    };
    view! {
        <article class="flex flex-col gap-3 bg-surface border border-line rounded-[10px] px-5 py-4" aria-label=label>
            <div class="flex items-start gap-3.5">
                <span class="grid place-items-center size-11 rounded-[11px] shrink-0 bg-span-soft text-span">
                    <Icon glyph=if card.part.is_some() { Glyph::Span } else { Glyph::Catalog } class="size-6"/>
                </span>
                <div class="min-w-0">
                    <h3 class="flex flex-wrap items-center gap-2 text-[16px] font-semibold">
                        <A href=page.clone() attr:class="hover:underline">{name.clone()}</A>
                        {card.part.clone().map(|part| view! { <Pill tone=Tone::Span>{part}</Pill> })}
                    </h3>
                    <p class="text-[13px] text-ink-2 mt-0.5">{card.description.clone()}</p>
                </div>
            </div>
            <div class="flex flex-wrap items-center gap-2 text-[12px] text-ink-3 tabular">
                {card.versions.clone().into_iter().take(3).map(|version| view! { <Pill>{version}</Pill> }).collect_view()}
                <span>
                    {(versions > 1).then(|| format!("{} · ", say!(catalog.versions, n = versions)))}
                    {card.repository.to_string()}
                </span>
                {first.map(|at| {
                    view! {
                        <span class="ml-auto inline-flex items-center gap-1.5 text-good">
                            <Icon glyph=Glyph::Good class="size-3.5"/>
                            {say!(catalog.on)} " "
                            <ClusterChip name=at.cluster.to_string()/>
                        </span>
                    }
                })}
            </div>
            <div class="flex flex-wrap items-center gap-2 mt-auto">
                {action}
                <span class="flex-1"></span>
                <ButtonLink kind=Kind::Flat to=page>{say!(catalog.parameters)}</ButtonLink>
            </div>
        </article>
    }
}
