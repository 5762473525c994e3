//! All clusters, live, and the way to add one.

use super::add::AddClusters;
use crate::{
    api,
    parts::{
        Button, Dialog, Empty, Glyph, Head, Icon, Kind, Loaded, Pill, ProblemNotice, Tone, square,
    },
    words::say,
};
use leptos::prelude::*;
use leptos_router::components::A;
use wire::cluster::{ClusterState, ClusterView, FactsView, Role};

/// All clusters.
#[component]
pub(crate) fn Clusters() -> impl IntoView {
    let clusters = Resource::new(|| (), |()| api::clusters::clusters());
    let adding = RwSignal::new(false);
    let added = Callback::new(move |()| {
        adding.set(false);
        clusters.refetch();
    });
    let shown = move |found: Vec<ClusterView>| {
        if found.is_empty() {
            return view! {
                <Empty says=say!(clusters.none)>
                    <Button kind=Kind::Go press=move || adding.set(true)>{say!(clusters.add)}</Button>
                </Empty>
            }
            .into_any();
        }
        view! {
            <div class="grid gap-4 md:grid-cols-2">
                {found.into_iter().map(|cluster| view! { <Card cluster=cluster/> }).collect_view()}
            </div>
        }
        .into_any()
    };
    view! {
        <Head title=say!(clusters.title)>
            <Button press=move || clusters.refetch()>{say!(action.refresh)}</Button>
            <Button kind=Kind::Go press=move || adding.set(true)>
                <Icon glyph=Glyph::Plus/>
                {say!(clusters.add)}
            </Button>
        </Head>
        <Loaded from=clusters what=say!(clusters.title) view=shown/>
        <Dialog open=adding title=say!(clusters.add)>
            <AddClusters added=added/>
        </Dialog>
    }
}

#[component]
fn Card(cluster: ClusterView) -> impl IntoView {
    let to = crate::routes::cluster(&cluster.name);
    let name = cluster.name.to_string();
    let label = name.clone();
    let role = cluster.role.map(|role| match role {
        Role::Primary => view! { <Pill tone=Tone::Span>{say!(clusters.primary)}</Pill> },
        Role::Remote => view! { <Pill>{say!(clusters.remote)}</Pill> },
        Role::Both => view! { <Pill tone=Tone::Span>{say!(clusters.both)}</Pill> },
    });
    let state = match cluster.state {
        ClusterState::Ready(facts) => view! { <Facts facts=facts/> }.into_any(),
        ClusterState::Unreachable(problem) => view! { <ProblemNotice problem=problem/> }.into_any(),
    };
    view! {
        <article class="bg-surface border border-line rounded-[10px] px-5 py-4 flex flex-col gap-3" aria-label=label>
            <div class="flex flex-wrap items-center gap-2.5">
                <i class=square(cluster.colour)></i>
                <h2 class="text-[16px] font-semibold">
                    <A href=to attr:class="hover:underline">{name.clone()}</A>
                </h2>
                {role}
                {cluster.sandbox.then(|| view! { <Pill>{say!(clusters.sandbox)}</Pill> })}
            </div>
            <p class="font-mono text-[12px] text-ink-3 break-words">{cluster.server}</p>
            {state}
        </article>
    }
}

/// What a cluster says of itself.
#[component]
pub(super) fn Facts(
    facts: FactsView,
    /// Whether its ranges are told elsewhere.
    #[prop(optional)]
    without_ranges: bool,
) -> impl IntoView {
    let ready = facts.nodes.iter().filter(|node| node.ready).count();
    let cores = |millicores: u64| format!("{:.1}", millicores as f64 / 1000.0);
    let gib = |bytes: u64| format!("{:.1}", bytes as f64 / 1_073_741_824.0);
    let line = |word: String, text: String| {
        view! {
            <dt class="text-ink-3">{word}</dt>
            <dd class="tabular break-words">{text}</dd>
        }
    };
    let list = |list: &[String]| {
        if list.is_empty() {
            say!(clusters.not_known)
        } else {
            list.join(", ")
        }
    };
    let room = say!(
        clusters.room,
        cpu = cores(facts.cpu.saturating_sub(facts.cpu_requested)),
        cpu_all = cores(facts.cpu),
        memory = gib(facts.memory.saturating_sub(facts.memory_requested)),
        memory_all = gib(facts.memory)
    );
    view! {
        <dl class="grid grid-cols-[110px_minmax(0,1fr)] gap-x-3 gap-y-1 text-[13px]">
            {line(say!(clusters.version), facts.version.clone())}
            {line(say!(clusters.nodes), say!(clusters.nodes_of, ready = ready, all = facts.nodes.len()))}
            {(!without_ranges).then(|| (
                line(say!(clusters.pods), list(&facts.pod_cidrs)),
                line(say!(clusters.services), list(&facts.service_cidrs)),
            ))}
            {line(say!(clusters.free), room)}
            {line(say!(clusters.groups), facts.groups.to_string())}
            {line(say!(clusters.answered), say!(time.milliseconds, n = facts.latency))}
        </dl>
    }
}
