//! The summary of a release: what Helm says of it, and what its objects say, apart.

use super::super::state::State;
use crate::{
    parts::{Ago, ClusterChip, health_class},
    words::{health_totals, t},
};
use leptos::prelude::*;
use wire::release::{Health, ReleaseView, ResourceView};

/// The number of squares that are drawn; of more objects, the text has the number.
const MAX_SQUARES: usize = 60;

/// Status in Helm, health of the objects, chart and place of a release.
#[component]
pub(super) fn Summary(
    /// The release.
    release: Signal<ReleaseView>,
) -> impl IntoView {
    let row = Memo::new(move |_| release.with(|release| release.row.clone()));
    let health = Memo::new(move |_| release.with(|release| healths(&release.resources)));
    let squares = move || {
        let health = health.get();
        let drawn = health.iter().take(MAX_SQUARES);
        drawn
            .map(|health| view! { <i class=health_class(health)></i> })
            .collect_view()
    };
    let helm = move || {
        let row = row.get();
        view! {
            <State state=row.state/>
            <span class="block mt-1 text-[12px] text-ink-3 tabular">
                {t!(release.revision_n, n = row.revision.0)}
                {row.changed.map(|at| view! { " · " <Ago at=at/> })}
            </span>
        }
    };
    let place = move || {
        let row = row.get();
        view! {
            <ClusterChip name=row.at.cluster.to_string()/>
            <span class="block mt-1 text-[12px] text-ink-3 font-mono break-words">{row.at.namespace.to_string()}</span>
        }
    };
    view! {
        <dl class="grid md:grid-cols-[minmax(0,1.4fr)_minmax(0,1fr)_minmax(0,1fr)_minmax(0,1fr)] mb-4 bg-surface border border-line rounded-[10px] text-[13px]">
            <div class="px-4 py-3 min-w-0">
                <dt class="mb-1 text-[12px] text-ink-3">{t!(release.health)}</dt>
                <dd>
                    <span class="flex flex-wrap gap-[3px] mb-1" aria-hidden="true">{squares}</span>
                    <span class="tabular">{move || health.with(|health| health_totals(health))}</span>
                </dd>
            </div>
            <Fact title=t!(release.helm_status)>{helm}</Fact>
            <Fact title=t!(release.chart)>
                <span class="font-medium break-words">{move || row.with(|row| row.chart.clone().unwrap_or_default())}</span>
            </Fact>
            <Fact title=t!(release.place)>{place}</Fact>
        </dl>
    }
}

#[component]
fn Fact(title: String, children: Children) -> impl IntoView {
    view! {
        <div class="px-4 py-3 min-w-0 max-md:border-t md:border-l border-line">
            <dt class="mb-1 text-[12px] text-ink-3">{title}</dt>
            <dd>{children()}</dd>
        </div>
    }
}

/// The healths of the objects, the worst first.
fn healths(resources: &[ResourceView]) -> Vec<Health> {
    let mut healths: Vec<Health> = resources
        .iter()
        .map(|resource| resource.health.clone())
        .collect();
    healths.sort_by_key(Health::severity);
    healths
}
