//! The network and CIDRs of a cluster: detected values with their source, and fields for the values that the
//! operator enters.

use crate::{
    AppError, api,
    parts::{Button, Kind, Link, Loaded, ProblemNotice, tw},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
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
    let network = Resource::new(move || name.get_value(), api::clusters::cluster_network);
    let section = NodeRef::<leptos::html::Section>::new();
    let hash = use_location().hash;
    // The hash of the URL is set before the section is rendered.
    Effect::new(move |_| {
        if let Some(section) = section.get().filter(|_| hash.get_untracked() == "#network") {
            section.scroll_into_view();
        }
    });
    view! {
        <h2 class="text-[14px] font-semibold mb-2">{t!(clusters.network)}</h2>
        <section id="network" node_ref=section class="bg-surface border border-line rounded-[10px] px-5 max-md:px-4 py-4 mb-4 scroll-mt-20">
            <Loaded
                from=network
                subject=t!(clusters.network_subject)
                view=move |network| view! { <NetworkForm name=name.get_value() first=network/> }
            />
        </section>
    }
}

/// The names of the fields in problems.
const FIELDS: [&str; 3] = ["network", "pods", "services"];

#[component]
fn NetworkForm(name: ClusterName, first: NetworkView) -> impl IntoView {
    let values = [&first.network, &first.pods, &first.services];
    let texts = values.map(|value| RwSignal::new(entered(value)));
    let editable = values.iter().any(|value| value.ask);
    let shown = RwSignal::new(first);
    let cluster = StoredValue::new(name);
    let save = Action::new(move |(): &()| {
        let [network, pods, services] = texts.map(|text| Some(text.get_untracked()));
        api::clusters::override_cluster_network(OverrideNetworkRequest {
            cluster: cluster.get_value(),
            network,
            pods,
            services,
        })
    });
    Effect::new(move |_| {
        if let Some(Ok(view)) = save.value().get() {
            shown.set(view);
        }
    });
    let failed = move || save.value().get().and_then(Result::err);
    let saved = move || matches!(save.value().get(), Some(Ok(_))) && !save.pending().get();
    let invalid_field =
        Signal::derive(move || failed().and_then(|AppError(problem)| problem.field));
    let row = move |field: usize| {
        let value = Signal::derive(move || field_value(&shown.get(), field));
        view! { <Row field=field value=value text=texts[field] invalid_field=invalid_field/> }
    };
    view! {
        <p class="text-[13px] text-ink-2 mb-3">{t!(clusters.network_note)}</p>
        <form
            class="grid gap-y-3"
            on:submit=move |event| {
                event.prevent_default();
                save.dispatch(());
            }
        >
            {(0..FIELDS.len()).map(row).collect_view()}
            {move || view! { <Memberships memberships=shown.get().meshes/> }}
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            {editable.then(|| view! {
                <div class="flex items-center justify-end gap-3">
                    <span class="text-[13px] text-ink-2" role="status">{move || saved().then(|| t!(clusters.saved))}</span>
                    <Button kind=Kind::Go submit=true disabled=save.pending() press=|| ()>{t!(clusters.save)}</Button>
                </div>
            })}
        </form>
    }
}

fn field_value(view: &NetworkView, field: usize) -> DetectedView {
    match field {
        0 => view.network.clone(),
        1 => view.pods.clone(),
        _ => view.services.clone(),
    }
}

/// The initial text of a field: the values that an operator entered before.
fn entered(value: &DetectedView) -> String {
    match value.at {
        Some(DetectionSource::Operator(_)) => value.values.join(", "),
        _ => String::new(),
    }
}

/// The title of the row, the label of its field, and the note below it.
fn labels(field: usize) -> (String, String, String) {
    match field {
        0 => (
            t!(clusters.network_name),
            t!(clusters.enter_network),
            t!(clusters.network_name_note),
        ),
        1 => (
            t!(clusters.pod_cidrs),
            t!(clusters.enter_pod_cidrs),
            t!(clusters.pod_cidrs_note),
        ),
        _ => (
            t!(clusters.service_cidrs),
            t!(clusters.enter_service_cidrs),
            t!(clusters.service_cidrs_note),
        ),
    }
}

/// A value with its source, and a field when the operator can enter it.
#[component]
fn Row(
    field: usize,
    #[prop(into)] value: Signal<DetectedView>,
    text: RwSignal<String>,
    #[prop(into)] invalid_field: Signal<Option<String>>,
) -> impl IntoView {
    let (title, label, note) = labels(field);
    let editable = value.get_untracked().ask;
    let note_id = format!("network-note-{field}");
    let is_invalid = move || invalid_field.get().as_deref() == FIELDS.get(field).copied();
    view! {
        <div class="grid md:grid-cols-[140px_minmax(0,1fr)] gap-x-4 gap-y-1 text-[13px] border-b border-line pb-3">
            <p class="text-ink-3">{title}</p>
            <div class="min-w-0">
                {move || view! { <Value value=value.get()/> }}
                {editable.then(|| view! {
                    <label class="block mt-2 font-medium">
                        {label}
                        <input
                            type="text"
                            class="block mt-1 h-9 max-md:h-11 w-full max-w-[420px] px-2.5 font-mono text-[13px] font-normal bg-surface border border-field rounded-[6px]"
                            aria-describedby=note_id.clone()
                            aria-invalid=move || is_invalid().to_string()
                            prop:value=text
                            on:input=move |event| text.set(event_target_value(&event))
                        />
                    </label>
                    <p id=note_id.clone() class="mt-1 text-[12px] text-ink-3 max-w-[640px]">{note}</p>
                })}
            </div>
        </div>
    }
}

/// The detected or entered values, and their source.
#[component]
fn Value(value: DetectedView) -> impl IntoView {
    let unknown = value.values.is_empty();
    let source = value.at.as_ref().map(source);
    view! {
        <p class="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
            {value.values.into_iter().map(|text| view! { <span class="font-mono break-all">{text}</span> }).collect_view()}
            {unknown.then(|| view! { <span class="text-ink-2">{t!(clusters.unknown)}</span> })}
            {source.map(|(class, source)| view! { <span class=class>{source}</span> })}
        </p>
        {value.unknown.filter(|_| unknown).map(|reason| view! { <p class="font-mono text-[12px] text-ink-3 break-words">{reason}</p> })}
    }
}

/// The source of a value; a source with partial values has the colour of a warning.
fn source(source: &DetectionSource) -> (&'static str, String) {
    let complete = tw("text-[12px] text-ink-3");
    let partial = tw("text-[12px] text-warn");
    match source {
        DetectionSource::Operator(user) => {
            (complete, t!(clusters.source_operator, user = user.clone()))
        }
        DetectionSource::Namespace => (complete, t!(clusters.source_namespace)),
        DetectionSource::NetworkPlugin => (complete, t!(clusters.source_network_plugin)),
        DetectionSource::ClusterCidr => (complete, t!(clusters.source_cluster_cidr)),
        DetectionSource::ServiceObjects => (complete, t!(clusters.source_service_cidr_objects)),
        DetectionSource::DryRun => (complete, t!(clusters.source_api_rejection)),
        DetectionSource::Nodes => (partial, t!(clusters.source_nodes)),
        DetectionSource::LivePods => (partial, t!(clusters.source_pods)),
    }
}

/// The meshes of which the cluster is a member.
#[component]
fn Memberships(memberships: Vec<MeshMembership>) -> impl IntoView {
    let none = memberships.is_empty();
    let item = |membership: MeshMembership| {
        let role = match membership.role {
            Role::Remote => t!(clusters.remote_of),
            Role::Primary | Role::Both => t!(clusters.primary_of),
        };
        view! {
            <li>
                {role} " "
                <Link href=urls::mesh(&membership.mesh) attr:class="font-medium hover:underline">{membership.mesh.to_string()}</Link>
            </li>
        }
    };
    view! {
        <div class="grid md:grid-cols-[140px_minmax(0,1fr)] gap-x-4 gap-y-1 text-[13px]">
            <p class="text-ink-3">{t!(clusters.meshes)}</p>
            <ul class="flex flex-wrap gap-x-4">
                {none.then(|| view! { <li class="text-ink-2">{t!(clusters.in_no_mesh)}</li> })}
                {memberships.into_iter().map(item).collect_view()}
            </ul>
        </div>
    }
}
