//! The dialog that adds clusters: paste or upload a kubeconfig, check its contexts, select, add.

use super::{contexts::Contexts, in_cluster::InCluster, service_account::ServiceAccount};
use crate::{
    AppError, api,
    parts::{Button, ProblemNotice},
    words::t,
};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use wire::{Secret, cluster::ReadKubeconfigRequest};

/// The content of the dialog.
#[component]
pub(super) fn AddClusters(
    /// Called when all selected clusters were added.
    added: Callback<()>,
    /// Called when only some of them were added.
    #[prop(into)]
    changed: Callback<()>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    // The contexts with the text that they were read from: the text may be edited meanwhile.
    let check = Action::new(move |text: &String| {
        let text = text.clone();
        async move {
            let request = ReadKubeconfigRequest {
                kubeconfig: Secret::new(text.clone()),
            };
            let contexts = api::clusters::check_kubeconfig(request).await?;
            Ok::<_, AppError>((contexts, text))
        }
    });
    let contexts = move || check.value().get().and_then(Result::ok);
    let rejected = move || check.value().get().and_then(Result::err);
    view! {
        <InCluster added=added/>
        <KubeconfigField text=text checking=check.pending() check=move |()| { check.dispatch(text.get_untracked()); }/>
        {move || rejected().map(|AppError(problem)| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
        <p class="text-[12px] text-ink-3 mb-3">{t!(clusters.kubeconfig_note)}</p>
        <ServiceAccount/>
        {move || contexts().map(|(contexts, text)| view! {
            <Contexts contexts=contexts text=text changed=changed added=added/>
        })}
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
        <label class="block text-[13px] font-medium mb-1.5" for="kubeconfig">{t!(clusters.kubeconfig)}</label>
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
