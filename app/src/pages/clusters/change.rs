//! The dialogs that rename a cluster and replace its credentials. Nothing on the cluster changes.

use super::{add::KubeconfigField, probe::Probe};
use crate::{
    AppError, api,
    parts::{Button, Kind, ProblemNotice},
    urls,
    words::{sentence, t},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wire::{
    ClusterName, Secret,
    cluster::{ContextView, ReadKubeconfigRequest, RenameRequest, ReplaceRequest},
};

/// The dialog that renames a cluster.
#[component]
pub(super) fn Rename(name: ClusterName) -> impl IntoView {
    let navigate = use_navigate();
    let text = RwSignal::new(name.to_string());
    let cluster = StoredValue::new(name);
    let rename = Action::new(move |(): &()| {
        api::clusters::rename_cluster(RenameRequest {
            cluster: cluster.get_value(),
            name: text.get_untracked(),
        })
    });
    Effect::new(move |_| {
        if let Some(Ok(name)) = rename.value().get() {
            navigate(&urls::cluster(&name), NavigateOptions::default());
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

/// The dialog that replaces the credentials: a kubeconfig, and its context for the same cluster.
#[component]
pub(super) fn Replace(name: ClusterName, replaced: Callback<()>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let check = Action::new(move |text: &String| {
        api::clusters::check_kubeconfig(ReadKubeconfigRequest {
            kubeconfig: Secret::new(text.clone()),
        })
    });
    let cluster = StoredValue::new(name);
    let replace = Action::new(move |context: &String| {
        api::clusters::replace_credentials(ReplaceRequest {
            cluster: cluster.get_value(),
            kubeconfig: Secret::new(text.get_untracked()),
            context: context.clone(),
        })
    });
    Effect::new(move |_| {
        if matches!(replace.value().get(), Some(Ok(()))) {
            replaced.run(());
        }
    });
    let problem = move || {
        let rejected = check.value().get().and_then(Result::err);
        rejected.or_else(|| replace.value().get().and_then(Result::err))
    };
    let contexts = move || check.value().get().and_then(Result::ok).unwrap_or_default();
    let row = move |context: ContextView| {
        let name = StoredValue::new(context.name.clone());
        let problem = context.problem.as_ref().map(sentence);
        let accepted = problem.is_none();
        view! {
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 border-t border-line text-[13px]">
                <span class="flex-1 min-w-[180px]">
                    <span class="font-medium">{context.name.clone()}</span>
                    <span class="block font-mono text-[12px] text-ink-3 break-words">{context.server}</span>
                </span>
                {accepted.then(|| view! {
                    <Button
                        disabled=replace.pending()
                        press=move || {
                            replace.dispatch(name.get_value());
                        }
                    >
                        {t!(clusters.use_context)}
                    </Button>
                    <Probe text=text context=name.get_value()/>
                })}
                {problem.map(|problem| view! { <p class="w-full text-bad">{problem}</p> })}
            </div>
        }
    };
    view! {
        <p class="text-[13px] text-ink-2 mb-3">{t!(clusters.replace_note)}</p>
        <KubeconfigField text=text checking=check.pending() check=move |()| { check.dispatch(text.get_untracked()); }/>
        {move || problem().map(|AppError(problem)| view! { <div class="mb-3"><ProblemNotice problem=problem/></div> })}
        {move || contexts().into_iter().map(row).collect_view()}
    }
}
