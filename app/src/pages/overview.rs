//! The overview: the state of clusters, jobs, meshes and releases.

use crate::{
    api,
    current::keep_current,
    pages::{
        clusters::state::ClusterStateMark, jobs::list::JobRows, meshes::list::MeshRows,
        releases::list::ReleaseRows,
    },
    parts::{
        ButtonLink, Empty, Glyph, Head, Icon, Kind, Link, Live, Rows, Updated, cluster_swatch,
    },
    urls,
    words::{count, t},
};
use leptos::prelude::*;
use wire::{
    Time,
    cluster::{ClusterListView, ClusterSort, ClusterView, ClustersRequest},
    list::ListRequest,
    live::Topic,
};

/// The number of clusters, those with problems first.
const MAX_CLUSTERS: u32 = 8;
/// The number of jobs, the newest first.
const MAX_JOBS: u32 = 5;
/// The number of releases, the newest change first.
const MAX_RELEASES: u32 = 8;

/// The clusters with problems first.
fn worst_clusters() -> ClustersRequest {
    ClustersRequest {
        sort: ClusterSort::State,
        ..ListRequest::first(MAX_CLUSTERS)
    }
}

/// The overview.
#[component]
pub(crate) fn Overview() -> impl IntoView {
    let clusters = Resource::new(|| (), |()| api::clusters::cluster_list(worst_clusters()));
    let releases = Resource::new(
        || (),
        |()| api::releases::release_list(ListRequest::first(MAX_RELEASES)),
    );
    let meshes = Resource::new(|| (), |()| api::meshes::meshes());
    let jobs = Resource::new(|| (), |()| api::jobs::jobs(ListRequest::first(MAX_JOBS)));
    let clusters_at = keep_current(clusters, &[Topic::Clusters]);
    let releases_at = keep_current(releases, &[Topic::Releases]);
    let meshes_at = keep_current(meshes, &[Topic::Meshes]);
    let jobs_at = keep_current(jobs, &[Topic::Jobs]);
    view! {
        <Head title=t!(overview.title)/>
        <div class="grid gap-4 lg:grid-cols-2">
            <Card title=t!(frame.clusters) at=clusters_at to=urls::CLUSTERS more=t!(overview.all_clusters)>
                <Live from=clusters subject=t!(frame.clusters) view=|found| view! { <ClusterLines list=found/> }/>
            </Card>
            <Card title=t!(frame.jobs) at=jobs_at to=urls::JOBS more=t!(overview.all_jobs)>
                <Live
                    from=jobs
                    subject=t!(frame.jobs)
                    view=|found| view! { <JobRows list=found/> }
                />
            </Card>
            <div class="lg:col-span-2">
                <Card title=t!(frame.meshes) at=meshes_at to=urls::MESHES more=t!(overview.all_meshes)>
                    <Live from=meshes subject=t!(frame.meshes) view=|found| view! { <MeshRows found=found/> }/>
                </Card>
            </div>
            <div class="lg:col-span-2">
                <Card title=t!(frame.releases) at=releases_at to=urls::RELEASES more=t!(overview.all_releases)>
                    <Live from=releases subject=t!(frame.releases) view=|found| view! { <ReleaseRows found=found/> }/>
                </Card>
            </div>
        </div>
    }
}

#[component]
fn Card(
    title: String,
    /// When its content was read.
    at: Signal<Time>,
    to: &'static str,
    more: String,
    children: Children,
) -> impl IntoView {
    let label = title.clone();
    view! {
        <section class="bg-surface border border-line rounded-[10px] overflow-hidden h-full" aria-label=label>
            <div class="flex items-center gap-3 px-4 h-11 border-b border-line">
                <h2 class="text-[14px] font-semibold">{title}</h2>
                <span class="flex-1 min-w-0 truncate"><Updated at=at/></span>
                <Link href=to attr:class="text-[12px] text-span hover:underline whitespace-nowrap">{more}</Link>
            </div>
            <div class="px-4 py-1">{children()}</div>
        </section>
    }
}

#[component]
fn ClusterLines(list: Signal<ClusterListView>) -> impl IntoView {
    let clusters = Memo::new(move |_| list.with(|list| list.rows.clone()));
    let is_empty = Memo::new(move |_| clusters.with(Vec::is_empty));
    let none = move || {
        is_empty.get().then(|| {
            view! {
                <div class="py-3">
                    <Empty reason=t!(clusters.none)>
                        <ButtonLink kind=Kind::Go to=urls::CLUSTERS>{t!(clusters.add)}</ButtonLink>
                    </Empty>
                </div>
            }
        })
    };
    view! {
        {none}
        <Rows
            rows=clusters.into()
            key=|cluster: &ClusterView| cluster.name.clone()
            view=|cluster| view! { <ClusterLine cluster=cluster/> }
        />
    }
}

#[component]
fn ClusterLine(cluster: Signal<ClusterView>) -> impl IntoView {
    let name = cluster.with_untracked(|cluster| cluster.name.clone());
    let swatch = move || cluster_swatch(cluster.with(|cluster| cluster.colour));
    let facts = move || {
        cluster.with(|cluster| {
            cluster.facts.as_ref().map(|facts| {
                let (all, ready) = (facts.node_count, facts.ready_nodes);
                let nodes = count!(clusters.nodes_ready, n = all, ready = ready);
                format!("{} · {nodes}", facts.version)
            })
        })
    };
    view! {
        <Link href=urls::cluster(&name) attr:class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5 border-b border-line last:border-b-0 hover:underline">
            <i class=swatch></i>
            <span class="font-medium flex-1 min-w-[160px] truncate">{name.to_string()}</span>
            <span class="text-[12px] text-ink-3 tabular">{facts}</span>
            <ClusterStateMark cluster=cluster/>
            <Icon glyph=Glyph::Chevron class="size-3 text-ink-3 -rotate-z-90"/>
        </Link>
    }
}
