//! Adding clusters: paste or upload a kubeconfig, see each context judged, choose, add.

use super::{admission::Admission, mounted::Mounted, probe::Probe};
use crate::{
    AppError, api,
    parts::{Button, Kind, ProblemNotice},
    words::{say, sentence},
};
use leptos::prelude::*;
use std::collections::BTreeMap;
use wasm_bindgen::JsCast as _;
use wire::{
    Secret,
    cluster::{AddClustersRequest, ContextView, ReadKubeconfigRequest},
};

/// Adding clusters.
#[component]
pub(super) fn AddClusters(
    /// Called when some were added.
    added: Callback<()>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    // Name of each context that is to be added, by the context's own name.
    let chosen = RwSignal::new(BTreeMap::<String, String>::new());
    let read = Action::new(move |text: &String| {
        api::clusters::read_kubeconfig(ReadKubeconfigRequest {
            kubeconfig: Secret::new(text.clone()),
        })
    });
    let add = Action::new(move |(): &()| {
        api::clusters::add_clusters(AddClustersRequest {
            kubeconfig: Secret::new(text.get_untracked()),
            contexts: chosen.get_untracked().into_iter().collect(),
        })
    });
    Effect::new(move |_| {
        if let Some(Ok(contexts)) = read.value().get() {
            let fine = contexts.iter().filter(|context| context.problem.is_none());
            chosen.set(
                fine.map(|one| (one.name.clone(), one.suggested.clone()))
                    .collect(),
            );
        }
    });
    Effect::new(move |_| {
        if matches!(add.value().get(), Some(Ok(_))) {
            added.run(());
        }
    });
    let contexts = move || read.value().get().and_then(Result::ok);
    let problem = move || {
        let refused = read.value().get().and_then(Result::err);
        refused.or_else(|| add.value().get().and_then(Result::err))
    };
    view! {
        <Mounted added=added/>
        <Paste text=text busy=read.pending() read=move |()| { read.dispatch(text.get_untracked()); }/>
        <p class="text-[12px] text-ink-3 mb-3">{say!(clusters.strict)}</p>
        <Admission/>
        {move || problem().map(|AppError(problem)| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
        {move || {
            contexts().map(|contexts| {
                contexts.into_iter().map(|context| view! { <Context context=context chosen=chosen text=text/> }).collect_view()
            })
        }}
        <Show when=move || contexts().is_some()>
            <div class="flex items-center justify-end gap-3 mt-4">
                <Show when=move || add.pending().get()>
                    <span class="text-[13px] text-ink-3" role="status">{say!(clusters.asking)}</span>
                </Show>
                <Button
                    kind=Kind::Go
                    disabled=Signal::derive(move || chosen.get().is_empty() || add.pending().get())
                    press=move || {
                        add.dispatch(());
                    }
                >
                    {move || say!(clusters.add_n, n = chosen.get().len())}
                </Button>
            </div>
        </Show>
    }
}

/// The kubeconfig's text, pasted or uploaded.
#[component]
pub(super) fn Paste(
    text: RwSignal<String>,
    #[prop(into)] busy: Signal<bool>,
    #[prop(into)] read: Callback<()>,
) -> impl IntoView {
    view! {
        <label class="block text-[13px] font-medium mb-1" for="kubeconfig">{say!(clusters.paste)}</label>
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
                {say!(clusters.upload)}
                <input type="file" class="sr-only" on:change=move |event| upload(&event, text)/>
            </label>
            <span class="flex-1"></span>
            <Button
                disabled=Signal::derive(move || text.get().trim().is_empty() || busy.get())
                press=move || read.run(())
            >
                {say!(clusters.read)}
            </Button>
        </div>
    }
}

#[component]
fn Context(
    context: ContextView,
    chosen: RwSignal<BTreeMap<String, String>>,
    text: RwSignal<String>,
) -> impl IntoView {
    let key = StoredValue::new(context.name.clone());
    let suggested = StoredValue::new(context.suggested.clone());
    let fine = context.problem.is_none();
    let refusal = context.problem.as_ref().map(sentence);
    let on = move || chosen.get().contains_key(&key.get_value());
    let name = move || {
        chosen
            .get()
            .get(&key.get_value())
            .cloned()
            .unwrap_or(suggested.get_value())
    };
    let turn = move |_| {
        chosen.update(|chosen| {
            let key = key.get_value();
            if chosen.remove(&key).is_none() {
                chosen.insert(key, suggested.get_value());
            }
        });
    };
    view! {
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 border-t border-line text-[13px]">
            <label class="inline-flex items-center gap-2 flex-1 min-w-[180px]">
                <input type="checkbox" class="size-4 accent-span" disabled=!fine prop:checked=on on:change=turn/>
                <span class="min-w-0">
                    <span class="font-medium">{context.name.clone()}</span>
                    <span class="block font-mono text-[12px] text-ink-3 break-words">{context.server.clone()} " · " {context.credentials.clone()}</span>
                </span>
            </label>
            {fine.then(|| {
                view! {
                    <label class="inline-flex items-center gap-2 text-ink-3">
                        {say!(clusters.name)}
                        <input
                            type="text"
                            class="h-8 max-md:h-10 w-[200px] px-2 font-mono text-[13px] bg-surface border border-field rounded-[4px] text-ink"
                            prop:value=name
                            disabled=move || !on()
                            on:input=move |event| {
                                let value = event_target_value(&event);
                                chosen.update(|chosen| {
                                    chosen.insert(key.get_value(), value);
                                });
                            }
                        />
                    </label>
                }
            })}
            {refusal.map(|refusal| view! { <p class="w-full text-bad">{refusal}</p> })}
            {fine.then(|| view! { <Probe text=text context=key.get_value()/> })}
        </div>
    }
}

/// Reads the chosen file into the text.
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
        if let Ok(read) = wasm_bindgen_futures::JsFuture::from(file.text()).await {
            text.set(read.as_string().unwrap_or_default());
        }
    });
}
