//! A cluster's network and ranges: what was found and where, and fields for what the cluster does not say.

use crate::{
    AppError, api,
    parts::{Button, Kind, Loaded, ProblemNotice, tw},
    routes,
    words::say,
};
use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};
use wire::{
    ClusterName,
    cluster::{
        DetectedView, DetectionSource, MeshMembership, NetworkView, OverrideNetworkRequest, Role,
    },
};

/// The section of a cluster's page.
#[component]
pub(super) fn Network(name: ClusterName) -> impl IntoView {
    let name = StoredValue::new(name);
    let found = Resource::new(move || name.get_value(), api::clusters::cluster_network);
    let place = NodeRef::<leptos::html::Section>::new();
    let hash = use_location().hash;
    // A link to the section comes before the section is there.
    Effect::new(move |_| {
        if let Some(section) = place.get().filter(|_| hash.get_untracked() == "#network") {
            section.scroll_into_view();
        }
    });
    view! {
        <h2 class="text-[14px] font-semibold mb-2">{say!(clusters.network)}</h2>
        <section id="network" node_ref=place class="bg-surface border border-line rounded-[10px] px-5 max-md:px-4 py-4 mb-4 scroll-mt-20">
            <Loaded
                from=found
                what=say!(clusters.network_this)
                view=move |found| view! { <Found name=name.get_value() first=found/> }
            />
        </section>
    }
}

/// The names of the fields, as problems call them.
const FIELDS: [&str; 3] = ["network", "pods", "services"];

#[component]
fn Found(name: ClusterName, first: NetworkView) -> impl IntoView {
    let typed = [&first.network, &first.pods, &first.services].map(typed);
    let texts = typed.map(RwSignal::new);
    let asks = [&first.network, &first.pods, &first.services]
        .iter()
        .any(|one| one.ask);
    let shown = RwSignal::new(first);
    let own = StoredValue::new(name);
    let keep = Action::new(move |(): &()| {
        let [network, pods, services] = texts.map(|text| Some(text.get_untracked()));
        api::clusters::tell_cluster(OverrideNetworkRequest {
            cluster: own.get_value(),
            network,
            pods,
            services,
        })
    });
    Effect::new(move |_| {
        if let Some(Ok(view)) = keep.value().get() {
            shown.set(view);
        }
    });
    let failed = move || keep.value().get().and_then(Result::err);
    let kept = move || matches!(keep.value().get(), Some(Ok(_))) && !keep.pending().get();
    let wrong = Signal::derive(move || failed().and_then(|AppError(problem)| problem.field));
    let row = move |which: usize| {
        let found = Signal::derive(move || part(&shown.get(), which));
        view! { <Row which=which found=found text=texts[which] wrong=wrong/> }
    };
    view! {
        <p class="text-[13px] text-ink-2 mb-3">{say!(clusters.network_says)}</p>
        <form
            class="grid gap-y-3"
            on:submit=move |event| {
                event.prevent_default();
                keep.dispatch(());
            }
        >
            {(0..FIELDS.len()).map(row).collect_view()}
            {move || view! { <Meshes parts=shown.get().meshes/> }}
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            {asks.then(|| view! {
                <div class="flex items-center justify-end gap-3">
                    <span class="text-[13px] text-ink-2" role="status">{move || kept().then(|| say!(clusters.network_kept))}</span>
                    <Button kind=Kind::Go submit=true disabled=keep.pending() press=|| ()>{say!(clusters.network_keep)}</Button>
                </div>
            })}
        </form>
    }
}

fn part(view: &NetworkView, which: usize) -> DetectedView {
    match which {
        0 => view.network.clone(),
        1 => view.pods.clone(),
        _ => view.services.clone(),
    }
}

/// What stands in a field at first: what was typed before.
fn typed(found: &DetectedView) -> String {
    match found.at {
        Some(DetectionSource::Operator(_)) => found.values.join(", "),
        _ => String::new(),
    }
}

/// What the row and its field are called, and what is to be typed.
fn called(which: usize) -> (String, String, String) {
    match which {
        0 => (
            say!(clusters.network_name),
            say!(clusters.type_network),
            say!(clusters.network_name_note),
        ),
        1 => (
            say!(clusters.pods),
            say!(clusters.type_pods),
            say!(clusters.pods_note),
        ),
        _ => (
            say!(clusters.services),
            say!(clusters.type_services),
            say!(clusters.services_note),
        ),
    }
}

/// One of the three: what was found, where, and a field where a person is asked.
#[component]
fn Row(
    which: usize,
    #[prop(into)] found: Signal<DetectedView>,
    text: RwSignal<String>,
    #[prop(into)] wrong: Signal<Option<String>>,
) -> impl IntoView {
    let (title, field, note) = called(which);
    let ask = found.get_untracked().ask;
    let about = format!("network-note-{which}");
    let is_wrong = move || wrong.get().as_deref() == FIELDS.get(which).copied();
    view! {
        <div class="grid md:grid-cols-[140px_minmax(0,1fr)] gap-x-4 gap-y-1 text-[13px] border-b border-line pb-3">
            <p class="text-ink-3">{title}</p>
            <div class="min-w-0">
                {move || view! { <Said found=found.get()/> }}
                {ask.then(|| view! {
                    <label class="block mt-2 font-medium">
                        {field}
                        <input
                            type="text"
                            class="block mt-1 h-9 max-md:h-11 w-full max-w-[420px] px-2.5 font-mono text-[13px] font-normal bg-surface border border-field rounded-[6px]"
                            aria-describedby=about.clone()
                            aria-invalid=move || is_wrong().to_string()
                            prop:value=text
                            on:input=move |event| text.set(event_target_value(&event))
                        />
                    </label>
                    <p id=about.clone() class="mt-1 text-[12px] text-ink-3 max-w-[640px]">{note}</p>
                })}
            </div>
        </div>
    }
}

/// What was found, and where.
#[component]
fn Said(found: DetectedView) -> impl IntoView {
    let nothing = found.values.is_empty();
    let at = found.at.as_ref().map(at);
    view! {
        <p class="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
            {found.values.into_iter().map(|value| view! { <span class="font-mono break-all">{value}</span> }).collect_view()}
            {nothing.then(|| view! { <span class="text-ink-2">{say!(clusters.not_known)}</span> })}
            {at.map(|(class, at)| view! { <span class=class>{at}</span> })}
        </p>
        {found.unknown.filter(|_| nothing).map(|said| view! { <p class="font-mono text-[12px] text-ink-3 break-words">{said}</p> })}
    }
}

/// Where it was read; a part of the whole looks like one.
fn at(at: &DetectionSource) -> (&'static str, String) {
    let sure = tw("text-[12px] text-ink-3");
    let part = tw("text-[12px] text-warn");
    match at {
        DetectionSource::Operator(who) => (sure, say!(clusters.at_typed, who = who.clone())),
        DetectionSource::Namespace => (sure, say!(clusters.at_namespace)),
        DetectionSource::NetworkPlugin => (sure, say!(clusters.at_plugin)),
        DetectionSource::ClusterCidr => (sure, say!(clusters.at_cluster_cidr)),
        DetectionSource::ServiceObjects => (sure, say!(clusters.at_objects)),
        DetectionSource::DryRun => (sure, say!(clusters.at_refusal)),
        DetectionSource::Nodes => (part, say!(clusters.at_nodes)),
        DetectionSource::LivePods => (part, say!(clusters.at_live_pods)),
    }
}

/// Its parts in meshes.
#[component]
fn Meshes(parts: Vec<MeshMembership>) -> impl IntoView {
    let none = parts.is_empty();
    let one = |part: MeshMembership| {
        let word = match part.role {
            Role::Remote => say!(clusters.remote_of),
            Role::Primary | Role::Both => say!(clusters.primary_of),
        };
        view! {
            <li>
                {word} " "
                <A href=routes::mesh(&part.mesh) attr:class="font-medium hover:underline">{part.mesh.to_string()}</A>
            </li>
        }
    };
    view! {
        <div class="grid md:grid-cols-[140px_minmax(0,1fr)] gap-x-4 gap-y-1 text-[13px]">
            <p class="text-ink-3">{say!(clusters.meshes)}</p>
            <ul class="flex flex-wrap gap-x-4">
                {none.then(|| view! { <li class="text-ink-2">{say!(clusters.in_no_mesh)}</li> })}
                {parts.into_iter().map(one).collect_view()}
            </ul>
        </div>
    }
}
