//! Another name, or another credential, for a cluster. Nothing on the cluster changes.

use super::{add::Paste, probe::Probe};
use crate::{
    AppError, api,
    parts::{Button, Kind, ProblemNotice},
    routes,
    words::{t, sentence},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wire::{
    ClusterName, Secret,
    cluster::{ContextView, ReadKubeconfigRequest, RenameRequest, ReplaceRequest},
};

/// Another name.
#[component]
pub(super) fn Rename(name: ClusterName) -> impl IntoView {
    let go = use_navigate();
    let text = RwSignal::new(name.to_string());
    let own = StoredValue::new(name);
    let rename = Action::new(move |(): &()| {
        api::clusters::rename_cluster(RenameRequest {
            cluster: own.get_value(),
            name: text.get_untracked(),
        })
    });
    Effect::new(move |_| {
        if let Some(Ok(name)) = rename.value().get() {
            go(&routes::cluster(&name), NavigateOptions::default());
        }
    });
    let failed = move || rename.value().get().and_then(Result::err);
    view! {
        <form on:submit=move |event| {
            event.prevent_default();
            rename.dispatch(());
        }>
            <p class="text-[13px] text-ink-2 mb-3">{t!(clusters.rename_note)}</p>
            <label class="block text-[13px] font-medium">
                {t!(clusters.new_name)}
                <input
                    type="text"
                    class="block mt-1 h-9 max-md:h-11 w-full max-w-[320px] px-2.5 font-mono text-[13px] bg-surface border border-field rounded-[6px]"
                    prop:value=text
                    on:input=move |event| text.set(event_target_value(&event))
                />
            </label>
            {move || failed().map(|AppError(problem)| view! { <div class="mt-3"><ProblemNotice problem=problem/></div> })}
            <div class="flex justify-end mt-4">
                <Button kind=Kind::Go submit=true disabled=rename.pending() press=|| ()>{t!(clusters.rename)}</Button>
            </div>
        </form>
    }
}

/// Another credential: a kubeconfig, and the context of it that leads to the same cluster.
#[component]
pub(super) fn Replace(name: ClusterName, done: Callback<()>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let read = Action::new(move |text: &String| {
        api::clusters::read_kubeconfig(ReadKubeconfigRequest {
            kubeconfig: Secret::new(text.clone()),
        })
    });
    let own = StoredValue::new(name);
    let replace = Action::new(move |context: &String| {
        api::clusters::replace_credential(ReplaceRequest {
            cluster: own.get_value(),
            kubeconfig: Secret::new(text.get_untracked()),
            context: context.clone(),
        })
    });
    Effect::new(move |_| {
        if matches!(replace.value().get(), Some(Ok(()))) {
            done.run(());
        }
    });
    let problem = move || {
        let refused = read.value().get().and_then(Result::err);
        refused.or_else(|| replace.value().get().and_then(Result::err))
    };
    let contexts = move || read.value().get().and_then(Result::ok).unwrap_or_default();
    let one = move |context: ContextView| {
        let key = StoredValue::new(context.name.clone());
        let refusal = context.problem.as_ref().map(sentence);
        let fine = refusal.is_none();
        view! {
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 border-t border-line text-[13px]">
                <span class="flex-1 min-w-[180px]">
                    <span class="font-medium">{context.name.clone()}</span>
                    <span class="block font-mono text-[12px] text-ink-3 break-words">{context.server}</span>
                </span>
                {fine.then(|| view! {
                    <Button
                        disabled=replace.pending()
                        press=move || {
                            replace.dispatch(key.get_value());
                        }
                    >
                        {t!(clusters.use_context)}
                    </Button>
                    <Probe text=text context=key.get_value()/>
                })}
                {refusal.map(|refusal| view! { <p class="w-full text-bad">{refusal}</p> })}
            </div>
        }
    };
    view! {
        <p class="text-[13px] text-ink-2 mb-3">{t!(clusters.replace_note)}</p>
        <Paste text=text busy=read.pending() read=move |()| { read.dispatch(text.get_untracked()); }/>
        {move || problem().map(|AppError(problem)| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
        {move || contexts().into_iter().map(one).collect_view()}
    }
}
