//! The card of a chart: large for the charts of a mesh, small for all others.

use crate::{
    parts::{ButtonLink, ClusterChip, Glyph, Icon, Kind, Link, Pill, Tone},
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::{catalog::ChartCard, release::ReleaseRef};

/// The card of a chart.
#[component]
pub(super) fn Card(card: ChartCard) -> impl IntoView {
    let large = card.part.is_some();
    let page = urls::chart(&card.repository, &card.chart);
    let name = card.chart.to_string();
    let label = name.clone();
    let installed = card.installed.clone();
    let more = card.installations.saturating_sub(1);
    let version = format!("{} · {}", card.repository, card.newest);
    let versions = card.versions;
    let update = card
        .upgrade
        .then(|| t!(catalog.update_available, version = card.newest.clone()));
    view! {
        <article class="flex flex-col gap-3 bg-surface border border-line rounded-[10px] px-5 py-4 min-w-0" aria-label=label>
            <div class="flex items-start gap-3.5 min-w-0">
                <span class="grid place-items-center size-11 rounded-[11px] shrink-0 bg-span-soft text-span">
                    <Icon glyph=if large { Glyph::Span } else { Glyph::Catalog } class="size-6"/>
                </span>
                <div class="min-w-0 flex-1">
                    <h3 class="flex flex-wrap items-center gap-x-2 gap-y-1 text-[15px] font-semibold">
                        <Link href=page.clone() attr:class="hover:underline break-words min-w-0">{name.clone()}</Link>
                        {card.part.clone().map(|part| view! { <Pill tone=Tone::Span>{part}</Pill> })}
                        {card.deprecated.then(|| view! { <Pill tone=Tone::Warn>{t!(catalog.deprecated)}</Pill> })}
                        {update.map(|label| view! { <Pill tone=Tone::Busy>{label}</Pill> })}
                    </h3>
                    <p class="text-[12px] text-ink-3 tabular truncate">
                        {version}
                        {(versions > 1).then(|| format!(" · {}", count!(catalog.versions, n = versions)))}
                    </p>
                </div>
            </div>
            <p class="text-[13px] text-ink-2 line-clamp-2">{card.description.clone()}</p>
            <div class="flex flex-wrap items-center gap-2 mt-auto">
                <Actions card=card.clone()/>
                {installed.map(|at| {
                    view! {
                        <span class="ml-auto inline-flex items-center gap-1.5 text-[12px] text-good">
                            <Icon glyph=Glyph::Good class="size-3.5"/>
                            {t!(catalog.installed_on)} " "
                            <ClusterChip name=at.cluster.to_string()/>
                            {(more > 0).then(|| view! { <span class="text-ink-3">{count!(catalog.installed_more, n = more)}</span> })}
                        </span>
                    }
                })}
            </div>
        </article>
    }
}

/// The actions of a chart: install it, or open the release of an installed chart.
#[component]
fn Actions(card: ChartCard) -> impl IntoView {
    let install = urls::install(&card.repository, &card.chart);
    match &card.installed {
        Some(at) => {
            let at = ReleaseRef {
                cluster: at.cluster.clone(),
                namespace: at.namespace.clone(),
                release: at.release.clone(),
            };
            view! {
                {card.upgrade.then(|| view! { <ButtonLink kind=Kind::Go to=urls::upgrade(&at)>{t!(release.upgrade_to, version = card.newest.clone())}</ButtonLink> })}
                <ButtonLink to=urls::release(&at)>{t!(catalog.open_release)}</ButtonLink>
                <ButtonLink kind=Kind::Flat to=install>{t!(catalog.install_another)}</ButtonLink>
            }
            .into_any()
        }
        None => {
            let kind = if card.part.is_some() {
                Kind::Go
            } else {
                Kind::Plain
            };
            view! { <ButtonLink kind=kind to=install>{t!(catalog.install)}</ButtonLink> }.into_any()
        }
    }
}
