//! The sample over its clusters as a drawing: a box a cluster, a capsule where a service runs, a line a
//! call; green where the control plane knows the way, red and broken where it does not.

use leptos::prelude::*;
use wire::mesh::{ServiceInClusterView, ServiceView};

/// What calls what in the sample.
const CALLS: [(&str, &str); 3] = [
    ("productpage", "details"),
    ("productpage", "reviews"),
    ("reviews", "ratings"),
];
const WIDTH: u32 = 300;
const GAP: u32 = 120;
const ROW: u32 = 58;

/// A capsule: whose, in which column and row, and whether the control plane knows the way there.
#[derive(Clone)]
struct Capsule {
    name: String,
    column: u32,
    row: u32,
    known: bool,
}

impl Capsule {
    fn middle(&self) -> (u32, u32) {
        (self.column * (WIDTH + GAP) + WIDTH / 2, 64 + self.row * ROW)
    }
}

fn runs(place: &ServiceInClusterView) -> bool {
    place.pods.is_some_and(|(ready, _)| ready > 0)
}

/// The capsules, column by column.
fn capsules(services: &[ServiceView], clusters: &[String]) -> Vec<Capsule> {
    let mut capsules = Vec::new();
    for (column, cluster) in (0_u32..).zip(clusters) {
        let here = services.iter().filter_map(|service| {
            let mut places = service.places.iter();
            let place = places.find(|place| place.cluster == *cluster && runs(place))?;
            Some((service.name.clone(), place))
        });
        for (row, (name, place)) in (0_u32..).zip(here) {
            let known = place.endpoints.iter().any(|one| one.known == Some(true));
            capsules.push(Capsule {
                name,
                column,
                row,
                known,
            });
        }
    }
    capsules
}

/// The drawing; the same stands below it in lines.
#[component]
pub(super) fn Drawing(services: Vec<ServiceView>) -> impl IntoView {
    let first = services.first();
    let clusters: Vec<String> = first
        .map(|service| {
            service
                .places
                .iter()
                .map(|place| place.cluster.clone())
                .collect()
        })
        .unwrap_or_default();
    let capsules = capsules(&services, &clusters);
    let rows = capsules.iter().map(|one| one.row + 1).max().unwrap_or(1);
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
    let calls = calls(&capsules)
        .into_iter()
        .map(|(from, to)| view! { <Call from=from to=to/> });
    let calls = calls.collect_view();
    let capsules = capsules.into_iter().map(|one| {
        let (x, y) = one.middle();
        view! {
            <rect x=(x - 70).to_string() y=(y - 17).to_string() width="140" height="34" rx="17" fill="var(--surface)" stroke="var(--span)"/>
            <text x=x.to_string() y=(y + 4).to_string() text-anchor="middle" font-size="13" fill="var(--ink)">{one.name}</text>
        }
    });
    view! {
        <svg viewBox=format!("0 0 {width} {height}") class="w-full max-w-[760px]" aria-hidden="true" font-family="var(--sans)">
            {boxes}
            {calls}
            {capsules.collect_view()}
        </svg>
    }
}

/// Who calls whom, wherever both run.
fn calls(capsules: &[Capsule]) -> Vec<(Capsule, Capsule)> {
    let named = |name: &'static str| capsules.iter().filter(move |one| one.name == name);
    let pairs = CALLS.iter().flat_map(|(from, to)| {
        named(from).flat_map(|from| named(to).map(|to| (from.clone(), to.clone())))
    });
    pairs.collect()
}

#[component]
fn Call(from: Capsule, to: Capsule) -> impl IntoView {
    let (stroke, dash) = if to.known {
        ("var(--good)", "none")
    } else {
        ("var(--bad)", "6 5")
    };
    let ((x1, y1), (x2, y2)) = (from.middle(), to.middle());
    view! {
        <line x1=x1.to_string() y1=y1.to_string() x2=x2.to_string() y2=y2.to_string() stroke=stroke stroke-width="2" stroke-dasharray=dash/>
    }
}
