//! The traffic in the topology: lines between clusters, and what they are the sum of.

use crate::{
    api,
    clock::clock,
    current::keep_current,
    parts::{ButtonLink, Condition, Connection, ConnectionKind, written},
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    ClusterName, MeshName,
    live::Topic,
    mesh::{
        ClusterFlowView, ElementIndex, ElementKind, MeshTopologyView, MeshTrafficView, TrafficView,
    },
};

/// From this share of failed requests, in percent, a line is a warning.
const WARNING_PERCENT: f64 = 1.0;

/// The traffic of a mesh, kept current; none before the first answer.
pub(super) fn follow(mesh: MeshName) -> Signal<Option<MeshTrafficView>> {
    let traffic = Resource::new(|| (), move |()| api::meshes::mesh_traffic(mesh.clone()));
    keep_current(traffic, &[Topic::Traffic]);
    let latest = RwSignal::new(None);
    Effect::new(move |_| {
        // A failed reading leaves what is known: the page itself reports a lost connection.
        if let Some(Ok(view)) = traffic.get() {
            latest.set(Some(view));
        }
    });
    latest.into()
}

/// The flows that are drawn: those between two members.
pub(in super::super) fn drawn<'a>(
    topology: &MeshTopologyView,
    traffic: &'a MeshTrafficView,
) -> Vec<(&'a ClusterFlowView, ElementIndex, ElementIndex)> {
    let flows = traffic.flows.iter();
    let between = flows.filter(|flow| flow.from != flow.to);
    let placed = between.filter_map(|flow| {
        let position =
            |name: &ClusterName| topology.members.iter().position(|own| own.cluster == *name);
        let (from, to) = (position(&flow.from)?, position(&flow.to)?);
        Some((
            flow,
            (from, workloads(topology, from)),
            (to, entrance(topology, from, to)),
        ))
    });
    placed.collect()
}

/// The element of a member that has its workloads, else its first one.
fn workloads(topology: &MeshTopologyView, member: usize) -> usize {
    let is_workloads = |kind: &ElementKind| matches!(kind, ElementKind::Workloads { .. });
    find(topology, member, is_workloads).unwrap_or_default()
}

/// The element at which requests of another member arrive: the gateway of another network, else the workloads.
fn entrance(topology: &MeshTopologyView, from: usize, to: usize) -> usize {
    let network = |member: usize| topology.members.get(member).map(|own| &own.network);
    let is_gateway = |kind: &ElementKind| matches!(kind, ElementKind::Gateway { name, .. } if name.contains("eastwest"));
    let gateway = (network(from) != network(to))
        .then(|| find(topology, to, is_gateway))
        .flatten();
    gateway.unwrap_or_else(|| workloads(topology, to))
}

fn find(
    topology: &MeshTopologyView,
    member: usize,
    is_meant: impl Fn(&ElementKind) -> bool,
) -> Option<usize> {
    let elements = &topology.members.get(member)?.elements;
    elements.iter().position(|element| is_meant(&element.kind))
}

/// The lines of the traffic, each as wide as its part of the largest rate.
pub(super) fn connections(
    topology: &MeshTopologyView,
    traffic: &MeshTrafficView,
) -> Vec<Connection> {
    let drawn = drawn(topology, traffic);
    let most = drawn.iter().map(|(flow, ..)| flow.requests);
    let most = most.fold(f64::MIN_POSITIVE, f64::max);
    let lines = drawn.into_iter().map(|(flow, from, to)| Connection {
        from,
        to,
        kind: ConnectionKind::Traffic,
        label: rate(flow.requests, flow.errors),
        condition: condition(flow.errors),
        share: Some(flow.requests / most),
    });
    lines.collect()
}

/// The condition of requests of which some failed.
pub(in super::super) fn condition(errors: Option<f64>) -> Condition {
    match errors {
        Some(errors) if errors >= WARNING_PERCENT => Condition::Warning,
        _ => Condition::Ready,
    }
}

/// A rate with its errors, in words.
pub(in super::super) fn rate(requests: f64, errors: Option<f64>) -> String {
    let requests = written(requests);
    match errors {
        Some(errors) => {
            t!(
                topology.rate_errors,
                requests = requests,
                errors = written(errors)
            )
        }
        None => t!(topology.rate, requests = requests),
    }
}

/// What the lines are the sum of, and the way to the Services.
#[component]
pub(super) fn Note(mesh: MeshName, traffic: Signal<Option<MeshTrafficView>>) -> impl IntoView {
    let clock = clock();
    let link = StoredValue::new(urls::mesh_services(&mesh));
    let text = move |view: &MeshTrafficView| {
        let mut parts = vec![summed(view)];
        parts.push(match view.at {
            None => t!(topology.sum_begins),
            Some(at) => t!(topology.sum_average, ago = clock.ago(at)),
        });
        if view.at.is_some() && view.flows.iter().all(|flow| flow.from == flow.to) {
            parts.push(t!(topology.sum_none));
        }
        parts.join(" · ")
    };
    let content = move || {
        let view = traffic.get()?;
        if view.services.is_empty() {
            let seconds = TrafficView::INTERVAL_SECONDS;
            return Some((t!(topology.none_pinned, seconds = seconds), None, true));
        }
        let unplaced = (view.unplaced > 0.0)
            .then(|| t!(topology.sum_unplaced, requests = written(view.unplaced)));
        Some((text(&view), unplaced, false))
    };
    move || {
        content().map(|(text, unplaced, is_empty)| {
            let button = if is_empty { t!(topology.choose_services) } else { t!(topology.show_services) };
            view! {
                <div class="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5 border-t border-line text-[12.5px] text-ink-2">
                    <div class="flex-1 min-w-[220px]">
                        <p>{text}</p>
                        {unplaced.map(|unplaced| view! { <p>{unplaced}</p> })}
                    </div>
                    <ButtonLink to=link.get_value()>{button}</ButtonLink>
                </div>
            }
        })
    }
}

/// The number of Services in the sum.
fn summed(view: &MeshTrafficView) -> String {
    match (view.pinned(), view.open()) {
        (0, open) => count!(topology.sum_only_open, n = open),
        (pinned, 0) => count!(topology.sum_pinned, n = pinned),
        (pinned, open) => format!(
            "{} {}",
            count!(topology.sum_pinned, n = pinned),
            count!(topology.sum_open, n = open)
        ),
    }
}

#[cfg(test)]
mod tests;
