//! The boxes of the drawing: networks, clusters and elements.

use super::{
    super::{
        ClusterBox, ElementView, Shown, TopologyView,
        layout::{HEAD, Layout, Rect, fitted},
    },
    Part, button, mark,
};
use crate::live::stream;
use leptos::prelude::*;

/// The characters that fit into the head of a cluster beside its condition.
const MAX_NAME: usize = 20;
/// The longest role.
const MAX_ROLE: usize = 9;
/// The characters of a note and of the title of an element.
const MAX_NOTE: usize = 30;
const MAX_TITLE: usize = 24;
/// The characters of the name of a network.
const MAX_NETWORK: usize = 34;

/// The networks behind everything: the clusters of a frame reach each other's pods, others use gateways.
pub(super) fn frames(view: &TopologyView, places: &Layout) -> AnyView {
    let frames = places.frames.iter().filter_map(|(cluster, place)| {
        let network = &view.clusters.get(*cluster)?.network;
        let (x, y) = (place.x, place.y);
        Some(view! {
            <rect x=x.to_string() y=y.to_string() width=place.width.to_string() height=place.height.to_string() rx="12" fill="var(--sunken)"/>
            <text x=(x + 14.0).to_string() y=(y + 18.0).to_string() font-size="11.5" font-weight="500" fill="var(--ink-2)">{fitted(network, MAX_NETWORK)}</text>
        })
    });
    frames.collect_view().into_any()
}

/// A cluster with its elements.
pub(super) fn cluster_box(
    cluster: &ClusterBox,
    place: Rect,
    head: Part,
    elements: Vec<(Part, &ElementView, Rect)>,
    shown: Shown,
    current: RwSignal<usize>,
) -> AnyView {
    let Rect {
        x,
        y,
        width,
        height,
    } = place;
    let live = stream();
    let name = cluster.name.clone();
    let colour = Memo::new(move |_| format!("var(--c{})", live.cluster_colour(&name)));
    let condition = cluster.condition;
    let stroke_width = move || if head.is_selected(shown) { "3" } else { "1.5" };
    let role = fitted(&cluster.role, MAX_ROLE);
    let title = fitted(&cluster.name, MAX_NAME - role.chars().count());
    let content = view! {
        <rect x=x.to_string() y=y.to_string() width=width.to_string() height=height.to_string() rx="10" fill="var(--surface)" stroke=colour stroke-width=stroke_width/>
        <rect x=(x + 14.0).to_string() y=(y + 13.0).to_string() width="11" height="11" rx="3" fill=colour/>
        <text x=(x + 32.0).to_string() y=(y + 23.0).to_string() font-size="13.5" font-weight="600" fill="var(--ink)">
            {title}
            <tspan dx="8" font-size="11.5" font-weight="400" fill="var(--ink-2)">{role}</tspan>
        </text>
        <text x=(x + 14.0).to_string() y=(y + 42.0).to_string() font-size="11" fill="var(--ink-2)">{fitted(&cluster.note, MAX_NOTE + 4)}</text>
        <g transform=format!("translate({:.1} {:.1})", x + width - 30.0, y + 11.0) color=condition.colour()>{mark(condition.glyph(), "16")}</g>
        // The whole head is a target, not only what is painted.
        <rect x=x.to_string() y=y.to_string() width=width.to_string() height=HEAD.to_string() fill="transparent"/>
    };
    let label = format!(
        "{}, {}, {}: {}",
        cluster.name,
        cluster.role,
        cluster.network,
        condition.word()
    );
    let head = button(head, label, shown, current, content.into_any());
    let elements = elements
        .into_iter()
        .map(|(part, view, place)| element(&cluster.name, view, place, part, shown, current))
        .collect_view();
    view! { {head} {elements} }.into_any()
}

fn element(
    cluster: &str,
    view: &ElementView,
    place: Rect,
    part: Part,
    shown: Shown,
    current: RwSignal<usize>,
) -> AnyView {
    let Rect {
        x,
        y,
        width,
        height,
    } = place;
    let stroke = move || {
        if part.is_selected(shown) {
            "var(--ink)"
        } else {
            "var(--line-strong)"
        }
    };
    let stroke_width = move || if part.is_selected(shown) { "2" } else { "1" };
    let content = view! {
        <rect x=x.to_string() y=y.to_string() width=width.to_string() height=height.to_string() rx="6" fill="var(--surface)" stroke=stroke stroke-width=stroke_width/>
        <text x=(x + 10.0).to_string() y=(y + 18.0).to_string() font-size="12" font-weight="600" fill="var(--ink)">{fitted(&view.title, MAX_TITLE)}</text>
        <text x=(x + 10.0).to_string() y=(y + 33.0).to_string() font-size="11" fill="var(--ink-2)">{fitted(&view.note, MAX_NOTE)}</text>
        <g transform=format!("translate({:.1} {:.1})", x + width - 23.0, y + 7.0) color=view.condition.colour()>{mark(view.condition.glyph(), "14")}</g>
    };
    let name = format!(
        "{}, {cluster}, {}: {}",
        view.title,
        view.note,
        view.condition.word()
    );
    button(part, name, shown, current, content.into_any())
}
