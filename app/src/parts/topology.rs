//! The topology of a mesh: networks as frames, clusters as boxes with their elements, and the connections between
//! them with their state; the same as a list, which a phone shows and which the operator can choose.
//!
//! `layout` computes all places. Start at [`Topology`].

mod drawing;
mod layout;
mod list;

use super::{Condition, Glyph, Icon, Segmented, tw};
use crate::words::t;
use drawing::Drawing;
use leptos::prelude::*;
use list::Connections;

/// The widths of a line by its measure.
const MIN_WIDTH: f64 = 1.4;
const MAX_WIDTH: f64 = 6.0;

/// What a connection carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionKind {
    /// Requests of workloads.
    Traffic,
    /// The configuration of proxies, from istiod.
    Xds,
    /// The reads of an API server with the token of a remote secret.
    RemoteSecret,
}

impl ConnectionKind {
    const ALL: [Self; 3] = [Self::Traffic, Self::Xds, Self::RemoteSecret];

    fn word(self) -> String {
        match self {
            Self::Traffic => t!(topology.traffic),
            Self::Xds => t!(topology.xds),
            Self::RemoteSecret => t!(topology.remote_secret),
        }
    }

    /// The dashes and the width of its line.
    const fn stroke(self) -> (&'static str, &'static str) {
        match self {
            Self::Traffic => ("none", "2.6"),
            Self::Xds => ("5 4", "1.6"),
            Self::RemoteSecret => ("none", "1.4"),
        }
    }

    /// What its line means, in the legend.
    fn legend(self) -> String {
        match self {
            Self::Traffic => t!(topology.traffic_width),
            Self::Xds | Self::RemoteSecret => self.word(),
        }
    }

    /// The colour of a connection that works.
    const fn colour(self) -> &'static str {
        match self {
            Self::Traffic => "var(--span)",
            Self::Xds => "var(--busy)",
            Self::RemoteSecret => "var(--good)",
        }
    }
}

/// An element of a cluster: an istiod, a gateway, the API server, the services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ElementView {
    /// Its name.
    pub(crate) title: String,
    /// Its address or number.
    pub(crate) note: String,
    /// Its condition.
    pub(crate) condition: Condition,
}

/// A cluster of the topology.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClusterBox {
    /// Its name.
    pub(crate) name: String,
    /// Its role, such as "Primary".
    pub(crate) role: String,
    /// Its version and ranges.
    pub(crate) note: String,
    /// Its network, such as "Network net-1"; the clusters of one network are within one frame.
    pub(crate) network: String,
    /// Its condition.
    pub(crate) condition: Condition,
    /// Its elements.
    pub(crate) elements: Vec<ElementView>,
}

/// A connection between two elements: the index of the cluster and of the element.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Connection {
    /// Where it begins.
    pub(crate) from: (usize, usize),
    /// Where it leads.
    pub(crate) to: (usize, usize),
    /// What it carries.
    pub(crate) kind: ConnectionKind,
    /// Its measure, such as "184 req/s · 0.4 %".
    pub(crate) label: String,
    /// Its condition.
    pub(crate) condition: Condition,
    /// Its part of the largest measure, from 0 to 1, which is the width of its line; none where it has no measure.
    pub(crate) share: Option<f64>,
}

impl Connection {
    /// The width of its line.
    fn width(&self) -> f64 {
        let (_, width) = self.kind.stroke();
        let width: f64 = width.parse().unwrap_or(1.0);
        // The square root shows small rates beside large ones.
        self.share.map_or(width, |share| {
            MIN_WIDTH + (MAX_WIDTH - MIN_WIDTH) * share.clamp(0.0, 1.0).sqrt()
        })
    }
}

/// The topology: the first cluster is the primary.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TopologyView {
    /// The clusters.
    pub(crate) clusters: Vec<ClusterBox>,
    /// The connections.
    pub(crate) connections: Vec<Connection>,
}

impl TopologyView {
    fn cluster(&self, index: usize) -> String {
        let cluster = self.clusters.get(index);
        cluster.map_or_else(String::new, |cluster| cluster.name.clone())
    }

    /// The clusters of a connection, such as "east → west".
    fn ends(&self, connection: &Connection) -> String {
        let (from, to) = (
            self.cluster(connection.from.0),
            self.cluster(connection.to.0),
        );
        format!("{from} → {to}")
    }

    /// A connection in words.
    fn describe(&self, connection: &Connection) -> String {
        let (ends, kind) = (self.ends(connection), connection.kind.word());
        format!(
            "{ends}, {kind}, {}: {}",
            connection.label,
            connection.condition.word()
        )
    }
}

/// What the operator selected: indices of the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selected {
    /// A cluster.
    Cluster(usize),
    /// An element of a cluster.
    Element(usize, usize),
    /// A connection.
    Connection(usize),
}

/// What the drawing and the list share. Cheap to copy.
#[derive(Clone, Copy)]
struct Shown {
    view: Signal<TopologyView>,
    selected: Signal<Option<Selected>>,
    select: Callback<Selected>,
    /// The kinds of connections that are hidden.
    hidden: RwSignal<Vec<ConnectionKind>>,
}

impl Shown {
    fn is_shown(self, kind: ConnectionKind) -> bool {
        self.hidden.with(|hidden| !hidden.contains(&kind))
    }
}

/// The topology of a mesh.
#[component]
pub(crate) fn Topology(
    /// The title.
    #[prop(into)]
    title: String,
    /// The topology.
    #[prop(into)]
    view: Signal<TopologyView>,
    /// What is selected: a panel beside the topology shows it.
    #[prop(into)]
    selected: Signal<Option<Selected>>,
    /// Selects.
    select: Callback<Selected>,
    /// The text below it, about the source of its numbers.
    #[prop(optional, into)]
    note: ViewFn,
) -> impl IntoView {
    let shown = Shown {
        view,
        selected,
        select,
        hidden: RwSignal::new(Vec::new()),
    };
    let form = RwSignal::new(0);
    let is_empty = Memo::new(move |_| view.with(|view| view.clusters.is_empty()));
    let drawing_class = move || {
        if form.get() == 0 && !is_empty.get() {
            tw("max-md:hidden")
        } else {
            tw("hidden")
        }
    };
    let list_class = move || {
        if is_empty.get() {
            tw("hidden")
        } else if form.get() == 0 {
            tw("md:hidden")
        } else {
            tw("block")
        }
    };
    let label = title.clone();
    let form_label = t!(topology.form, title = title.clone());
    let form_choices = vec![t!(topology.drawing), t!(topology.list)];
    let name = title.clone();
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0" aria-label=label>
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5 border-b border-line">
                <h2 class="text-[14px] font-semibold flex-1 max-md:basis-full">{title}</h2>
                <Layers shown=shown/>
                <div class="max-md:hidden shrink-0"><Segmented label=form_label choices=form_choices chosen=form/></div>
            </div>
            {move || is_empty.get().then(|| view! { <p class="px-4 py-4 text-[13px] text-ink-2">{t!(topology.none)}</p> })}
            <div class=drawing_class><Drawing shown=shown label=name/> <Legend view=view/></div>
            <div class=list_class><Connections shown=shown/></div>
            {note.run()}
        </section>
    }
}

/// The kinds of the connections that the topology has.
fn kinds(view: Signal<TopologyView>) -> Memo<Vec<ConnectionKind>> {
    Memo::new(move |_| {
        let has = |kind: &ConnectionKind| {
            view.with(|view| view.connections.iter().any(|own| own.kind == *kind))
        };
        ConnectionKind::ALL.into_iter().filter(has).collect()
    })
}

/// The kinds of connections, each shown or hidden.
#[component]
fn Layers(shown: Shown) -> impl IntoView {
    let layer = move |kind: ConnectionKind| {
        view! {
            <label class="inline-flex items-center gap-1.5 max-md:min-h-10 text-[12.5px] cursor-pointer">
                <input
                    type="checkbox"
                    class="size-4 accent-span"
                    prop:checked=move || shown.is_shown(kind)
                    checked=true
                    on:change=move |event| {
                        let is_hidden = !event_target_checked(&event);
                        shown.hidden.update(|hidden| {
                            hidden.retain(|other| *other != kind);
                            if is_hidden {
                                hidden.push(kind);
                            }
                        });
                    }
                />
                {kind.word()}
            </label>
        }
    };
    let kinds = kinds(shown.view);
    view! {
        <div class="flex flex-wrap gap-x-4" role="group" aria-label=t!(topology.layers)>
            {move || kinds.get().into_iter().map(layer).collect_view()}
        </div>
    }
}

/// What the lines and shapes of the drawing mean.
#[component]
fn Legend(view: Signal<TopologyView>) -> impl IntoView {
    let line = |kind: ConnectionKind| {
        let (dash, width) = kind.stroke();
        view! {
            <span class="inline-flex items-center gap-1.5">
                <svg class="w-6 h-2" viewBox="0 0 24 8" aria-hidden="true">
                    <path d="M0 4h24" stroke=kind.colour() stroke-width=width stroke-dasharray=dash/>
                </svg>
                {kind.legend()}
            </span>
        }
    };
    let kinds = kinds(view);
    let shape = |glyph: Glyph, class: &'static str, condition: Condition| {
        view! { <span class="inline-flex items-center gap-1.5"><Icon glyph=glyph class=class/> {condition.word()}</span> }
    };
    view! {
        <p class="flex flex-wrap gap-x-5 gap-y-1 px-4 py-2.5 border-t border-line text-[12px] text-ink-2">
            {move || kinds.get().into_iter().map(line).collect_view()}
            {shape(Glyph::Good, tw("size-3.5 shrink-0 text-good"), Condition::Ready)}
            {shape(Glyph::Warn, tw("size-3.5 shrink-0 text-warn"), Condition::Warning)}
            {shape(Glyph::Unreachable, tw("size-3.5 shrink-0 text-bad"), Condition::Unreachable)}
        </p>
    }
}
