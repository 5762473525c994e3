//! The list of clusters, and the dialog that adds clusters.

use super::{
    add::AddClusters,
    state::{ClusterStateMark, state_label},
};
use crate::{
    api,
    current::keep_current,
    list_query::ListQuery,
    parts::{
        Button, Cell, Column, Dialog, Empty, Glyph, Head, Icon, Kind, Link, ListBar, Live,
        NameCell, NoMatch, Pager, Pill, ProblemNotice, Table, Tone, Updated, cluster_swatch, tw,
    },
    urls,
    words::{count, sentence, t},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use wire::{
    cluster::{
        ClusterListView, ClusterSort, ClusterState, ClusterStateName, ClusterView, FactsView, Role,
    },
    live::Topic,
};

type Query = ListQuery<ClusterSort, ClusterStateName>;

/// The list of clusters.
#[component]
pub(crate) fn Clusters() -> impl IntoView {
    let query = Query::of(urls::CLUSTERS);
    let clusters = Resource::new(move || query.request.get(), api::clusters::cluster_list);
    let read_at = keep_current(clusters, &[Topic::Clusters]);
    let (adding, url) = (RwSignal::new(false), use_query_map());
    Effect::new(move |_| {
        if url.read().get("add").is_some() {
            adding.set(true);
        }
    });
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
            view=move |list| view! { <List list=list query=query adding=adding/> }
        />
        <Dialog open=adding title=t!(clusters.add)>
            <AddClusters added=added/>
        </Dialog>
    }
}

/// The table with its filter and windows.
#[component]
fn List(list: Signal<ClusterListView>, query: Query, adding: RwSignal<bool>) -> impl IntoView {
    let counts = Memo::new(move |_| list.with(|list| (list.all, list.total)));
    let columns = vec![
        Column::new(t!(clusters.name), ClusterSort::Name, tw("w-[26%]")),
        Column::new(t!(clusters.state), ClusterSort::State, tw("w-[20%]")),
        Column::new(t!(clusters.version), ClusterSort::Version, tw("w-[11%]")),
        Column::new(t!(clusters.nodes), ClusterSort::Nodes, tw("w-[15%]")),
        Column::unsorted(t!(clusters.available), tw("w-[20%]")),
        Column::new(t!(clusters.latency), ClusterSort::Latency, tw("w-[8%]")),
    ];
    view! {
        <ListBar search=t!(clusters.search) query=query list=list state_label=state_label/>
        <section class="bg-surface border border-line rounded-[10px] px-4 py-1">
            <Table
                label=t!(clusters.title)
                columns=columns
                query=query
                list=list
                key=|cluster: &ClusterView| cluster.name.clone()
                cells=|cluster| view! { <Cells cluster=cluster/> }
            />
            {move || match counts.get() {
                (0, _) => Some(view! {
                    <Empty reason=t!(clusters.none)>
                        <Button kind=Kind::Go press=move || adding.set(true)>{t!(clusters.add)}</Button>
                    </Empty>
                }.into_any()),
                (_, 0) => Some(view! { <NoMatch query=query/> }.into_any()),
                _ => None,
            }}
        </section>
        <Pager query=query list=list/>
    }
}

#[component]
fn Cells(cluster: Signal<ClusterView>) -> impl IntoView {
    let first = cluster.get_untracked();
    let (name, sandbox) = (first.name.to_string(), first.sandbox);
    let swatch = move || cluster_swatch(cluster.with(|cluster| cluster.colour));
    let role = Memo::new(move |_| cluster.with(|cluster| cluster.role));
    let role = move || {
        role.get().map(|role| match role {
            Role::Primary => view! { <Pill tone=Tone::Span>{t!(clusters.primary)}</Pill> },
            Role::Remote => view! { <Pill>{t!(clusters.remote)}</Pill> },
            Role::Both => view! { <Pill tone=Tone::Span>{t!(clusters.both)}</Pill> },
        })
    };
    let fact = move |fact: fn(&FactsView) -> String| {
        move || cluster.with(|cluster| cluster.facts.as_ref().map(fact))
    };
    let available = Memo::new(move |_| cluster.with(details));
    view! {
        <NameCell>
            <span class="inline-flex items-center gap-2">
                <i class=swatch></i>
                <Link href=urls::cluster(&first.name) attr:class="hover:underline">{name}</Link>
                {role}
                {sandbox.then(|| view! { <Pill>{t!(clusters.sandbox)}</Pill> })}
            </span>
        </NameCell>
        <Cell label=t!(clusters.state)>
            <span class="inline-flex flex-wrap gap-1.5"><ClusterStateMark cluster=cluster/></span>
        </Cell>
        <Cell label=t!(clusters.version)>{fact(|facts| facts.version.clone())}</Cell>
        <Cell label=t!(clusters.nodes)>{fact(nodes)}</Cell>
        <Cell label=t!(clusters.available)>
            <span title=move || available.get()>{move || available.get()}</span>
        </Cell>
        <Cell label=t!(clusters.latency)>
            {fact(|facts| t!(time.milliseconds, n = facts.latency))}
        </Cell>
    }
}

/// The available resources; for a cluster with a problem its sentence, which its page shows in full.
fn details(cluster: &ClusterView) -> Option<String> {
    match &cluster.state {
        ClusterState::Unreachable(problem) | ClusterState::Unusable(problem) => {
            Some(sentence(problem))
        }
        ClusterState::Ready | ClusterState::Connecting => cluster.facts.as_ref().map(available),
    }
}

fn nodes(facts: &FactsView) -> String {
    let (all, ready) = (facts.node_count, facts.ready_nodes);
    count!(clusters.nodes_ready, n = all, ready = ready)
}

fn available(facts: &FactsView) -> String {
    let cores = |millicores: u64| format!("{:.1}", millicores as f64 / 1000.0);
    let gib = |bytes: u64| format!("{:.1}", bytes as f64 / 1_073_741_824.0);
    t!(
        clusters.available_resources,
        cpu = cores(facts.cpu.saturating_sub(facts.cpu_requested)),
        cpu_all = cores(facts.cpu),
        memory = gib(facts.memory.saturating_sub(facts.memory_requested)),
        memory_all = gib(facts.memory)
    )
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
    view! {
        <dl class="grid grid-cols-[110px_minmax(0,1fr)] gap-x-3 gap-y-1 text-[13px]">
            {line(t!(clusters.version), facts.version.clone())}
            {line(t!(clusters.nodes), nodes(&facts))}
            {(!without_cidrs).then(|| (
                line(t!(clusters.pod_cidrs), list(&facts.pod_cidrs)),
                line(t!(clusters.service_cidrs), list(&facts.service_cidrs)),
            ))}
            {line(t!(clusters.available), available(&facts))}
            {line(t!(clusters.api_groups), facts.groups.to_string())}
            {(!facts.unavailable_groups.is_empty())
                .then(|| line(t!(clusters.unavailable_groups), facts.unavailable_groups.join(", ")))}
            {line(t!(clusters.latency), t!(time.milliseconds, n = facts.latency))}
        </dl>
    }
}
