//! The list of clusters, and the dialog that adds clusters.

use super::add::AddClusters;
use crate::{
    api,
    parts::{
        Button, Dialog, Empty, Glyph, Head, Icon, Kind, Link, Loaded, Pill, ProblemNotice, Tone,
        cluster_swatch,
    },
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::cluster::{ClusterState, ClusterView, FactsView, Role};

/// The list of clusters.
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
                <Empty reason=t!(clusters.none)>
                    <Button kind=Kind::Go press=move || adding.set(true)>{t!(clusters.add)}</Button>
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
        <Head title=t!(clusters.title)>
            <Button press=move || clusters.refetch()>{t!(action.refresh)}</Button>
            <Button kind=Kind::Go press=move || adding.set(true)>
                <Icon glyph=Glyph::Plus/>
                {t!(clusters.add)}
            </Button>
        </Head>
        <Loaded from=clusters subject=t!(clusters.title) view=shown/>
        <Dialog open=adding title=t!(clusters.add)>
            <AddClusters added=added/>
        </Dialog>
    }
}

#[component]
fn Card(cluster: ClusterView) -> impl IntoView {
    let to = urls::cluster(&cluster.name);
    let name = cluster.name.to_string();
    let label = name.clone();
    let role = cluster.role.map(|role| match role {
        Role::Primary => view! { <Pill tone=Tone::Span>{t!(clusters.primary)}</Pill> },
        Role::Remote => view! { <Pill>{t!(clusters.remote)}</Pill> },
        Role::Both => view! { <Pill tone=Tone::Span>{t!(clusters.both)}</Pill> },
    });
    let state = match cluster.state {
        ClusterState::Ready(facts) => view! { <Facts facts=facts/> }.into_any(),
        ClusterState::Unreachable(problem) | ClusterState::Unusable(problem) => {
            view! { <ProblemNotice problem=problem/> }.into_any()
        }
    };
    view! {
        <article class="bg-surface border border-line rounded-[10px] px-5 py-4 flex flex-col gap-3" aria-label=label>
            <div class="flex flex-wrap items-center gap-2.5">
                <i class=cluster_swatch(cluster.colour)></i>
                <h2 class="text-[16px] font-semibold">
                    <Link href=to attr:class="hover:underline">{name.clone()}</Link>
                </h2>
                {role}
                {cluster.sandbox.then(|| view! { <Pill>{t!(clusters.sandbox)}</Pill> })}
            </div>
            <p class="font-mono text-[12px] text-ink-3 break-words">{cluster.server}</p>
            {state}
        </article>
    }
}

/// The facts of a cluster.
#[component]
pub(super) fn Facts(
    facts: FactsView,
    /// Whether the CIDRs are left out, for a page that shows them in a section of their own.
    #[prop(optional)]
    without_cidrs: bool,
) -> impl IntoView {
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
