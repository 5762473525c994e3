//! The commands for a cluster that the console may not administer.

use crate::{api, parts::ProblemNotice, words::say};
use leptos::prelude::*;
use wire::cluster::AccessCommandsView;

/// What its administrator runs there; the kubeconfig that comes of it goes into the box above.
#[component]
pub(super) fn Admission() -> impl IntoView {
    let commands = LocalResource::new(api::clusters::cluster_admission);
    view! {
        <details class="mb-3 text-[13px]">
            <summary class="cursor-pointer text-span">{say!(clusters.admission)}</summary>
            <p class="text-ink-2 mt-2">{say!(clusters.admission_says)}</p>
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
            <p class="text-[12px] text-ink-3 mt-2 mb-1">{title.clone()}</p>
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
        {block(say!(clusters.admission_apply), commands.apply)}
        {block(say!(clusters.admission_print), commands.print)}
    }
}
