//! The dialog that adds clusters: paste or upload a kubeconfig, check its contexts, select, add.

use super::{in_cluster::InCluster, probe::Probe, service_account::ServiceAccount};
use crate::{
    AppError, api,
    parts::{Button, Kind, ProblemNotice},
    words::{count, sentence, t},
};
use leptos::prelude::*;
use std::collections::BTreeMap;
use wasm_bindgen::JsCast as _;
use wire::{
    ClusterName, Secret,
    cluster::{AddClustersRequest, ContextView, ReadKubeconfigRequest},
};

/// The names of the clusters to add, by the names of their contexts.
type Selected = RwSignal<BTreeMap<String, String>>;
type AddAction = Action<(), Result<Vec<ClusterName>, AppError>>;

/// The content of the dialog.
#[component]
pub(super) fn AddClusters(
    /// Called when clusters were added.
    added: Callback<()>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let selected = Selected::new(BTreeMap::new());
    let check = Action::new(move |text: &String| {
        api::clusters::check_kubeconfig(ReadKubeconfigRequest {
            kubeconfig: Secret::new(text.clone()),
        })
    });
    let add: AddAction = Action::new(move |(): &()| {
        api::clusters::add_clusters(AddClustersRequest {
            kubeconfig: Secret::new(text.get_untracked()),
            contexts: selected.get_untracked().into_iter().collect(),
        })
    });
    Effect::new(move |_| {
        if let Some(Ok(contexts)) = check.value().get() {
            selected.set(suggested(&contexts));
        }
    });
    Effect::new(move |_| {
        if matches!(add.value().get(), Some(Ok(_))) {
            added.run(());
        }
    });
    let contexts = move || check.value().get().and_then(Result::ok);
    let problem = move || {
        let rejected = check.value().get().and_then(Result::err);
        rejected.or_else(|| add.value().get().and_then(Result::err))
    };
    let row = move |context| view! { <Context context=context selected=selected text=text/> };
    view! {
        <InCluster added=added/>
        <KubeconfigField text=text checking=check.pending() check=move |()| { check.dispatch(text.get_untracked()); }/>
        <p class="text-[12px] text-ink-3 mb-3">{t!(clusters.kubeconfig_note)}</p>
        <ServiceAccount/>
        {move || problem().map(|AppError(problem)| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
        {move || contexts().map(|contexts| contexts.into_iter().map(row).collect_view())}
        <Show when=move || contexts().is_some()>
            <AddButton selected=selected add=add/>
        </Show>
    }
}

/// The suggested name of each context without a problem.
fn suggested(contexts: &[ContextView]) -> BTreeMap<String, String> {
    let accepted = contexts.iter().filter(|context| context.problem.is_none());
    accepted
        .map(|context| (context.name.clone(), context.suggested.clone()))
        .collect()
}

#[component]
fn AddButton(selected: Selected, add: AddAction) -> impl IntoView {
    view! {
        <div class="flex items-center justify-end gap-3 mt-4">
            <Show when=move || add.pending().get()>
                <span class="text-[13px] text-ink-3" role="status">{t!(clusters.connecting)}</span>
            </Show>
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || selected.get().is_empty() || add.pending().get())
                press=move || {
                    add.dispatch(());
                }
            >
                {move || count!(clusters.add_selected, n = selected.get().len())}
            </Button>
        </div>
    }
}

/// The text of the kubeconfig, pasted or uploaded.
#[component]
pub(super) fn KubeconfigField(
    text: RwSignal<String>,
    #[prop(into)] checking: Signal<bool>,
    #[prop(into)] check: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="block text-[13px] font-medium mb-1" for="kubeconfig">{t!(clusters.kubeconfig)}</label>
        <textarea
            id="kubeconfig"
            rows="9"
            spellcheck="false"
            autocomplete="off"
            class="w-full font-mono text-[12.5px] bg-surface border border-field rounded-[6px] px-3 py-2"
            prop:value=text
            on:input=move |event| text.set(event_target_value(&event))
        ></textarea>
        <div class="flex flex-wrap items-center gap-3 mt-2 mb-3">
            <label class="text-[13px] text-span hover:underline cursor-pointer">
                {t!(clusters.upload)}
                <input type="file" class="sr-only" on:change=move |event| upload(&event, text)/>
            </label>
            <span class="flex-1"></span>
            <Button
                disabled=Signal::derive(move || text.get().trim().is_empty() || checking.get())
                press=move || check.run(())
            >
                {t!(clusters.check_kubeconfig)}
            </Button>
        </div>
    }
}

#[component]
fn Context(context: ContextView, selected: Selected, text: RwSignal<String>) -> impl IntoView {
    let context_name = StoredValue::new(context.name.clone());
    let suggested = StoredValue::new(context.suggested.clone());
    let accepted = context.problem.is_none();
    let problem = context.problem.as_ref().map(sentence);
    let is_selected = move || selected.get().contains_key(&context_name.get_value());
    let cluster_name = move || {
        let name = selected.get().get(&context_name.get_value()).cloned();
        name.unwrap_or(suggested.get_value())
    };
    let toggle = move |_| {
        selected.update(|selected| {
            let context = context_name.get_value();
            if selected.remove(&context).is_none() {
                selected.insert(context, suggested.get_value());
            }
        });
    };
    let rename = move |name: String| {
        selected.update(|selected| {
            selected.insert(context_name.get_value(), name);
        });
    };
    view! {
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 border-t border-line text-[13px]">
            <label class="inline-flex items-center gap-2 flex-1 min-w-[180px]">
                <input type="checkbox" class="size-4 accent-span" disabled=!accepted prop:checked=is_selected on:change=toggle/>
                <span class="min-w-0">
                    <span class="font-medium">{context.name.clone()}</span>
                    <span class="block font-mono text-[12px] text-ink-3 break-words">{context.server.clone()} " · " {context.credentials.clone()}</span>
                </span>
            </label>
            {accepted.then(|| {
                view! {
                    <label class="inline-flex items-center gap-2 text-ink-3">
                        {t!(clusters.name)}
                        <input
                            type="text"
                            class="h-8 max-md:h-10 w-[200px] px-2 font-mono text-[13px] bg-surface border border-field rounded-[4px] text-ink"
                            prop:value=cluster_name
                            disabled=move || !is_selected()
                            on:input=move |event| rename(event_target_value(&event))
                        />
                    </label>
                }
            })}
            {problem.map(|problem| view! { <p class="w-full text-bad">{problem}</p> })}
            {accepted.then(|| view! { <Probe text=text context=context_name.get_value()/> })}
        </div>
    }
}

/// Reads the selected file into the text.
fn upload(event: &web_sys::Event, text: RwSignal<String>) {
    let input = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
    let Some(file) = input
        .and_then(|input| input.files())
        .and_then(|files| files.get(0))
    else {
        return;
    };
    leptos::task::spawn_local(async move {
        if let Ok(content) = wasm_bindgen_futures::JsFuture::from(file.text()).await {
            text.set(content.as_string().unwrap_or_default());
        }
    });
}
