//! The commands that create a service account for the console, for a cluster that it must not administer.

use crate::{
    api,
    parts::{Copy, ProblemNotice},
    words::t,
};
use leptos::prelude::*;
use wire::cluster::AccessCommandsView;

/// The commands for the administrator of the cluster; they print the kubeconfig for the field above.
#[component]
pub(super) fn ServiceAccount() -> impl IntoView {
    let commands = LocalResource::new(api::clusters::service_account_commands);
    view! {
        <details class="mb-3 text-[13px]">
            <summary class="cursor-pointer text-span">{t!(clusters.service_account)}</summary>
            <p class="text-ink-2 mt-2">{t!(clusters.service_account_note)}</p>
            {move || match commands.get() {
                None => ().into_any(),
                Some(Ok(commands)) => view! { <Commands commands=commands/> }.into_any(),
                Some(Err(error)) => view! { <ProblemNotice problem=error.0/> }.into_any(),
            }}
        </details>
    }
}

#[component]
fn Commands(commands: AccessCommandsView) -> impl IntoView {
    let block = |title: String, text: String| {
        view! {
            <div class="flex flex-wrap items-center justify-between gap-2 mt-2 mb-1">
                <p class="text-[12px] text-ink-3">{title.clone()}</p>
                <Copy text=text.clone() label=t!(clusters.copy_command)/>
            </div>
            <pre
                class="font-mono text-[12.5px] bg-sunken rounded-[6px] px-3 py-2 overflow-auto max-h-[40vh]"
                tabindex="0"
                role="region"
                aria-label=title
            >
                {text}
            </pre>
        }
    };
    view! {
        {block(t!(clusters.service_account_apply), commands.apply)}
        {block(t!(clusters.service_account_print), commands.print)}
    }
}
