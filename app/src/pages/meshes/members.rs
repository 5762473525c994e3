//! The table of the members, each with its actions.

use super::{
    context::{MeshContext, mesh_context},
    map::{condition, network, role},
    member::can_leave,
    panel::{expiry, number_registered, token_expiry},
};
use crate::{
    clock::{Clock, clock},
    parts::{Button, Cell, ClusterChip, ConditionPill, NameCell, Rows, tw},
    words::{count, t},
};
use leptos::prelude::*;
use wire::mesh::{JoiningTool, MemberView};

/// The days from which the expiry of a certificate is marked, as the checks do.
const SOON_DAYS: i64 = 30;

/// The members that the last checks found; nothing before they have ended.
#[component]
pub(super) fn Members() -> impl IntoView {
    let MeshContext { health, .. } = mesh_context();
    let rows = Memo::new(move |_| {
        health.with(|health| {
            let topology = health.as_ref().and_then(|health| health.topology.as_ref());
            topology.map_or_else(Vec::new, |topology| topology.members.clone())
        })
    });
    let number = Memo::new(move |_| rows.with(Vec::len));
    let header = |label: String, width: &'static str| view! { <th role="columnheader" class=width>{label}</th> };
    view! {
        <Show when=move || { number.get() > 0 }>
            <section class="bg-surface border border-line rounded-[10px] px-4 pb-1 mb-3" aria-label=t!(members.title)>
                <div class="flex items-center gap-3 py-3">
                    <h2 class="text-[14px] font-semibold flex-1">{t!(members.title)}</h2>
                    <span class="text-[12.5px] text-ink-2">{move || count!(members.clusters, n = number.get())}</span>
                </div>
                <table role="table" class="list-table" aria-label=t!(members.title)>
                    <thead role="rowgroup" class="max-md:sr-only">
                        <tr role="row">
                            {header(t!(members.cluster), tw("w-[17%]"))}
                            {header(t!(clusters.state), tw("w-[11%]"))}
                            {header(t!(members.role), tw("w-[7%]"))}
                            {header(t!(members.network), tw("w-[8%]"))}
                            {header(t!(members.istio), tw("w-[8%]"))}
                            {header(t!(members.endpoints_short), tw("w-[9%]"))}
                            {header(t!(members.token), tw("w-[16%]"))}
                            {header(t!(members.certificates), tw("w-[10%]"))}
                            {header(t!(members.actions), tw("w-[14%]"))}
                        </tr>
                    </thead>
                    <tbody role="rowgroup">
                        <Rows
                            rows=rows.into()
                            key=|row: &MemberView| row.cluster.clone()
                            view=move |row| view! { <MemberRow row=row/> }
                        />
                    </tbody>
                </table>
            </section>
        </Show>
    }
}

#[component]
fn MemberRow(row: Signal<MemberView>) -> impl IntoView {
    let context = mesh_context();
    let clock = clock();
    let cluster = StoredValue::new(row.get_untracked().cluster);
    let text = move |text: fn(&MemberView) -> String| move || row.with(text);
    let state = Signal::derive(move || condition(row.with(|row| row.state)));
    let joined = Memo::new(move |_| {
        context
            .mesh
            .with(|mesh| can_leave(mesh, &cluster.get_value()))
    });
    let is_soon = move || row.with(|row| row.certificate_days.is_some_and(|days| days < SOON_DAYS));
    view! {
        <tr role="row">
            <NameCell>
                <ClusterChip name=cluster.get_value().to_string()/>
                {move || row.with(joined_by).map(|tool| view! { <p class="mt-0.5 text-[12px] text-ink-2">{tool}</p> })}
            </NameCell>
            <Cell label=t!(clusters.state)><ConditionPill condition=state with_shape=true/></Cell>
            <Cell label=t!(members.role)>{text(|row| role(row.role))}</Cell>
            <Cell label=t!(members.network)>{text(|row| network(&row.network))}</Cell>
            <Cell label=t!(members.istio)>{text(istio)}</Cell>
            <Cell label=t!(members.endpoints_short)><span class="tabular">{text(registered)}</span></Cell>
            <Cell label=t!(members.token)>{move || row.with(|row| token(row, clock))}</Cell>
            <Cell label=t!(members.certificates)>
                <span class=("text-warn", is_soon)>{text(|row| row.certificate_days.map_or_else(unknown, expiry))}</span>
            </Cell>
            <Cell label=t!(members.actions)>
                <Show when=move || joined.get() && row.with(is_foreign)>
                    <Button press=move || context.actions.adopt(&cluster.get_value())>{t!(mesh.adopt)}</Button>
                </Show>
                <Show when=move || joined.get() && !row.with(is_foreign)>
                    <Button press=move || context.actions.rotate(&cluster.get_value())>{t!(mesh.rotate)}</Button>
                </Show>
            </Cell>
        </tr>
    }
}

fn unknown() -> String {
    t!(clusters.unknown)
}

/// The version of the control plane, else those of the proxies.
fn istio(row: &MemberView) -> String {
    match &row.istio {
        Some(version) => version.clone(),
        None if row.proxies.is_empty() => t!(members.no_proxies),
        None => row.proxies.join(", "),
    }
}

/// The registered endpoints of each instance.
fn registered(row: &MemberView) -> String {
    if row.access.is_none() {
        return t!(members.local);
    }
    let numbers: Vec<String> = row.registered.iter().map(number_registered).collect();
    if numbers.is_empty() {
        unknown()
    } else {
        numbers.join(" · ")
    }
}

fn token(row: &MemberView, clock: Clock) -> String {
    let Some(access) = &row.access else {
        return t!(members.local);
    };
    let expiry = access
        .token
        .map_or_else(unknown, |token| token_expiry(token, clock));
    match access.token_created {
        Some(at) => t!(members.token_age, age = clock.age(at), expiry = expiry),
        None => expiry,
    }
}

/// Whether another tool joined the member, and the console has not adopted it.
pub(super) fn is_foreign(row: &MemberView) -> bool {
    let access = row.access.as_ref();
    access.is_some_and(|access| access.joined_by != JoiningTool::Console)
}

/// The other tool that joined the member, in words.
pub(super) fn joined_by(row: &MemberView) -> Option<String> {
    match row.access.as_ref()?.joined_by {
        JoiningTool::Console => None,
        JoiningTool::Istioctl => Some(t!(members.joined_by_istioctl)),
        JoiningTool::Scripts => Some(t!(members.joined_by_scripts)),
        JoiningTool::Other => Some(t!(members.joined_by_other)),
    }
}
