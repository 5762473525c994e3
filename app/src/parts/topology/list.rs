//! The topology as a list: the clusters, then the connections.

use super::{Connection, Selected, Shown};
use crate::{
    parts::{ClusterChip, ConditionIcon, tw},
    words::t,
};
use leptos::prelude::*;

#[component]
pub(super) fn Connections(shown: Shown) -> impl IntoView {
    let clusters = move || {
        let view = shown.view.get();
        let rows = view
            .clusters
            .into_iter()
            .enumerate()
            .map(|(index, cluster)| {
                let note = format!("{} · {}", cluster.role, cluster.note);
                let end = view! { <ConditionIcon condition=cluster.condition/> };
                row(
                    Selected::Cluster(index),
                    shown,
                    view! { <ClusterChip name=cluster.name/> }.into_any(),
                    note,
                    end.into_any(),
                )
            });
        rows.collect_view()
    };
    let connections = move || {
        let view = shown.view.get();
        let all = view.connections.iter().enumerate();
        let listed = all.filter(|(_, connection)| shown.is_shown(connection.kind));
        let listed: Vec<(usize, &Connection)> = listed.collect();
        if listed.is_empty() {
            return view! { <li class="px-4 py-3 text-[13px] text-ink-2">{t!(topology.no_connections)}</li> }.into_any();
        }
        let rows = listed.into_iter().map(|(index, connection)| {
            let to = view.cluster(connection.to.0);
            let name = view! {
                <span class="flex flex-wrap items-center gap-x-1.5 min-w-0">
                    <ClusterChip name=view.cluster(connection.from.0)/> " → " <span class="break-all min-w-0">{to}</span>
                </span>
            };
            let end = view! {
                <span class="tabular text-right break-words min-w-0">{connection.label.clone()}</span>
                <ConditionIcon condition=connection.condition/>
            };
            row(Selected::Connection(index), shown, name.into_any(), connection.kind.word(), end.into_any())
        });
        rows.collect_view().into_any()
    };
    view! {
        <ul aria-label=t!(topology.clusters)>{clusters}</ul>
        <ul class="border-t border-line" aria-label=t!(topology.connections)>{connections}</ul>
    }
}

fn row(selects: Selected, shown: Shown, name: AnyView, note: String, end: AnyView) -> AnyView {
    let is_selected = move || shown.selected.get() == Some(selects);
    let class = move || {
        if is_selected() {
            tw(
                "w-full flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2.5 min-h-11 text-left text-[13px] bg-span-soft",
            )
        } else {
            tw(
                "w-full flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2.5 min-h-11 text-left text-[13px] hover:bg-sunken",
            )
        }
    };
    view! {
        <li class="border-b border-line last:border-b-0">
            <button type="button" class=class aria-pressed=move || is_selected().to_string() on:click=move |_| shown.select.run(selects)>
                <span class="font-medium min-w-0 max-w-full">{name}</span>
                <span class="text-ink-2 flex-1 min-w-[90px]">" " {note} " "</span>
                <span class="flex items-center gap-2 min-w-0 text-ink-2">{end}</span>
            </button>
        </li>
    }
    .into_any()
}
