//! An installation as a step: what was found out, what would be made, and the button.

use super::plan::Do;
use crate::{
    pages::install::review::{Counts, Manifests},
    parts::{Notice, Pill, Tone},
    words::{age, check_summary, missing_address, say},
};
use leptos::prelude::*;
use wire::mesh::{FoundValue, InstallPlanView, StepRef};

/// An installation.
#[component]
pub(super) fn Install(
    install: InstallPlanView,
    step: StepRef,
    due: bool,
    blocked: bool,
) -> impl IntoView {
    let found = install.found;
    let shown = install.review.map(|review| {
        let total = review.objects.len();
        let word = say!(mesh.deploy_n, n = total, cluster = step.cluster.to_string());
        let chart = &review.draft.chart;
        let to = format!(
            "{}?draft={}&step=parameters",
            crate::routes::install(&chart.repository, &chart.chart),
            install.draft
        );
        let rights = check_summary(&review.rights);
        view! {
            <Counts counts=review.counts/>
            <p class="mb-3 text-[13px] text-ink-2">{rights}</p>
            <details class="mb-3 text-[13px] border border-line rounded-[10px]">
                <summary class="cursor-pointer px-4 py-2.5 text-ink-2">{say!(install.manifests_n, n = total)}</summary>
                <Manifests objects=review.objects/>
            </details>
            {due.then(|| view! { <Do step=step word=word blocked=blocked edit=to/> })}
        }
    });
    view! {
        {(!found.is_empty()).then(|| view! { <Found found=found/> })}
        {shown}
    }
}

/// The addresses that were found, each with where it comes from.
#[component]
fn Found(found: Vec<FoundValue>) -> impl IntoView {
    let row = |one: FoundValue| {
        let source = one.source.map(|object| {
            say!(
                mesh.found_source,
                object = object.to_string(),
                age = age(one.age)
            )
        });
        let fine = !one.value.is_empty();
        view! {
            <div class="grid md:grid-cols-[minmax(0,260px)_minmax(0,180px)_minmax(0,1fr)] items-baseline gap-x-4 gap-y-0.5 px-4 py-2 border-b border-line last:border-b-0 text-[13px]">
                <span class="font-mono text-[12.5px] break-words">{one.key}</span>
                <span class="font-mono break-words">{if fine { one.value } else { "—".to_owned() }}</span>
                <span class="text-ink-3 break-words">
                    {source} {one.missing.as_ref().map(missing_address)} " "
                    {one.pod.then(|| view! { <Pill tone=Tone::Warn>{say!(mesh.pod_address)}</Pill> })}
                </span>
            </div>
        }
    };
    let stale = found.iter().all(|one| one.value.is_empty());
    view! {
        <div class="mb-3 border border-line rounded-[10px]" role="group" aria-label=say!(install.parameters)>
            {found.into_iter().map(row).collect_view()}
        </div>
        {stale.then(|| view! { <div class="mb-3"><Notice tone=Tone::Warn>{say!(hint.no_address)}</Notice></div> })}
    }
}
