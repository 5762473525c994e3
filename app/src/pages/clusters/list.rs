//! The list of clusters, and the dialog that adds clusters.

use super::{add::AddClusters, state::ClusterStateMark};
use crate::{
    api,
    current::keep_current,
    parts::{
        Button, Dialog, Empty, Glyph, Head, Icon, Kind, Link, Live, Pill, ProblemNotice, Rows,
        Tone, Updated, cluster_swatch,
    },
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    cluster::{ClusterState, ClusterView, FactsView, Role},
    live::Topic,
};

/// The list of clusters.
#[component]
pub(crate) fn Clusters() -> impl IntoView {
    let clusters = Resource::new(|| (), |()| api::clusters::clusters());
    let read_at = keep_current(clusters, &[Topic::Clusters]);
    let adding = RwSignal::new(false);
    let added = Callback::new(move |()| {
        adding.set(false);
        clusters.refetch();
    });
    view! {
        <Head title=t!(clusters.title)>
            <Updated at=read_at/>
            <Button press=move || clusters.refetch()>{t!(action.refresh)}</Button>
            <Button kind=Kind::Go press=move || adding.set(true)>
                <Icon glyph=Glyph::Plus/>
                {t!(clusters.add)}
            </Button>
        </Head>
        <Live
            from=clusters
            subject=t!(clusters.title)
            view=move |found| view! { <Cards found=found adding=adding/> }
        />
        <Dialog open=adding title=t!(clusters.add)>
            <AddClusters added=added/>
        </Dialog>
    }
}

#[component]
fn Cards(found: Signal<Vec<ClusterView>>, adding: RwSignal<bool>) -> impl IntoView {
    let is_empty = Memo::new(move |_| found.with(Vec::is_empty));
    let none = move || {
        is_empty.get().then(|| {
            view! {
                <Empty reason=t!(clusters.none)>
                    <Button kind=Kind::Go press=move || adding.set(true)>{t!(clusters.add)}</Button>
                </Empty>
            }
        })
    };
    view! {
        {none}
        <div class="grid gap-4 md:grid-cols-2">
            <Rows
                rows=found
                key=|cluster: &ClusterView| cluster.name.clone()
                view=|cluster| view! { <Card cluster=cluster/> }
            />
        </div>
    }
}

#[component]
fn Card(cluster: Signal<ClusterView>) -> impl IntoView {
    let first = cluster.get_untracked();
    let name = first.name.to_string();
    let label = name.clone();
    let swatch = move || cluster_swatch(cluster.with(|cluster| cluster.colour));
    let role = Memo::new(move |_| cluster.with(|cluster| cluster.role));
    let role = move || {
        role.get().map(|role| match role {
            Role::Primary => view! { <Pill tone=Tone::Span>{t!(clusters.primary)}</Pill> },
            Role::Remote => view! { <Pill>{t!(clusters.remote)}</Pill> },
            Role::Both => view! { <Pill tone=Tone::Span>{t!(clusters.both)}</Pill> },
        })
    };
    view! {
        <article class="bg-surface border border-line rounded-[10px] px-5 py-4 flex flex-col gap-3" aria-label=label>
            <div class="flex flex-wrap items-center gap-2.5">
                <i class=swatch></i>
                <h2 class="text-[16px] font-semibold">
                    <Link href=urls::cluster(&first.name) attr:class="hover:underline">{name}</Link>
                </h2>
                {role}
                {first.sandbox.then(|| view! { <Pill>{t!(clusters.sandbox)}</Pill> })}
                <span class="flex-1"></span>
                <ClusterStateMark cluster=cluster/>
            </div>
            <p class="font-mono text-[12px] text-ink-3 break-words">{move || cluster.with(|cluster| cluster.server.clone())}</p>
            <ClusterProblem cluster=cluster/>
            <LatestFacts cluster=cluster/>
        </article>
    }
}

/// The problem of a cluster that does not answer or cannot be used.
#[component]
pub(super) fn ClusterProblem(cluster: Signal<ClusterView>) -> impl IntoView {
    let problem = Memo::new(move |_| {
        cluster.with(|cluster| match &cluster.state {
            ClusterState::Unreachable(problem) | ClusterState::Unusable(problem) => {
                Some(problem.clone())
            }
            ClusterState::Ready | ClusterState::Connecting => None,
        })
    });
    let notice = move || {
        problem
            .get()
            .map(|problem| view! { <ProblemNotice problem=problem/> })
    };
    view! { {notice} }
}

/// The last known facts of a cluster.
#[component]
pub(super) fn LatestFacts(
    cluster: Signal<ClusterView>,
    /// Whether the CIDRs are left out, for a page that shows them in a section of their own.
    #[prop(optional)]
    without_cidrs: bool,
) -> impl IntoView {
    let facts = Memo::new(move |_| cluster.with(|cluster| cluster.facts.clone()));
    let shown = move || {
        facts
            .get()
            .map(|facts| view! { <Facts facts=facts without_cidrs=without_cidrs/> })
    };
    view! { {shown} }
}

#[component]
fn Facts(facts: FactsView, without_cidrs: bool) -> impl IntoView {
    let ready = facts.nodes.iter().filter(|node| node.ready).count();
    let cores = |millicores: u64| format!("{:.1}", millicores as f64 / 1000.0);
    let gib = |bytes: u64| format!("{:.1}", bytes as f64 / 1_073_741_824.0);
    let line = |label: String, text: String| {
        view! {
            <dt class="text-ink-3">{label}</dt>
            <dd class="tabular break-words">{text}</dd>
        }
    };
    let list = |cidrs: &[String]| {
        if cidrs.is_empty() {
            t!(clusters.unknown)
        } else {
            cidrs.join(", ")
        }
    };
    let available = t!(
        clusters.available_resources,
        cpu = cores(facts.cpu.saturating_sub(facts.cpu_requested)),
        cpu_all = cores(facts.cpu),
        memory = gib(facts.memory.saturating_sub(facts.memory_requested)),
        memory_all = gib(facts.memory)
    );
    view! {
        <dl class="grid grid-cols-[110px_minmax(0,1fr)] gap-x-3 gap-y-1 text-[13px]">
            {line(t!(clusters.version), facts.version.clone())}
            {line(t!(clusters.nodes), count!(clusters.nodes_ready, n = facts.nodes.len(), ready = ready))}
            {(!without_cidrs).then(|| (
                line(t!(clusters.pod_cidrs), list(&facts.pod_cidrs)),
                line(t!(clusters.service_cidrs), list(&facts.service_cidrs)),
            ))}
            {line(t!(clusters.available), available)}
            {line(t!(clusters.api_groups), facts.groups.to_string())}
            {(!facts.unavailable_groups.is_empty())
                .then(|| line(t!(clusters.unavailable_groups), facts.unavailable_groups.join(", ")))}
            {line(t!(clusters.latency), t!(time.milliseconds, n = facts.latency))}
        </dl>
    }
}
