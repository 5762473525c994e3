//! A cluster in the table of a new mesh, and below it what speaks against it.

use super::{selection::Selection, words::of_finding};
use crate::{
    pages::clusters::state::{state_label, state_tone},
    parts::{Cell, ClusterChip, Glyph, Icon, NameCell, Pill, tw},
    words::t,
};
use leptos::prelude::*;
use wire::{
    cluster::Role,
    mesh::{MeshCandidate, MeshFinding},
};

const TARGET: &str =
    tw("inline-flex items-center justify-center size-8 max-md:size-10 max-md:-my-1 cursor-pointer");

/// The number of ranges in a cell.
const SHOWN_RANGES: usize = 2;

/// The rows of a cluster.
#[component]
pub(super) fn CandidateRow(row: Signal<MeshCandidate>, selection: Selection) -> impl IntoView {
    let name = StoredValue::new(row.get_untracked().name);
    let cluster = row.get_untracked().name.to_string();
    let findings = Memo::new(move |_| selection.findings_of(&name.get_value()));
    let findings_id = StoredValue::new(format!("{cluster}-findings"));
    let described_by = move || {
        let has_findings = findings.with(|findings| !findings.is_empty());
        has_findings.then(|| findings_id.get_value())
    };
    let (primary_label, remote_label) = (
        t!(mesh.as_primary, cluster = cluster.clone()),
        t!(mesh.as_remote, cluster = cluster.clone()),
    );
    let is_primary = Memo::new(move |_| selection.is_primary(&name.get_value()));
    let is_remote = Memo::new(move |_| selection.is_remote(&name.get_value()));
    view! {
        <tr role="row">
            <NameCell><ClusterChip name=cluster/></NameCell>
            <Cell label=t!(mesh.primary)>
                <label class=TARGET>
                    <input
                        type="radio"
                        name="primary"
                        class="size-4 accent-span"
                        aria-label=primary_label
                        aria-describedby=described_by
                        prop:checked=is_primary
                        on:change=move |_| selection.select_primary(&name.get_value())
                    />
                </label>
            </Cell>
            <Cell label=t!(mesh.remote)>
                <label class=TARGET>
                    <input
                        type="checkbox"
                        class="size-4 accent-span"
                        aria-label=remote_label
                        aria-describedby=described_by
                        disabled=move || is_primary.get()
                        prop:checked=is_remote
                        on:change=move |event| selection.select_remote(&name.get_value(), event_target_checked(&event))
                    />
                </label>
            </Cell>
            <Facts row=row/>
        </tr>
        <Show when=move || findings.with(|findings| !findings.is_empty())>
            <tr role="row" data-findings="">
                <td role="cell" colspan="9">
                    <ul id=findings_id.get_value() class="grid gap-1 pb-2" role="list">
                        {move || findings.get().iter().map(finding).collect_view()}
                    </ul>
                </td>
            </tr>
        </Show>
    }
}

/// What is known of a cluster.
#[component]
fn Facts(row: Signal<MeshCandidate>) -> impl IntoView {
    let text = move |text: fn(&MeshCandidate) -> String| move || row.with(text);
    let state = Memo::new(move |_| row.with(|row| row.state.name()));
    view! {
        <Cell label=t!(clusters.state)>
            <Pill tone=Signal::derive(move || state_tone(state.get()))>{move || state_label(state.get())}</Pill>
        </Cell>
        <Cell label=t!(clusters.version)>{text(|row| row.version.clone().unwrap_or_else(unknown))}</Cell>
        <Cell label=t!(clusters.network_name)>{text(|row| row.network.clone().unwrap_or_else(|| t!(mesh.default_network)))}</Cell>
        <Cell label=t!(clusters.pod_cidrs)><Ranges ranges=Signal::derive(move || row.with(|row| row.pods.clone()))/></Cell>
        <Cell label=t!(clusters.service_cidrs)><Ranges ranges=Signal::derive(move || row.with(|row| row.services.clone()))/></Cell>
        <Cell label=t!(clusters.meshes)>{text(meshes)}</Cell>
    }
}

/// The ranges, one in a line; the title has all of them.
#[component]
fn Ranges(ranges: Signal<Vec<String>>) -> impl IntoView {
    let title = Memo::new(move |_| ranges.with(|ranges| ranges.join(", ")));
    let lines = move || {
        let ranges = ranges.get();
        let hidden = ranges.len().saturating_sub(SHOWN_RANGES);
        let mut lines = ranges;
        lines.truncate(SHOWN_RANGES);
        if lines.is_empty() {
            lines.push(unknown());
        }
        if hidden > 0 {
            lines.push(t!(mesh.more_ranges, n = hidden));
        }
        let line = |line: String| view! { <span class="block leading-[1.4]">{line}</span> };
        lines.into_iter().map(line).collect_view()
    };
    view! { <span class="block py-1.5 max-md:py-0 font-mono text-[12px]" title=title>{lines}</span> }
}

fn unknown() -> String {
    t!(clusters.unknown)
}

/// The memberships of a cluster.
fn meshes(row: &MeshCandidate) -> String {
    if row.meshes.is_empty() {
        return t!(clusters.in_no_mesh);
    }
    let membership = |membership: &wire::cluster::MeshMembership| {
        let role = match membership.role {
            Role::Primary => t!(clusters.primary),
            Role::Remote => t!(clusters.remote),
            Role::Both => t!(clusters.both),
        };
        format!("{} ({role})", membership.mesh)
    };
    row.meshes
        .iter()
        .map(membership)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether each of the words is in a text of the row.
pub(super) fn matches(row: &MeshCandidate, words: &str) -> bool {
    let mut texts = vec![row.name.to_string(), state_label(row.state.name())];
    texts.extend(row.version.clone());
    texts.extend(row.network.clone());
    texts.extend(row.pods.iter().chain(&row.services).cloned());
    texts.push(meshes(row));
    let text = texts.join("\n").to_lowercase();
    words
        .split_whitespace()
        .all(|word| text.contains(&word.to_lowercase()))
}

fn finding(finding: &MeshFinding) -> impl IntoView + use<> {
    let (glyph, class, severity) = if finding.is_blocking() {
        (
            Glyph::Bad,
            tw("size-3.5 shrink-0 mt-0.5 text-bad"),
            t!(check.failed),
        )
    } else {
        (
            Glyph::Warn,
            tw("size-3.5 shrink-0 mt-0.5 text-warn"),
            t!(check.warning),
        )
    };
    view! {
        <li class="flex items-start gap-2 text-[12.5px]">
            <Icon glyph=glyph class=class/>
            <span class="sr-only">{severity} ": "</span>
            <span class="min-w-0 break-words">{of_finding(finding)}</span>
        </li>
    }
}
