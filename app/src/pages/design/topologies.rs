//! The topology in its states.

use super::{Case, Component, sample::LONG_NAME};
use crate::parts::{
    ClusterBox, Condition, Connection, ConnectionKind, ElementView, Selected, Topology,
    TopologyView,
};
use leptos::prelude::*;

fn element(title: &str, note: &str) -> ElementView {
    ElementView {
        title: title.to_owned(),
        note: note.to_owned(),
        condition: Condition::Ready,
    }
}

fn primary() -> ClusterBox {
    ClusterBox {
        name: "east".to_owned(),
        role: "Primary".to_owned(),
        note: "Kubernetes 1.36 · 172.16.0.0/16".to_owned(),
        network: "Network net-1".to_owned(),
        condition: Condition::Ready,
        elements: vec![
            element("ingressgateway", "10.20.3.7 · 2 of 2"),
            element("eastwestgateway", "10.20.3.8 · 2 of 2"),
            element("istiod 1.31.1", "2 of 2 replicas"),
            element("12 services", "38 of 38 proxies synced"),
        ],
    }
}

fn remote(name: &str, network: &str, condition: Condition) -> ClusterBox {
    ClusterBox {
        name: name.to_owned(),
        role: "Remote".to_owned(),
        note: "Kubernetes 1.35 · 172.18.0.0/16".to_owned(),
        network: network.to_owned(),
        condition,
        elements: vec![
            element("eastwestgateway", "203.0.113.31 · 2 of 2"),
            ElementView {
                condition,
                ..element("API server", "203.0.113.20:6443")
            },
        ],
    }
}

fn connection(
    from: (usize, usize),
    to: (usize, usize),
    kind: ConnectionKind,
    label: &str,
    condition: Condition,
) -> Connection {
    Connection {
        from,
        to,
        kind,
        label: label.to_owned(),
        condition,
        share: None,
    }
}

/// A primary with remotes of these conditions.
fn mesh(remotes: &[(&str, Condition)]) -> TopologyView {
    use ConnectionKind::{RemoteSecret, Traffic, Xds};
    let mut view = TopologyView {
        clusters: vec![primary()],
        connections: Vec::new(),
    };
    for (index, (name, condition)) in remotes.iter().enumerate() {
        let (remote_index, condition) = (index + 1, *condition);
        // The first remote is in the network of the primary, the others are in their own.
        let network = if index == 0 {
            "Network net-1"
        } else {
            "Network net-2"
        };
        view.clusters.push(remote(name, network, condition));
        let token = format!("token {}d", 29 + index * 11);
        view.connections.extend([
            connection(
                (0, 1),
                (remote_index, 0),
                Traffic,
                "184 req/s · 0.4 %",
                Condition::Ready,
            ),
            connection(
                (remote_index, 0),
                (0, 1),
                Traffic,
                "12 req/s · 0.0 %",
                Condition::Ready,
            ),
            connection((0, 2), (remote_index, 1), RemoteSecret, &token, condition),
            connection(
                (remote_index, 0),
                (0, 2),
                Xds,
                "10.20.3.8:15012",
                Condition::Ready,
            ),
        ]);
    }
    view
}

fn long() -> TopologyView {
    let mut view = mesh(&[(LONG_NAME, Condition::Degraded)]);
    if let Some(connection) = view.connections.first_mut() {
        "1,234,567 requests per second and 12.3 % errors".clone_into(&mut connection.label);
    }
    view
}

#[component]
pub(super) fn TopologyStates(last: RwSignal<String>) -> impl IntoView {
    let case = move |name: &'static str, title: &'static str, view: TopologyView| {
        let selected = RwSignal::new(None::<Selected>);
        let select = Callback::new(move |part| {
            selected.set(Some(part));
            last.set(format!("{title}: {part:?}"));
        });
        view! { <Case name=name><Topology title=title view=Signal::stored(view) selected=selected select=select/></Case> }
    };
    let three = mesh(&[
        ("north", Condition::Warning),
        ("west", Condition::Unreachable),
    ]);
    let six = mesh(&[
        ("north", Condition::Ready),
        ("west", Condition::Ready),
        ("stage-a", Condition::Progressing),
        ("stage-b", Condition::Unknown),
        ("lab", Condition::Locked),
    ]);
    view! {
        <Component name="Topology">
            {case("Three clusters", "Topology of three clusters", three)}
            {case("Two clusters", "Topology of two clusters", mesh(&[("west", Condition::Ready)]))}
            {case("Six clusters", "Topology of six clusters", six)}
            {case("One cluster", "Topology of one cluster", mesh(&[]))}
            {case("None", "Topology without clusters", TopologyView::default())}
            {case("Long names", "Topology with long names", long())}
        </Component>
    }
}
