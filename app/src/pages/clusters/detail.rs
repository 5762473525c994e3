//! The page of one cluster: its facts and nodes, its network, and its removal from the console.

use super::{
    change::{Rename, Replace},
    list::Facts,
    network::Network,
};
use crate::{
    AppError, api,
    named::named,
    page_cluster::set_page_cluster,
    parts::{Button, Dialog, Glyph, Head, Icon, Kind, Loaded, Pill, ProblemNotice, Tone},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use wire::{
    ClusterName,
    cluster::{ClusterState, ClusterView, NodeView},
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
    view! { <Loaded from=cluster subject=t!(clusters.subject) view=|cluster| view! { <Page cluster=cluster/> }/> }
}

#[component]
fn Page(cluster: ClusterView) -> impl IntoView {
    let (removing, renaming) = (RwSignal::new(false), RwSignal::new(false));
    let replacing = RwSignal::new(false);
    let replaced = Callback::new(move |()| replacing.set(false));
    let name = StoredValue::new(cluster.name.clone());
    let state = match cluster.state {
        ClusterState::Ready(facts) => {
            let nodes = facts.nodes.clone();
            view! {
                <section class="bg-surface border border-line rounded-[10px] px-5 py-4 mb-4">
                    <Facts facts=facts without_cidrs=true/>
                </section>
                <Network name=name.get_value()/>
                <h2 class="text-[14px] font-semibold mb-2">{t!(clusters.nodes)}</h2>
                <section class="bg-surface border border-line rounded-[10px]">
                    {nodes.into_iter().map(|node| view! { <Node node=node/> }).collect_view()}
                </section>
            }
            .into_any()
        }
        ClusterState::Unreachable(problem) => view! {
            <div class="mb-4"><ProblemNotice problem=problem/></div>
            <Network name=name.get_value()/>
        }
        .into_any(),
        ClusterState::Unusable(problem) => {
            view! { <div class="mb-4"><ProblemNotice problem=problem/></div> }.into_any()
        }
    };
    view! {
        <Head title=cluster.name.to_string() parents=vec![(t!(clusters.title), urls::CLUSTERS.to_owned())]>
            <Button press=move || renaming.set(true)>{t!(clusters.rename)}</Button>
            <Button press=move || replacing.set(true)>{t!(clusters.replace)}</Button>
            <Button kind=Kind::Danger press=move || removing.set(true)>
                <Icon glyph=Glyph::Trash/>
                {t!(clusters.remove)}
            </Button>
        </Head>
        <p class="font-mono text-[12px] text-ink-3 mb-4 break-words">{cluster.server}</p>
        {state}
        <Dialog open=removing title=t!(clusters.remove_title, cluster = cluster.name.to_string())>
            <Remove name=name.get_value()/>
        </Dialog>
        <Dialog open=renaming title=t!(clusters.rename_title, cluster = cluster.name.to_string())>
            <Rename name=name.get_value()/>
        </Dialog>
        <Dialog open=replacing title=t!(clusters.replace_title, cluster = cluster.name.to_string())>
            <Replace name=name.get_value() replaced=replaced/>
        </Dialog>
    }
}

#[component]
fn Node(node: NodeView) -> impl IntoView {
    let (tone, word) = if node.ready {
        (Tone::Good, t!(health.ready))
    } else {
        (Tone::Bad, t!(health.not_ready))
    };
    view! {
        <div class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-2.5 border-b border-line last:border-b-0 text-[13px]">
            <span class="font-mono flex-1 min-w-[160px]">{node.name}</span>
            <span class="text-ink-3 tabular">{node.version}</span>
            <span class="text-ink-3 tabular">{node.pod_cidr.unwrap_or_default()}</span>
            <Pill tone=tone>{word}</Pill>
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
