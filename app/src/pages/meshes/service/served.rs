//! Who serves a Service in which cluster, which endpoints each istiod has registered, and the endpoints.

use crate::{
    clock::clock,
    parts::{
        ButtonLink, Cell, ClusterChip, Condition, ConditionPill, NameCell, Notice, Pill, Tone, tw,
    },
    urls,
    words::{count, t},
    zone::{time_of_day, zone},
};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wire::mesh::{
    EndpointState, MissingEndpointView, RegisteredServiceView, ServiceDetailView,
    ServiceEndpointView, ServingClusterView,
};

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

/// An istiod that lacks endpoints of a cluster.
#[derive(Clone)]
struct Lacking {
    cluster: String,
    instance: String,
    endpoints: Vec<MissingEndpointView>,
}

fn missing(clusters: &[ServingClusterView]) -> Vec<Lacking> {
    let all = clusters.iter().flat_map(|cluster| {
        let lacking = cluster
            .registered
            .iter()
            .filter(|at| !at.missing.is_empty());
        lacking.map(|at| Lacking {
            cluster: cluster.cluster.to_string(),
            instance: at.instance.clone(),
            endpoints: at.missing.clone(),
        })
    });
    all.collect()
}

/// The endpoints that an istiod lacks, and what that means.
#[component]
fn Missing(missing: Lacking) -> impl IntoView {
    let zone = zone();
    let is_confirmed = missing.endpoints.iter().any(|endpoint| endpoint.confirmed);
    let since = missing
        .endpoints
        .iter()
        .map(|endpoint| endpoint.since)
        .min();
    let names = missing
        .endpoints
        .iter()
        .map(|endpoint| match &endpoint.pod {
            Some(pod) => format!("{} ({pod})", endpoint.address),
            None => endpoint.address.clone(),
        });
    let names = names.collect::<Vec<_>>().join(", ");
    let number = missing.endpoints.len();
    let sentence = move || {
        let time = since.map_or_else(String::new, |since| time_of_day(since, &zone.get()));
        let (cluster, instance) = (missing.cluster.clone(), missing.instance.clone());
        count!(
            service.missing,
            n = number,
            cluster = cluster,
            instance = instance,
            time = time
        )
    };
    let (tone, note) = if is_confirmed {
        (Tone::Warn, t!(service.missing_note))
    } else {
        (Tone::Plain, t!(service.missing_unconfirmed))
    };
    view! {
        <div class="mb-3">
            <Notice tone=tone>
                <p class="font-medium">{sentence}</p>
                <p class="font-mono text-[12px] text-ink-2 break-words">{names}</p>
                <p>{note}</p>
            </Notice>
        </div>
    }
}

/// A cluster that no control plane reads, and the way to its join.
#[component]
fn NotRegistered(link: String) -> impl IntoView {
    view! {
        <div class="mb-3">
            <Notice tone=Tone::Warn>
                <p class="mb-2">{t!(service.not_joined)}</p>
                <ButtonLink to=link>{t!(service.open_steps)}</ButtonLink>
            </Notice>
        </div>
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

/// The state of a cluster; none for one that serves nothing.
fn condition(cluster: &ServingClusterView) -> Option<Condition> {
    let lacks = |at: &RegisteredServiceView| at.missing.iter().any(|missing| missing.confirmed);
    if cluster.unread.is_some() {
        Some(Condition::Unknown)
    } else if cluster.registered.iter().any(lacks) || (cluster.not_ready > 0 && cluster.ready > 0) {
        Some(Condition::Degraded)
    } else if cluster.not_ready > 0 {
        Some(Condition::Failed)
    } else {
        (cluster.ready > 0).then_some(Condition::Ready)
    }
}

#[component]
fn ClusterState(condition: Option<Condition>) -> impl IntoView {
    match condition {
        Some(condition) => {
            view! { <ConditionPill condition=condition with_shape=true/> }.into_any()
        }
        None => view! { <Pill>{t!(service.no_pods)}</Pill> }.into_any(),
    }
}

/// The ready endpoints, and how many are not ready or terminate.
fn ready(cluster: &ServingClusterView) -> String {
    let all = cluster.ready + cluster.not_ready;
    if cluster.unread.is_some() {
        return t!(service.unknown);
    }
    if all == 0 && cluster.terminating == 0 {
        return match cluster.service {
            Some(_) => t!(service.callers_only),
            None => t!(service.no_endpoints),
        };
    }
    let ready = t!(service.ready_of, ready = cluster.ready, all = all);
    if cluster.terminating == 0 {
        return ready;
    }
    format!(
        "{ready} · {}",
        count!(service.terminating, n = cluster.terminating)
    )
}

/// What one instance has registered: a mark for each endpoint, up to ten, and the numbers.
#[component]
fn Registered(at: Option<RegisteredServiceView>, ready: u32) -> impl IntoView {
    let Some(at) = at else {
        return view! { <span class="text-ink-3">{t!(service.not_read)}</span> }.into_any();
    };
    if let Some(reason) = at.unread {
        return view! { <span class="text-ink-2" title=reason>{t!(service.unknown)}</span> }
            .into_any();
    }
    let Some(registered) = at.registered else {
        return view! { <span class="text-ink-2">{t!(service.not_compared)}</span> }.into_any();
    };
    if ready == 0 && registered == 0 {
        return view! { <span class="text-ink-3">{t!(service.no_endpoints)}</span> }.into_any();
    }
    let class = if at.missing.is_empty() {
        tw("tabular")
    } else {
        tw("tabular font-semibold text-bad")
    };
    view! { <span class=class>{t!(service.registered_of, registered = registered, ready = ready)}</span> }
        .into_any()
}

/// The endpoints of a cluster, folded.
#[component]
fn Endpoints(cluster: ServingClusterView) -> impl IntoView {
    let number = cluster.ready + cluster.not_ready + cluster.terminating;
    let left_out = usize::try_from(number)
        .unwrap_or(0)
        .saturating_sub(cluster.endpoints.len());
    let name = cluster.cluster.to_string();
    let label = count!(service.endpoints_of, n = number, cluster = name);
    let rows = cluster
        .endpoints
        .into_iter()
        .map(|endpoint| view! { <Endpoint endpoint=endpoint/> });
    let rows = rows.collect_view();
    (number > 0).then(|| {
        view! {
            <details class="border-t border-line text-[13px]">
                <summary class="cursor-pointer py-2.5 text-ink-2">{label.clone()}</summary>
                <table role="table" class="list-table" aria-label=label>
                    <thead role="rowgroup" class="max-md:sr-only">
                        <tr role="row">
                            <th role="columnheader">{t!(service.address)}</th>
                            <th role="columnheader">{t!(service.pod)}</th>
                            <th role="columnheader">{t!(service.proxy)}</th>
                            <th role="columnheader">{t!(service.state)}</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
                {(left_out > 0).then(|| view! { <p class="py-2 text-ink-2">{count!(service.more_endpoints, n = left_out)}</p> })}
            </details>
        }
    })
}

#[component]
fn Endpoint(endpoint: ServiceEndpointView) -> impl IntoView {
    let (tone, state) = match endpoint.state {
        EndpointState::Ready => (Tone::Good, t!(service.endpoint_ready)),
        EndpointState::NotReady => (Tone::Warn, t!(service.endpoint_not_ready)),
        EndpointState::Terminating => (Tone::Plain, t!(service.endpoint_terminating)),
    };
    let proxy = if endpoint.proxy {
        t!(service.has_proxy)
    } else {
        t!(service.has_no_proxy)
    };
    view! {
        <tr role="row">
            <NameCell><span class="font-mono text-[12px]">{endpoint.address}</span></NameCell>
            <Cell label=t!(service.pod)>{endpoint.pod.unwrap_or_else(|| t!(service.no_pod))}</Cell>
            <Cell label=t!(service.proxy)>{proxy}</Cell>
            <Cell label=t!(service.state)><Pill tone=tone>{state}</Pill></Cell>
        </tr>
    }
}
