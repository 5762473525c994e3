//! The networks of a join's two clusters: what their namespaces say, and a field where one says none.

use crate::{
    AppError, api,
    parts::{Button, ProblemNotice},
    words::say,
};
use leptos::prelude::*;
use wire::{
    ClusterName,
    cluster::OverrideNetworkRequest,
    mesh::{JoinNetwork, JoinNetworks},
};

/// The two networks; keeping one reads the plan again.
#[component]
pub(super) fn Networks(networks: JoinNetworks, again: Callback<()>) -> impl IntoView {
    match networks {
        JoinNetworks::OneOnly => view! {
            <p class="text-[12px] text-ink-3 mb-3">{say!(mesh.networks_one)}</p>
        }
        .into_any(),
        JoinNetworks::Named(both) => view! { <Named both=both again=again/> }.into_any(),
    }
}

type Fields = Vec<(ClusterName, RwSignal<String>)>;

async fn keep(fields: Vec<(ClusterName, String)>) -> Result<(), AppError> {
    for (cluster, network) in fields {
        let request = OverrideNetworkRequest {
            cluster,
            network: Some(network),
            pods: None,
            services: None,
        };
        api::clusters::tell_cluster(request).await?;
    }
    Ok(())
}

#[component]
fn Named(both: Vec<JoinNetwork>, again: Callback<()>) -> impl IntoView {
    let asked = both.iter().filter(|one| !one.labelled);
    let fields: Fields = asked
        .map(|one| (one.cluster.clone(), RwSignal::new(one.name.clone())))
        .collect();
    let asks = !fields.is_empty();
    let held = StoredValue::new(fields);
    let keep = Action::new(move |(): &()| {
        let fields = held.get_value().into_iter();
        let typed = fields.map(|(cluster, text)| (cluster, text.get_untracked()));
        keep(typed.collect())
    });
    Effect::new(move |_| {
        if matches!(keep.value().get(), Some(Ok(()))) {
            again.run(());
        }
    });
    let failed = move || keep.value().get().and_then(Result::err);
    let row = move |one: JoinNetwork| {
        let label = say!(mesh.network_of, cluster = one.cluster.to_string());
        let fields = held.get_value();
        let field = fields
            .into_iter()
            .find(|(cluster, _)| *cluster == one.cluster);
        match field {
            Some((_, text)) => view! { <Field label=label text=text/> }.into_any(),
            None => view! {
                <p class="text-[13px]">
                    <span class="block font-medium">{label}</span>
                    <span class="font-mono">{one.name}</span>
                    <span class="text-[12px] text-ink-3">" " {say!(mesh.network_labelled)}</span>
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
                keep.dispatch(());
            }
        >
            <fieldset>
                <legend class="text-[13px] font-medium mb-1">{say!(mesh.networks)}</legend>
                <div class="border border-line rounded-[10px] px-4 py-3">
                    <p class="text-[12px] text-ink-3 mb-2">{say!(mesh.networks_says)}</p>
                    <div class="flex flex-wrap items-end gap-4">
                        {both.into_iter().map(row).collect_view()}
                        {asks.then(|| view! {
                            <Button submit=true disabled=keep.pending() press=|| ()>{say!(mesh.network_keep)}</Button>
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
