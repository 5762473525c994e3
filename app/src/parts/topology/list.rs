//! The topology as a list: the clusters, then the connections.

use super::{Selected, Shown};
use crate::{
    parts::{ClusterChip, Condition, ConditionIcon, tw},
    words::t,
};
use leptos::prelude::*;

#[component]
pub(super) fn Connections(shown: Shown) -> impl IntoView {
    let clusters = move || {
        let view = shown.view.get();
        let rows = view.clusters.into_iter().enumerate();
        let rows = rows.map(|(index, cluster)| Row {
            selects: Selected::Cluster(index),
            name: cluster.name,
            to: None,
            note: cluster.role,
            label: format!("{} · {}", cluster.network, cluster.note),
            condition: cluster.condition,
        });
        rows.map(|row| row.view(shown)).collect_view()
    };
    let connections = move || {
        let view = shown.view.get();
        let all = view.connections.iter().enumerate();
        let listed = all.filter(|(_, connection)| shown.is_shown(connection.kind));
        let rows = listed.map(|(index, connection)| Row {
            selects: Selected::Connection(index),
            name: view.cluster(connection.from.0),
            to: Some(view.cluster(connection.to.0)),
            note: connection.kind.word(),
            label: connection.label.clone(),
            condition: connection.condition,
        });
        let rows: Vec<AnyView> = rows.map(|row| row.view(shown)).collect();
        if rows.is_empty() {
            return view! { <li class="px-4 py-3 text-[13px] text-ink-2">{t!(topology.no_connections)}</li> }.into_any();
        }
        rows.into_any()
    };
    view! {
        <ul aria-label=t!(topology.clusters)>{clusters}</ul>
        <ul class="border-t border-line" aria-label=t!(topology.connections)>{connections}</ul>
    }
}

/// A cluster or a connection of the list.
struct Row {
    selects: Selected,
    /// The cluster, or the one at which the connection begins.
    name: String,
    /// The cluster to which the connection leads.
    to: Option<String>,
    note: String,
    label: String,
    condition: Condition,
}

impl Row {
    fn view(self, shown: Shown) -> AnyView {
        let selects = self.selects;
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
        let to = self
            .to
            .map(|to| view! { " → " <span class="break-all min-w-0">{to}</span> });
        view! {
            <li class="border-b border-line last:border-b-0">
                <button type="button" class=class aria-pressed=move || is_selected().to_string() on:click=move |_| shown.select.run(selects)>
                    <span class="flex flex-wrap items-center gap-x-1.5 font-medium min-w-0 max-w-full">
                        <ClusterChip name=self.name/> {to}
                    </span>
                    <span class="text-ink-2 flex-1 min-w-[90px]">" " {self.note} " "</span>
                    <span class="text-ink-2 tabular break-words min-w-0 max-md:basis-full max-md:order-last">{self.label} " "</span>
                    <ConditionIcon condition=self.condition/>
                </button>
            </li>
        }
        .into_any()
    }
}
