//! The overview: the state of clusters, jobs, meshes and releases.

use crate::{
    api,
    pages::{jobs::list::JobRows, meshes::list::MeshRows, releases::list::ReleaseRows},
    parts::{ButtonLink, Empty, Glyph, Head, Icon, Kind, Link, Loaded, Pill, Tone, cluster_swatch},
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::cluster::{ClusterState, ClusterView};

/// The overview.
#[component]
pub(crate) fn Overview() -> impl IntoView {
    let clusters = Resource::new(|| (), |()| api::clusters::clusters());
    let releases = Resource::new(|| (), |()| api::releases::releases());
    let meshes = Resource::new(|| (), |()| api::meshes::meshes());
    let jobs = Resource::new(|| (), |()| api::jobs::jobs());
    view! {
        <Head title=t!(overview.title)/>
        <div class="grid gap-4 lg:grid-cols-2">
            <Card title=t!(frame.clusters) to=urls::CLUSTERS more=t!(overview.all_clusters)>
                <Loaded from=clusters subject=t!(frame.clusters) view=|found| view! { <ClusterLines clusters=found/> }/>
            </Card>
            <Card title=t!(frame.jobs) to=urls::JOBS more=t!(overview.all_jobs)>
                <Loaded
                    from=jobs
                    subject=t!(frame.jobs)
                    view=|found| view! { <JobRows jobs=found.into_iter().take(5).collect()/> }
                />
            </Card>
            <div class="lg:col-span-2">
                <Card title=t!(frame.meshes) to=urls::MESHES more=t!(overview.all_meshes)>
                    <Loaded from=meshes subject=t!(frame.meshes) view=|found| view! { <MeshRows found=found/> }/>
                </Card>
            </div>
            <div class="lg:col-span-2">
                <Card title=t!(frame.releases) to=urls::RELEASES more=t!(overview.all_releases)>
                    <Loaded from=releases subject=t!(frame.releases) view=|found| view! { <ReleaseRows found=found/> }/>
                </Card>
            </div>
        </div>
    }
}

#[component]
fn Card(title: String, to: &'static str, more: String, children: Children) -> impl IntoView {
    view! {
        <section class="bg-surface border border-line rounded-[10px] overflow-hidden h-full">
            <div class="flex items-center gap-3 px-4 h-11 border-b border-line">
                <h2 class="text-[14px] font-semibold flex-1">{title}</h2>
                <Link href=to attr:class="text-[12px] text-span hover:underline">{more}</Link>
            </div>
            <div class="px-4 py-1">{children()}</div>
        </section>
    }
}

#[component]
fn ClusterLines(clusters: Vec<ClusterView>) -> impl IntoView {
    if clusters.is_empty() {
        return view! {
            <div class="py-3">
                <Empty reason=t!(clusters.none)>
                    <ButtonLink kind=Kind::Go to=urls::CLUSTERS>{t!(clusters.add)}</ButtonLink>
                </Empty>
            </div>
        }
        .into_any();
    }
    clusters
        .into_iter()
        .map(|cluster| view! { <ClusterLine cluster=cluster/> })
        .collect_view()
        .into_any()
}

#[component]
fn ClusterLine(cluster: ClusterView) -> impl IntoView {
    let to = urls::cluster(&cluster.name);
    let state = match cluster.state {
        ClusterState::Ready(facts) => {
            let ready = facts.nodes.iter().filter(|node| node.ready).count();
            view! {
                <span class="text-[12px] text-ink-3 tabular">
                    {facts.version} " · " {count!(clusters.nodes_ready, n = facts.nodes.len(), ready = ready)}
                </span>
                <Pill tone=Tone::Good>{t!(clusters.reachable)}</Pill>
            }
            .into_any()
        }
        ClusterState::Unreachable(_) => {
            view! { <Pill tone=Tone::Bad>{t!(clusters.unreachable)}</Pill> }.into_any()
        }
        ClusterState::Unusable(_) => {
            view! { <Pill tone=Tone::Bad>{t!(clusters.unusable)}</Pill> }.into_any()
        }
    };
    view! {
        <Link href=to attr:class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5 border-b border-line last:border-b-0 hover:underline">
            <i class=cluster_swatch(cluster.colour)></i>
            <span class="font-medium flex-1 min-w-0 truncate">{cluster.name.to_string()}</span>
            {state}
            <Icon glyph=Glyph::Chevron class="size-3 text-ink-3 -rotate-z-90"/>
        </Link>
    }
}
