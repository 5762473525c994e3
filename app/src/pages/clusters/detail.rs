//! The page of one cluster: its facts and nodes, its network, and its removal from the console.

use super::{
    change::{Rename, Replace},
    colour::Colours,
    faults::Faults,
    list::{ClusterProblem, LatestFacts},
    network::Network,
    state::ClusterStateMark,
};
use crate::{
    AppError, api,
    current::keep_current,
    named::named,
    page_cluster::set_page_cluster,
    parts::{
        Button, Dialog, Glyph, Head, Icon, Kind, Live, Pill, ProblemNotice, Rows, Tone, Updated,
    },
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use wire::{
    ClusterName, Time,
    cluster::{ClusterState, ClusterView, NodeView},
    live::Topic,
};

async fn load(name: String) -> Result<ClusterView, AppError> {
    api::clusters::cluster(AppError::parse_name("cluster", name)?).await
}

/// The page of one cluster.
#[component]
pub(crate) fn Cluster() -> impl IntoView {
    let params = use_params_map();
    let name = Signal::derive(move || params.read().get("name").unwrap_or_default());
    set_page_cluster(Signal::derive(move || Some(name.get())));
    let cluster = named(move || name.get(), load);
    let read_at = keep_current(cluster, &[Topic::Clusters]);
    view! {
        <Live
            from=cluster
            subject=t!(clusters.subject)
            parents=vec![(t!(clusters.title), urls::CLUSTERS.to_owned())]
            view=move |cluster| {
                let shown = Memo::new(move |_| cluster.with(|cluster| cluster.name.clone()));
                move || view! { <Page name=shown.get() cluster=cluster read_at=read_at/> }
            }
        />
    }
}

#[component]
fn Page(
    name: ClusterName,
    cluster: Signal<ClusterView>,
    /// When the page was read.
    read_at: Signal<Time>,
) -> impl IntoView {
    let (removing, renaming) = (RwSignal::new(false), RwSignal::new(false));
    let (replacing, colouring) = (RwSignal::new(false), RwSignal::new(false));
    let title = name.to_string();
    let name = StoredValue::new(name);
    let is_usable = Memo::new(move |_| {
        cluster.with(|cluster| !matches!(cluster.state, ClusterState::Unusable(_)))
    });
    let nodes = Signal::derive(move || {
        let facts = cluster.with(|cluster| cluster.facts.clone());
        facts.map(|facts| facts.nodes).unwrap_or_default()
    });
    let is_known = Memo::new(move |_| cluster.with(|cluster| cluster.facts.is_some()));
    view! {
        <Head title=title parents=vec![(t!(clusters.title), urls::CLUSTERS.to_owned())]>
            <Updated at=read_at/>
            <Button press=move || renaming.set(true)>{t!(clusters.rename)}</Button>
            <Button press=move || colouring.set(true)>{t!(colour.change)}</Button>
            <Button press=move || replacing.set(true)>{t!(clusters.replace)}</Button>
            <Button kind=Kind::Danger press=move || removing.set(true)>
                <Icon glyph=Glyph::Trash/>
                {t!(clusters.remove)}
            </Button>
        </Head>
        <p class="flex flex-wrap items-center gap-x-3 gap-y-1 mb-4">
            <ClusterStateMark cluster=cluster/>
            <span class="font-mono text-[12px] text-ink-3 break-words min-w-0">
                {move || cluster.with(|cluster| cluster.server.clone())}
            </span>
        </p>
        <div class="mb-4 empty:hidden"><ClusterProblem cluster=cluster/></div>
        <Show when=move || is_known.get()>
            <section class="bg-surface border border-line rounded-[10px] px-5 py-4 mb-4">
                <LatestFacts cluster=cluster without_cidrs=true/>
            </section>
        </Show>
        <Show when=move || is_known.get()>
            <h2 class="text-[14px] font-semibold mb-2">{t!(clusters.nodes)}</h2>
            <section class="bg-surface border border-line rounded-[10px] mb-4">
                <Rows rows=nodes key=|node: &NodeView| node.name.clone() view=|node| view! { <Node node=node/> }/>
            </section>
        </Show>
        <Show when=move || is_usable.get()>
            <Network name=name.get_value()/>
            <Show when=move || cluster.with(|cluster| cluster.sandbox)>
                <Faults name=name.get_value()/>
            </Show>
        </Show>
        <Dialogs name=name.get_value() removing=removing renaming=renaming replacing=replacing/>
        <Dialog open=colouring title=t!(colour.title)>
            <Colours name=name.get_value()/>
        </Dialog>
    }
}

#[component]
fn Dialogs(
    name: ClusterName,
    removing: RwSignal<bool>,
    renaming: RwSignal<bool>,
    replacing: RwSignal<bool>,
) -> impl IntoView {
    let replaced = Callback::new(move |()| replacing.set(false));
    let title = name.to_string();
    let name = StoredValue::new(name);
    view! {
        <Dialog open=removing title=t!(clusters.remove_title, cluster = title.clone())>
            <Remove name=name.get_value()/>
        </Dialog>
        <Dialog open=renaming title=t!(clusters.rename_title, cluster = title.clone())>
            <Rename name=name.get_value()/>
        </Dialog>
        <Dialog open=replacing title=t!(clusters.replace_title, cluster = title)>
            <Replace name=name.get_value() replaced=replaced/>
        </Dialog>
    }
}

#[component]
fn Node(node: Signal<NodeView>) -> impl IntoView {
    let row = move || {
        let node = node.get();
        let (tone, word) = if node.ready {
            (Tone::Good, t!(health.ready))
        } else {
            (Tone::Bad, t!(health.not_ready))
        };
        view! {
            <span class="font-mono flex-1 min-w-[160px]">{node.name}</span>
            <span class="text-ink-3 tabular">{node.version}</span>
            <span class="text-ink-3 tabular">{node.pod_cidr.unwrap_or_default()}</span>
            <Pill tone=tone>{word}</Pill>
        }
    };
    view! {
        <div class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-2.5 border-b border-line last:border-b-0 text-[13px]">
            {row}
        </div>
    }
}

/// The confirmation of the removal from the console.
#[component]
fn Remove(name: ClusterName) -> impl IntoView {
    let go = use_navigate();
    let remove = Action::new(|name: &ClusterName| api::clusters::remove_cluster(name.clone()));
    let failed = move || remove.value().get().and_then(Result::err);
    Effect::new(move |_| {
        if matches!(remove.value().get(), Some(Ok(()))) {
            go(urls::CLUSTERS, leptos_router::NavigateOptions::default());
        }
    });
    view! {
        <p class="text-ink-2 mb-4">{t!(clusters.remove_note)}</p>
        {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
        <div class="flex justify-end mt-4">
            <Button
                kind=Kind::Danger
                disabled=remove.pending()
                press=move || {
                    remove.dispatch(name.clone());
                }
            >
                {t!(clusters.remove)}
            </Button>
        </div>
    }
}
