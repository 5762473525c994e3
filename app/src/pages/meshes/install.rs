//! The plan of an installation step: the discovered values, the releases and their resources, and the button that
//! deploys.

use super::{context::mesh_context, setup::of_review};
use crate::{
    pages::{
        install::review::{Counts, Manifests, Part},
        start::StartPlan,
    },
    parts::{ButtonLink, CheckLine, Fold, Notice, Pill, PlanList, Tone},
    urls,
    words::{age, count, missing_address, t},
};
use leptos::prelude::*;
use wire::{
    install::ReviewView,
    mesh::{DiscoveredValue, InstallPlanView, StepRef},
};

/// The number of resources that a review deploys.
fn total(review: &ReviewView) -> usize {
    let of_parts = review.parts.iter().map(|part| part.objects.len());
    review.objects.len() + of_parts.sum::<usize>()
}

/// The plan of an installation.
#[component]
pub(super) fn Install(install: InstallPlanView, step: StepRef) -> impl IntoView {
    let found = install.found;
    let fold = format!("manifests of {:?} on {}", step.kind, step.cluster);
    let review = install.review.map(|review| {
        let total = total(&review);
        let plans = of_review(&review, &step.cluster);
        let parts = review.parts;
        let objects = review.objects;
        let manifests = if parts.is_empty() {
            view! { <Manifests objects=objects/> }.into_any()
        } else {
            let parts = parts.into_iter().map(|part| view! { <Part part=part/> });
            view! { <div class="px-4 pt-2">{parts.collect_view()}</div> }.into_any()
        };
        view! {
            <PlanList label=t!(mesh.planned_resources) plans=plans/>
            <div class="bg-surface border border-line rounded-[10px] min-w-0 text-[13px]">
                <div class="px-4 pt-3 pb-1">
                    <Counts counts=review.counts/>
                    <div class="mb-2"><CheckLine check=review.rights/></div>
                </div>
                <Fold
                    key=fold
                    class="border-t border-line"
                    summary_class="cursor-pointer px-4 py-2.5 text-ink-2"
                    summary=t!(install.manifests_n, n = total).into_any()
                >
                    {manifests}
                </Fold>
            </div>
        }
    });
    view! {
        {(!found.is_empty()).then(|| view! { <DiscoveredValues values=found/> })}
        {review}
    }
}

/// The button that deploys what is shown, beside the link to its parameters; nothing while it cannot be rendered.
#[component]
pub(super) fn Deploy(install: InstallPlanView, cluster: String, blocked: bool) -> impl IntoView {
    let draft = install.draft;
    install.review.map(|review| {
        let label = count!(mesh.deploy_resources, n = total(&review), cluster = cluster);
        let chart = &review.draft.chart;
        let edit = format!(
            "{}?draft={draft}&step=parameters",
            urls::install(&chart.repository, &chart.chart),
        );
        view! {
            <StartPlan review=Some(review.review) label=label blocked=blocked started=mesh_context().reload>
                <ButtonLink to=edit>{t!(mesh.edit_parameters)}</ButtonLink>
            </StartPlan>
        }
    })
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
        <div class="bg-surface border border-line rounded-[10px]" role="group" aria-label=t!(install.parameters)>
            {values.into_iter().map(row).collect_view()}
        </div>
        {all_missing.then(|| view! { <Notice tone=Tone::Warn>{t!(hint.no_address)}</Notice> })}
    }
}
