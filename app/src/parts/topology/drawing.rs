//! The drawing of the topology. The arrow keys move between its parts, Enter and Space select.

mod boxes;

use super::{
    ClusterBox, Connection, ElementView, Selected, Shown, TopologyView,
    layout::{Layout, Link, MAX_LABEL, Node, Rect, Route, fitted, layout},
};
use crate::parts::{Condition, Glyph, Icon};
use boxes::{cluster_box, frames};
use leptos::{prelude::*, svg};
use wasm_bindgen::JsCast as _;

#[component]
pub(super) fn Drawing(shown: Shown, label: String) -> impl IntoView {
    let node = NodeRef::<svg::Svg>::new();
    // The part that the Tab key reaches; the arrow keys move it.
    let current = RwSignal::new(0_usize);
    let content = move || {
        let view = shown.view.get();
        let places = places(&view);
        let size = format!("0 0 {:.0} {:.0}", places.width, places.height);
        let parts = parts(&view, &places, shown, current);
        view! {
            <svg
                node_ref=node
                role="group"
                aria-label=label.clone()
                width=format!("{:.0}", places.width)
                viewBox=size
                class="block mx-auto max-w-full h-auto"
                font-family="var(--sans)"
                on:keydown=move |event| press(node, current, &event)
            >
                {parts}
            </svg>
        }
    };
    view! { <div class="p-3">{content}</div> }
}

fn places(view: &TopologyView) -> Layout {
    let network = |cluster: &ClusterBox| {
        let mut networks = view.clusters.iter().map(|other| &other.network);
        networks.position(|network| *network == cluster.network)
    };
    let clusters = view.clusters.iter().map(|cluster| Node {
        elements: cluster.elements.len(),
        network: network(cluster).unwrap_or_default(),
    });
    let clusters: Vec<Node> = clusters.collect();
    let links = view.connections.iter().map(|connection| Link {
        from: connection.from,
        to: connection.to,
        // A shape needs the room of some characters.
        label: connection.label.chars().count() + shape_room(connection),
    });
    layout(&clusters, &links.collect::<Vec<_>>())
}

/// The characters whose room the shape of a condition takes.
fn shape_room(connection: &Connection) -> usize {
    if connection.condition == Condition::Ready {
        0
    } else {
        3
    }
}

/// The lines behind the clusters, and their labels before them; each part has a number for the keyboard.
fn parts(view: &TopologyView, places: &Layout, shown: Shown, current: RwSignal<usize>) -> AnyView {
    let routes = || places.routes.iter().enumerate();
    let connections = routes().filter_map(|(index, route)| {
        let (connection, route) = (view.connections.get(index)?, route.as_ref()?);
        shown
            .is_shown(connection.kind)
            .then_some((index, connection, route))
    });
    let connections: Vec<(usize, &Connection, &Route)> = connections.collect();
    let lines = connections
        .iter()
        .map(|(index, connection, route)| line(*index, connection, route, shown))
        .collect_view();
    let mut number = 0;
    let mut next = || {
        number += 1;
        number - 1
    };
    let mut boxes = Vec::new();
    for (index, (cluster, place)) in view.clusters.iter().zip(&places.boxes).enumerate() {
        let elements = places.elements.get(index).into_iter().flatten();
        let inner = cluster.elements.iter().zip(elements).enumerate();
        let head = Part {
            number: next(),
            selects: Selected::Cluster(index),
        };
        let inner: Vec<(Part, &ElementView, Rect)> = inner
            .map(|(element, (view, place))| {
                let selects = Selected::Element(index, element);
                (
                    Part {
                        number: next(),
                        selects,
                    },
                    view,
                    *place,
                )
            })
            .collect();
        boxes.push(cluster_box(cluster, *place, head, inner, shown, current));
    }
    let labels = connections.iter().map(|(index, connection, route)| {
        let part = Part {
            number: next(),
            selects: Selected::Connection(*index),
        };
        let name = view.describe(connection);
        label(connection, route, name, part, shown, current)
    });
    let labels = labels.collect_view();
    view! { {frames(view, places)} {lines} {boxes} {labels} }.into_any()
}

/// A part that can be selected.
#[derive(Clone, Copy)]
struct Part {
    number: usize,
    selects: Selected,
}

impl Part {
    fn is_selected(self, shown: Shown) -> bool {
        shown.selected.get() == Some(self.selects)
    }
}

/// A part as a button of the drawing: its title is its name, also where the drawing shortens it.
fn button(
    part: Part,
    name: String,
    shown: Shown,
    current: RwSignal<usize>,
    content: AnyView,
) -> AnyView {
    view! {
        <g
            role="button"
            data-part=part.number.to_string()
            tabindex=move || if current.get() == part.number { "0" } else { "-1" }
            aria-pressed=move || part.is_selected(shown).to_string()
            class="cursor-pointer"
            on:click=move |_| {
                current.set(part.number);
                shown.select.run(part.selects);
            }
            on:keydown=move |event: web_sys::KeyboardEvent| {
                if matches!(event.key().as_str(), "Enter" | " ") {
                    event.prevent_default();
                    shown.select.run(part.selects);
                }
            }
        >
            <title>{name}</title>
            {content}
        </g>
    }
    .into_any()
}

/// The arrow keys move between the parts.
fn press(node: NodeRef<svg::Svg>, current: RwSignal<usize>, event: &web_sys::KeyboardEvent) {
    let now = current.get_untracked();
    let next = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => now + 1,
        "ArrowLeft" | "ArrowUp" => now.saturating_sub(1),
        "Home" => 0,
        _ => return,
    };
    event.prevent_default();
    let Some(svg) = node.get_untracked() else {
        return;
    };
    let found = svg.query_selector(&format!("[data-part='{next}']"));
    if let Some(part) = found.ok().flatten() {
        current.set(next);
        if let Some(part) = part.dyn_ref::<web_sys::SvgElement>() {
            let _ = part.focus();
        }
    }
}

/// The colour of a connection: what does not work has the colour of its condition.
fn colour(connection: &Connection) -> &'static str {
    match connection.condition {
        Condition::Ready => connection.kind.colour(),
        condition => condition.colour(),
    }
}

fn line(index: usize, connection: &Connection, route: &Route, shown: Shown) -> AnyView {
    let colour = colour(connection);
    let (dash, _) = connection.kind.stroke();
    let width = connection.width();
    let is_selected = move || shown.selected.get() == Some(Selected::Connection(index));
    let stroke_width = move || {
        let width = if is_selected() {
            width.max(2.5) + 1.5
        } else {
            width
        };
        format!("{width:.1}")
    };
    view! {
        <path d=route.path.clone() fill="none" stroke=colour stroke-width=stroke_width stroke-dasharray=dash/>
        <path d=route.arrow.clone() fill=colour/>
    }
    .into_any()
}

/// The label of a connection: a condition that is not ready has its shape.
fn label(
    connection: &Connection,
    route: &Route,
    name: String,
    part: Part,
    shown: Shown,
    current: RwSignal<usize>,
) -> AnyView {
    let Rect {
        x,
        y,
        width,
        height,
    } = route.label;
    let colour = colour(connection);
    let is_ready = connection.condition == Condition::Ready;
    let glyph = connection.condition.glyph();
    let text = fitted(&connection.label, MAX_LABEL - shape_room(connection));
    let middle = x + width / 2.0 + if is_ready { 0.0 } else { 8.0 };
    let stroke_width = move || if part.is_selected(shown) { "2.5" } else { "1" };
    let content = view! {
        <rect x=x.to_string() y=y.to_string() width=width.to_string() height=height.to_string() rx="11" fill="var(--surface)" stroke=colour stroke-width=stroke_width/>
        {(!is_ready).then(|| view! { <g transform=format!("translate({:.1} {:.1})", x + 6.0, y + 5.0) color=colour>{mark(glyph, "12")}</g> })}
        <text x=middle.to_string() y=(y + 15.0).to_string() text-anchor="middle" font-size="11.5" font-weight="500" fill=colour>{text}</text>
    };
    button(part, name, shown, current, content.into_any())
}

/// A shape within the drawing.
fn mark(glyph: Glyph, size: &'static str) -> AnyView {
    view! { <svg width=size height=size><Icon glyph=glyph class="overflow-visible"/></svg> }
        .into_any()
}
