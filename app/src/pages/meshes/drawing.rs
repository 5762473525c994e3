//! The drawing of the sample: a box per cluster, a node per running service, a line per call. A line is green
//! when the endpoint is registered in the control plane, otherwise red and dashed.

use leptos::prelude::*;
use wire::mesh::{ServiceInClusterView, ServiceView};

/// The calls of the sample: client and server.
const CALLS: [(&str, &str); 3] = [
    ("productpage", "details"),
    ("productpage", "reviews"),
    ("reviews", "ratings"),
];
const WIDTH: u32 = 300;
const GAP: u32 = 120;
const ROW: u32 = 58;

/// A service in a cluster: its column and row, and whether its endpoint is registered.
#[derive(Clone)]
struct Node {
    name: String,
    column: u32,
    row: u32,
    registered: bool,
}

impl Node {
    fn center(&self) -> (u32, u32) {
        (self.column * (WIDTH + GAP) + WIDTH / 2, 64 + self.row * ROW)
    }
}

fn is_running(workload: &ServiceInClusterView) -> bool {
    workload.pods.is_some_and(|(ready, _)| ready > 0)
}

/// The nodes, column by column.
fn nodes(services: &[ServiceView], clusters: &[String]) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (column, cluster) in (0_u32..).zip(clusters) {
        let running = services.iter().filter_map(|service| {
            let mut workloads = service.places.iter();
            let workload =
                workloads.find(|workload| workload.cluster == *cluster && is_running(workload))?;
            Some((service.name.clone(), workload))
        });
        for (row, (name, workload)) in (0_u32..).zip(running) {
            let mut endpoints = workload.endpoints.iter();
            let registered = endpoints.any(|endpoint| endpoint.known == Some(true));
            nodes.push(Node {
                name,
                column,
                row,
                registered,
            });
        }
    }
    nodes
}

/// The drawing; the list below it has the same content.
#[component]
pub(super) fn Drawing(services: Vec<ServiceView>) -> impl IntoView {
    let first = services.first();
    let clusters: Vec<String> = first
        .map(|service| {
            service
                .places
                .iter()
                .map(|workload| workload.cluster.clone())
                .collect()
        })
        .unwrap_or_default();
    let nodes = nodes(&services, &clusters);
    let rows = nodes.iter().map(|node| node.row + 1).max().unwrap_or(1);
    let columns = u32::try_from(clusters.len()).unwrap_or(1).max(1);
    let (width, height) = (columns * WIDTH + (columns - 1) * GAP, 64 + rows * ROW);
    let boxes = (0_u32..).zip(clusters).map(|(column, cluster)| {
        let x = column * (WIDTH + GAP);
        view! {
            <rect x=x.to_string() y="1" width=WIDTH.to_string() height=(height - 2).to_string() rx="10" fill="var(--sunken)" stroke="var(--line-strong)"/>
            <text x=(x + 16).to_string() y="26" font-size="13" font-weight="600" fill="var(--ink)">{cluster}</text>
        }
    });
    let boxes = boxes.collect_view();
    let calls = calls(&nodes)
        .into_iter()
        .map(|(from, to)| view! { <Call from=from to=to/> });
    let calls = calls.collect_view();
    let nodes = nodes.into_iter().map(|node| {
        let (x, y) = node.center();
        view! {
            <rect x=(x - 70).to_string() y=(y - 17).to_string() width="140" height="34" rx="17" fill="var(--surface)" stroke="var(--span)"/>
            <text x=x.to_string() y=(y + 4).to_string() text-anchor="middle" font-size="13" fill="var(--ink)">{node.name}</text>
        }
    });
    view! {
        <svg viewBox=format!("0 0 {width} {height}") class="w-full max-w-[760px]" aria-hidden="true" font-family="var(--sans)">
            {boxes}
            {calls}
            {nodes.collect_view()}
        </svg>
    }
}

/// The pairs of a client and a server that both run.
fn calls(nodes: &[Node]) -> Vec<(Node, Node)> {
    let named = |name: &'static str| nodes.iter().filter(move |node| node.name == name);
    let pairs = CALLS.iter().flat_map(|(from, to)| {
        named(from).flat_map(|from| named(to).map(|to| (from.clone(), to.clone())))
    });
    pairs.collect()
}

#[component]
fn Call(from: Node, to: Node) -> impl IntoView {
    let (stroke, dash) = if to.registered {
        ("var(--good)", "none")
    } else {
        ("var(--bad)", "6 5")
    };
    let ((x1, y1), (x2, y2)) = (from.center(), to.center());
    view! {
        <line x1=x1.to_string() y1=y1.to_string() x2=x2.to_string() y2=y2.to_string() stroke=stroke stroke-width="2" stroke-dasharray=dash/>
    }
}
