//! The networks of the two clusters of a join: the labels of their namespaces, and a field for a cluster without
//! a label.

use crate::{
    AppError, api,
    parts::{Button, ProblemNotice},
    words::t,
};
use leptos::prelude::*;
use wire::{
    ClusterName,
    cluster::OverrideNetworkRequest,
    mesh::{JoinNetwork, JoinNetworks},
};

/// The two networks; saving them loads the plan again.
#[component]
pub(super) fn Networks(networks: JoinNetworks, reload: Callback<()>) -> impl IntoView {
    match networks {
        JoinNetworks::OneOnly => view! {
            <p class="text-[12px] text-ink-3 mb-3">{t!(mesh.single_network)}</p>
        }
        .into_any(),
        JoinNetworks::Named(both) => {
            view! { <NetworkForm networks=both reload=reload/> }.into_any()
        }
    }
}

type Fields = Vec<(ClusterName, RwSignal<String>)>;

async fn save(fields: Vec<(ClusterName, String)>) -> Result<(), AppError> {
    for (cluster, network) in fields {
        let request = OverrideNetworkRequest {
            cluster,
            network: Some(network),
            pods: None,
            services: None,
        };
        api::clusters::override_cluster_network(request).await?;
    }
    Ok(())
}

#[component]
fn NetworkForm(networks: Vec<JoinNetwork>, reload: Callback<()>) -> impl IntoView {
    let editable = networks.iter().filter(|network| !network.labelled);
    let fields: Fields = editable
        .map(|network| (network.cluster.clone(), RwSignal::new(network.name.clone())))
        .collect();
    let can_save = !fields.is_empty();
    let fields = StoredValue::new(fields);
    let save = Action::new(move |(): &()| {
        let fields = fields.get_value().into_iter();
        let texts = fields.map(|(cluster, text)| (cluster, text.get_untracked()));
        save(texts.collect())
    });
    Effect::new(move |_| {
        if matches!(save.value().get(), Some(Ok(()))) {
            reload.run(());
        }
    });
    let failed = move || save.value().get().and_then(Result::err);
    let row = move |network: JoinNetwork| {
        let label = t!(mesh.network_of, cluster = network.cluster.to_string());
        let mut fields = fields.get_value().into_iter();
        let field = fields.find(|(cluster, _)| *cluster == network.cluster);
        match field {
            Some((_, text)) => view! { <Field label=label text=text/> }.into_any(),
            None => view! {
                <p class="text-[13px]">
                    <span class="block font-medium">{label}</span>
                    <span class="font-mono">{network.name}</span>
                    <span class="text-[12px] text-ink-3">" " {t!(mesh.network_from_label)}</span>
                </p>
            }
            .into_any(),
        }
    };
    view! {
        <form
            class="mb-3"
            on:submit=move |event| {
                event.prevent_default();
                save.dispatch(());
            }
        >
            <fieldset>
                <legend class="text-[13px] font-medium mb-1">{t!(mesh.networks)}</legend>
                <div class="border border-line rounded-[10px] px-4 py-3">
                    <p class="text-[12px] text-ink-3 mb-2">{t!(mesh.networks_note)}</p>
                    <div class="flex flex-wrap items-end gap-4">
                        {networks.into_iter().map(row).collect_view()}
                        {can_save.then(|| view! {
                            <Button submit=true disabled=save.pending() press=|| ()>{t!(mesh.save_networks)}</Button>
                        })}
                    </div>
                </div>
            </fieldset>
            {move || failed().map(|AppError(problem)| view! { <div class="mt-3"><ProblemNotice problem=problem/></div> })}
        </form>
    }
}

#[component]
fn Field(label: String, text: RwSignal<String>) -> impl IntoView {
    view! {
        <label class="text-[13px] font-medium max-md:w-full">
            {label}
            <input
                type="text"
                class="block mt-1 h-9 max-md:h-11 w-full max-w-[240px] px-2.5 font-mono text-[13px] font-normal bg-surface border border-field rounded-[6px]"
                prop:value=text
                on:input=move |event| text.set(event_target_value(&event))
            />
        </label>
    }
}
