//! The plan of an installation step: the discovered values, the resources, and the button that deploys.

use super::context::mesh_context;
use crate::{
    pages::{
        install::review::{Adopted, Counts, Manifests, Part, adopted},
        start::StartPlan,
    },
    parts::{ButtonLink, Fold, Notice, Pill, Tone},
    urls,
    words::{age, check_summary, count, missing_address, t},
};
use leptos::prelude::*;
use wire::mesh::{DiscoveredValue, InstallPlanView, StepRef};

/// The plan of an installation.
#[component]
pub(super) fn Install(
    install: InstallPlanView,
    step: StepRef,
    due: bool,
    blocked: bool,
) -> impl IntoView {
    let found = install.found;
    let fold = format!("manifests of {:?} on {}", step.kind, step.cluster);
    let review = install.review.map(|review| {
        let of_parts = review.parts.iter().map(|part| part.objects.len());
        let total = review.objects.len() + of_parts.sum::<usize>();
        let label = count!(mesh.deploy_resources, n = total, cluster = step.cluster.to_string());
        let chart = &review.draft.chart;
        let edit = format!(
            "{}?draft={}&step=parameters",
            urls::install(&chart.repository, &chart.chart),
            install.draft
        );
        let rights = check_summary(&review.rights);
        let adopted = adopted(&review);
        let parts = review.parts;
        let objects = review.objects;
        let manifests = if parts.is_empty() {
            view! { <Manifests objects=objects/> }.into_any()
        } else {
            let parts = parts.into_iter().map(|part| view! { <Part part=part/> });
            view! { <div class="px-4 pt-2">{parts.collect_view()}</div> }.into_any()
        };
        view! {
            <Counts counts=review.counts/>
            <Adopted names=adopted/>
            <p class="mb-3 text-[13px] text-ink-2">{rights}</p>
            <Fold
                key=fold
                class="mb-3 text-[13px] border border-line rounded-[10px]"
                summary_class="cursor-pointer px-4 py-2.5 text-ink-2"
                summary=t!(install.manifests_n, n = total).into_any()
            >
                {manifests}
            </Fold>
            {due.then(|| view! {
                <StartPlan review=Some(review.review) label=label blocked=blocked started=mesh_context().reload>
                    <ButtonLink to=edit>{t!(mesh.edit_parameters)}</ButtonLink>
                </StartPlan>
            })}
        }
    });
    view! {
        {(!found.is_empty()).then(|| view! { <DiscoveredValues values=found/> })}
        {review}
    }
}

/// The discovered values, each with its source.
#[component]
fn DiscoveredValues(values: Vec<DiscoveredValue>) -> impl IntoView {
    let row = |row: DiscoveredValue| {
        let source = row.source.map(|object| {
            t!(
                mesh.address_source,
                object = object.to_string(),
                age = age(row.age)
            )
        });
        let source = match (source, row.host) {
            (Some(source), Some(host)) => {
                Some(t!(mesh.resolved_from, source = source, host = host))
            }
            (source, _) => source,
        };
        let known = !row.value.is_empty();
        view! {
            <div class="grid md:grid-cols-[minmax(0,260px)_minmax(0,180px)_minmax(0,1fr)] items-baseline gap-x-4 gap-y-0.5 px-4 py-2 border-b border-line last:border-b-0 text-[13px]">
                <span class="font-mono text-[12.5px] break-words">{row.key}</span>
                <span class="font-mono break-words">{if known { row.value } else { "—".to_owned() }}</span>
                <span class="text-ink-3 break-words">
                    {source} {row.missing.as_ref().map(missing_address)} " "
                    {row.pod.then(|| view! { <Pill tone=Tone::Warn>{t!(mesh.pod_address)}</Pill> })}
                </span>
            </div>
        }
    };
    let all_missing = values.iter().all(|row| row.value.is_empty());
    view! {
        <div class="mb-3 border border-line rounded-[10px]" role="group" aria-label=t!(install.parameters)>
            {values.into_iter().map(row).collect_view()}
        </div>
        {all_missing.then(|| view! { <div class="mb-3"><Notice tone=Tone::Warn>{t!(hint.no_address)}</Notice></div> })}
    }
}
