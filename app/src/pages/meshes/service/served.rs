//! Who serves a Service in which cluster, which endpoints each istiod has registered, and the endpoints.

mod endpoints;
mod missing;
mod state;

use crate::{
    clock::clock,
    parts::{Cell, ClusterChip, NameCell},
    urls,
    words::t,
};
use endpoints::Endpoints;
use leptos::prelude::*;
use missing::{Missing, NotRegistered, missing};
use state::{ClusterState, Registered, condition, ready};
use std::collections::BTreeSet;
use wire::mesh::{ServiceDetailView, ServingClusterView};

/// The card of the clusters.
#[component]
pub(super) fn ServedBy(latest: Signal<ServiceDetailView>) -> impl IntoView {
    let clock = clock();
    let link = StoredValue::new(urls::mesh(&latest.get_untracked().at.mesh));
    let read = Memo::new(move |_| latest.with(|service| service.read));
    let clusters = Memo::new(move |_| latest.with(|service| service.clusters.clone()));
    let content = move || {
        let clusters = clusters.get();
        let unjoined = clusters.iter().any(|cluster| cluster.registered.is_empty());
        view! {
            {missing(&clusters).into_iter().map(|missing| view! { <Missing missing=missing/> }).collect_view()}
            {unjoined.then(|| view! { <NotRegistered link=link.get_value()/> })}
            <ClusterTable clusters=clusters.clone()/>
            {clusters.into_iter().map(|cluster| view! { <Endpoints cluster=cluster/> }).collect_view()}
        }
    };
    view! {
        <section class="bg-surface border border-line rounded-[10px] px-4 pb-2 mb-3 min-w-0" aria-label=t!(service.served_by)>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 py-3">
                <h2 class="text-[14px] font-semibold flex-1">{t!(service.served_by)}</h2>
                <span class="text-[12px] text-ink-3 tabular">
                    {move || read.get().map(|at| t!(service.compared, ago = clock.ago(at)))}
                </span>
            </div>
            {content}
        </section>
    }
}

/// A row for each cluster, with a column for each instance of the control plane.
#[component]
fn ClusterTable(clusters: Vec<ServingClusterView>) -> impl IntoView {
    let instances = clusters.iter().flat_map(|cluster| &cluster.registered);
    let instances: BTreeSet<String> = instances.map(|at| at.instance.clone()).collect();
    let heads = instances.iter().map(|instance| {
        view! { <th role="columnheader" class="break-words">{instance.clone()}</th> }
    });
    let heads = heads.collect_view();
    let rows = clusters.into_iter().map(|cluster| {
        let cells = instances.iter().map(|instance| {
            let own = cluster.registered.iter().find(|at| at.instance == *instance);
            let (own, ready) = (own.cloned(), cluster.ready);
            view! { <Cell label=instance.clone()><Registered at=own ready=ready/></Cell> }
        });
        let cells = cells.collect_view();
        let (condition, ready) = (condition(&cluster), ready(&cluster));
        let name = cluster.cluster.to_string();
        let service = cluster.service.clone().unwrap_or_else(|| t!(service.no_service));
        view! {
            <tr role="row">
                <NameCell><ClusterChip name=name/></NameCell>
                <Cell label=t!(service.service)><span class="tabular break-words">{service}</span></Cell>
                <Cell label=t!(service.ready)><span class="tabular">{ready}</span></Cell>
                {cells}
                <Cell label=t!(service.state)><ClusterState condition=condition/></Cell>
            </tr>
        }
    });
    view! {
        <table role="table" class="list-table" aria-label=t!(service.served_by)>
            <thead role="rowgroup" class="max-md:sr-only">
                <tr role="row">
                    <th role="columnheader">{t!(service.cluster)}</th>
                    <th role="columnheader">{t!(service.service)}</th>
                    <th role="columnheader">{t!(service.ready)}</th>
                    {heads}
                    <th role="columnheader">{t!(service.state)}</th>
                </tr>
            </thead>
            <tbody role="rowgroup">{rows.collect_view()}</tbody>
        </table>
    }
}
