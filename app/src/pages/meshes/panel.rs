//! The panel beside the topology: what is known of the selected part, and what can be done about it.

mod traffic;

use super::{
    context::mesh_context,
    map::{condition, connection_words, element_words, network, role, traffic::drawn},
    member::can_leave,
    members::{is_foreign, joined_by},
};
use crate::{
    clock::{Clock, clock},
    parts::{Button, ButtonLink, ClusterChip, ConditionPill, Kind, Selected},
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use traffic::{Flow, RequestsTo};
use wire::mesh::{
    AccessView, ConnectionKind, ConnectionView, ElementKind, MemberView, MeshElement,
    MeshTopologyView, MeshTrafficView, PartState, RegisteredView, TokenExpiry,
};

/// The panel.
#[component]
pub(super) fn Panel(
    topology: Signal<MeshTopologyView>,
    traffic: Signal<Option<MeshTrafficView>>,
    selected: Memo<Option<Selected>>,
) -> impl IntoView {
    let content = move || {
        let (topology, traffic) = (topology.get(), traffic.get().unwrap_or_default());
        let member = |index: usize| topology.members.get(index).cloned();
        match selected.get()? {
            Selected::Cluster(index) => {
                Some(view! { <Member member=member(index)? traffic=traffic/> }.into_any())
            }
            Selected::Element(index, element) => {
                let member = member(index)?;
                let element = member.elements.get(element)?.clone();
                Some(view! { <Element member=member element=element/> }.into_any())
            }
            Selected::Connection(index) if index >= topology.connections.len() => {
                let flows = drawn(&topology, &traffic);
                let (flow, ..) = flows.get(index - topology.connections.len())?;
                let (mesh, flow) = (
                    mesh_context().mesh.get_untracked().row.name,
                    (*flow).clone(),
                );
                Some(view! { <Flow mesh=mesh flow=flow traffic=traffic.clone()/> }.into_any())
            }
            Selected::Connection(index) => {
                let connection = topology.connections.get(index)?.clone();
                let (from, to) = (member(connection.from.0)?, member(connection.to.0)?);
                Some(view! { <Connection connection=connection from=from to=to/> }.into_any())
            }
        }
    };
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0 text-[13px]" aria-label=t!(members.selected)>
            {content}
        </section>
    }
}

/// The head of the panel: a cluster with its role and state.
#[component]
fn PanelHead(#[prop(into)] title: AnyView, state: PartState, note: String) -> impl IntoView {
    view! {
        <div class="px-4 py-3 border-b border-line">
            <div class="flex items-center gap-2">
                <h3 class="flex-1 min-w-0 text-[14px] font-semibold">{title}</h3>
                <ConditionPill condition=condition(state) with_shape=true/>
            </div>
            <p class="mt-0.5 text-ink-2 break-words">{note}</p>
        </div>
    }
}

#[component]
fn Member(member: MemberView, traffic: MeshTrafficView) -> impl IntoView {
    let cluster = member.cluster.to_string();
    let note = format!("{} · {}", role(member.role), network(&member.network));
    let title = view! { <ClusterChip name=cluster/> }.into_any();
    let mut facts = Vec::new();
    if let Some(istio) = &member.istio {
        facts.push((t!(members.istio), istio.clone()));
    }
    if !member.proxies.is_empty() {
        facts.push((t!(members.proxies), member.proxies.join(", ")));
    }
    facts.extend(joined_by(&member).map(|tool| (t!(members.join), tool)));
    let clock = clock();
    let access = member.access.iter();
    facts.extend(access.flat_map(|access| access_facts(access, clock)));
    if let Some(days) = member.certificate_days {
        facts.push((t!(members.certificates), expiry(days)));
    }
    view! {
        <PanelHead title=title state=member.state note=note/>
        <Registered registered=member.registered.clone()/>
        <Facts facts=facts/>
        <RequestsTo cluster=member.cluster.clone() traffic=traffic/>
        <MemberActions member=member/>
    }
}

/// The facts about how the control plane reads a remote.
fn access_facts(access: &AccessView, clock: Clock) -> Vec<(String, String)> {
    let mut facts = vec![(t!(members.api_server), access.server.clone())];
    if let Some(secret) = &access.secret {
        facts.push((t!(members.secret), secret.clone()));
    }
    if let Some(reader) = &access.reader {
        facts.push((t!(members.reader), reader.clone()));
    }
    if let Some(at) = access.token_created {
        facts.push((t!(members.token_created), clock.ago(at)));
    }
    if let Some(token) = access.token {
        facts.push((t!(members.token), token_expiry(token, clock)));
    }
    if !access.control_plane.is_empty() {
        facts.push((t!(members.xds), access.control_plane.clone()));
    }
    facts
}

/// When a token expires, in words.
pub(super) fn token_expiry(token: TokenExpiry, clock: Clock) -> String {
    match token {
        TokenExpiry::Never => t!(members.never_expires),
        TokenExpiry::At(at) => {
            let days = (at.0 - clock.now().0).div_euclid(86_400);
            expiry(days)
        }
    }
}

/// The days until something expires, in words.
pub(super) fn expiry(days: i64) -> String {
    if days < 0 {
        t!(members.expired)
    } else {
        count!(members.expires_in, n = days)
    }
}

/// The registered endpoints of a remote, and after a slash those that it has ready.
pub(super) fn number_registered(at: &RegisteredView) -> String {
    let registered = at
        .registered
        .map_or_else(|| t!(clusters.unknown), |n| n.to_string());
    match at.ready {
        Some(ready) => format!("{registered} / {ready}"),
        None => registered,
    }
}

/// The endpoints of a remote that each instance of the control plane has registered.
#[component]
fn Registered(registered: Vec<RegisteredView>) -> impl IntoView {
    let row = |at: RegisteredView| {
        let number = number_registered(&at);
        let bar = at.registered.zip(at.ready).filter(|(_, ready)| *ready > 0);
        let bar = bar.map(|(registered, ready)| {
            view! { <meter class="w-full h-1.5" min="0" max=ready.to_string() value=registered.to_string() aria-hidden="true"></meter> }
        });
        view! {
            <li>
                <div class="flex items-baseline gap-3">
                    <span class="flex-1 min-w-0 font-mono text-[12px] break-all">{at.instance}</span>
                    <span class="tabular font-medium">{number}</span>
                </div>
                {bar}
            </li>
        }
    };
    (!registered.is_empty()).then(|| {
        view! {
            <div class="px-4 py-3 border-b border-line">
                <h4 class="font-medium mb-1">{t!(members.endpoints)}</h4>
                <ul class="grid gap-1" role="list">{registered.into_iter().map(row).collect_view()}</ul>
            </div>
        }
    })
}

#[component]
fn Facts(facts: Vec<(String, String)>) -> impl IntoView {
    let fact = |(label, value): (String, String)| {
        view! {
            <dt class="text-ink-2">{label}</dt>
            <dd class="min-w-0 break-words">{value}</dd>
        }
    };
    (!facts.is_empty()).then(|| {
        view! {
            <dl class="grid grid-cols-[100px_minmax(0,1fr)] gap-x-3 gap-y-1.5 px-4 py-3 border-b border-line">
                {facts.into_iter().map(fact).collect_view()}
            </dl>
        }
    })
}

/// What can be done about a member.
#[component]
fn MemberActions(member: MemberView) -> impl IntoView {
    let context = mesh_context();
    let cluster = StoredValue::new(member.cluster.clone());
    let foreign = is_foreign(&member);
    let joined = Memo::new(move |_| {
        context
            .mesh
            .with(|mesh| can_leave(mesh, &cluster.get_value()))
    });
    view! {
        <div class="flex flex-wrap gap-2 px-4 py-3">
            <ButtonLink to=urls::cluster(&member.cluster)>{t!(members.open_cluster)}</ButtonLink>
            <Show when=move || joined.get() && foreign>
                <Button press=move || context.actions.adopt(&cluster.get_value())>{t!(mesh.adopt)}</Button>
            </Show>
            <Show when=move || joined.get()>
                <Button press=move || context.actions.rotate(&cluster.get_value())>{t!(mesh.rotate)}</Button>
                <Button kind=Kind::Danger press=move || context.actions.leave(&cluster.get_value())>{t!(members.leave)}</Button>
            </Show>
        </div>
    }
}

#[component]
fn Element(member: MemberView, element: MeshElement) -> impl IntoView {
    let (title, note) = element_words(&element);
    let advice = match (&element.kind, element.state) {
        (_, PartState::Ready) => None,
        (ElementKind::Gateway { address: None, .. }, _) => Some(t!(members.gateway_pending)),
        (ElementKind::ApiServer { .. }, PartState::Failed) => Some(t!(members.token_rejected)),
        (_, PartState::Unreachable) => Some(t!(members.unreachable)),
        _ => Some(t!(members.see_checks)),
    };
    let title = view! { <span class="break-words">{title}</span> }.into_any();
    let cluster = member.cluster.to_string();
    let facts = vec![
        (t!(members.cluster), cluster),
        (t!(members.network), network(&member.network)),
    ];
    view! {
        <PanelHead title=title state=element.state note=note/>
        <Facts facts=facts/>
        {advice.map(|advice| view! { <p class="px-4 py-3 border-b border-line text-ink-2">{advice}</p> })}
        <MemberActions member=member/>
    }
}

#[component]
fn Connection(connection: ConnectionView, from: MemberView, to: MemberView) -> impl IntoView {
    let context = mesh_context();
    let remote = if from.access.is_some() { &from } else { &to };
    let remote = StoredValue::new(remote.cluster.clone());
    let is_secret = matches!(connection.kind, ConnectionKind::RemoteSecret(_));
    let title = if is_secret {
        t!(topology.remote_secret)
    } else {
        t!(topology.xds)
    };
    let advice = match (&connection.kind, connection.state) {
        (_, PartState::Ready) => None,
        (ConnectionKind::Xds(_), _) => Some(t!(members.address_stale)),
        (ConnectionKind::RemoteSecret(_), _) => Some(t!(members.not_synced)),
    };
    let facts = vec![
        (t!(members.from), from.cluster.to_string()),
        (t!(members.to), to.cluster.to_string()),
    ];
    let title = view! { <span>{title}</span> }.into_any();
    view! {
        <PanelHead title=title state=connection.state note=connection_words(&connection)/>
        <Facts facts=facts/>
        {advice.map(|advice| view! { <p class="px-4 py-3 text-ink-2">{advice}</p> })}
        {is_secret.then(|| view! {
            <div class="flex flex-wrap gap-2 px-4 py-3">
                <Button press=move || context.actions.rotate(&remote.get_value())>{t!(mesh.rotate)}</Button>
            </div>
        })}
    }
}
