//! The uninstallation of a release: the plan, the choice of CRDs that are deleted, the confirmation by the name of the
//! release, the job.

mod crds;

use crate::{
    api,
    pages::{
        changed_plan::LoadedPlan,
        start::{Confirmed, StartPlan},
    },
    words::{count, t},
};
use crds::{Chosen, Crds};
use leptos::prelude::*;
use std::collections::BTreeMap;
use wire::{
    ObjectName,
    release::{KeepReason, ReleaseRef, UninstallView},
};

/// The content of the dialog.
#[component]
pub(crate) fn Uninstall(at: ReleaseRef) -> impl IntoView {
    let plan = Resource::new(move || at.clone(), api::releases::plan_uninstall);
    view! { <LoadedPlan from=plan subject=t!(release.plan_subject) review=|plan: &UninstallView| Some(plan.review.clone()) view=|plan| view! { <Plan plan=plan/> }/> }
}

#[component]
fn Plan(plan: UninstallView) -> impl IntoView {
    let label = count!(release.uninstall_resources, n = plan.removed.len());
    let chosen = RwSignal::new(Chosen::default());
    let start = Action::new(move |sent: &Confirmed| {
        let crds = chosen.get_untracked().names();
        api::releases::uninstall(sent.review.clone(), crds, sent.typed.clone())
    });
    let has_crds = !plan.crds.is_empty();
    let mut kept = plan.kept.clone();
    kept.retain(|(object, reason)| {
        *reason != KeepReason::Crd && !plan.crds.iter().any(|crd| is_crd(object, &crd.name))
    });
    view! {
        <div class="flex flex-col gap-4 text-[13px]">
            <Counts title=count!(release.deleted, n = plan.removed.len()) objects=plan.removed.clone()/>
            {has_crds.then(|| view! { <Crds crds=plan.crds.clone() chosen=chosen/> })}
            <KeptObjects kept=kept/>
            {(!plan.hooks.is_empty()).then(|| view! { <Counts title=count!(release.hooks, n = plan.hooks.len()) objects=plan.hooks.clone()/> })}
            {(plan.gone > 0).then(|| view! { <p class="text-ink-3">{count!(release.already_deleted, n = plan.gone)}</p> })}
            <p class="text-ink-2">{t!(release.history_deleted)}</p>
        </div>
        <StartPlan review=Some(plan.review) label=label action=start>
            <span class="text-[13px]">{move || chosen.get().note()}</span>
        </StartPlan>
    }
}

/// Whether an object is a CRD of this name.
fn is_crd(object: &ObjectName, name: &str) -> bool {
    object.kind == "CustomResourceDefinition" && object.name == name
}

fn by_kind(objects: &[ObjectName]) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for object in objects {
        *kinds.entry(object.kind.as_str()).or_default() += 1;
    }
    let counts: Vec<String> = kinds
        .into_iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    counts.join(", ")
}

/// The number of resources of each kind; unfolded, their names.
#[component]
pub(crate) fn Counts(title: String, objects: Vec<ObjectName>) -> impl IntoView {
    view! {
        <details>
            <summary class="cursor-pointer">
                <span class="font-medium">{title}</span>
                <span class="block text-ink-2">{by_kind(&objects)}</span>
            </summary>
            <ul class="mt-2 max-h-[200px] overflow-auto font-mono text-[12px] text-ink-2">
                {objects.iter().map(|object| view! { <li>{object.to_string()}</li> }).collect_view()}
            </ul>
        </details>
    }
}

/// The kept resources, grouped by reason.
#[component]
fn KeptObjects(kept: Vec<(ObjectName, KeepReason)>) -> impl IntoView {
    let group = |reason: KeepReason, title: fn(usize) -> String| {
        let objects: Vec<ObjectName> = kept
            .iter()
            .filter(|(_, kept)| *kept == reason)
            .map(|(object, _)| object.clone())
            .collect();
        (!objects.is_empty())
            .then(|| view! { <Counts title=title(objects.len()) objects=objects/> })
    };
    view! {
        {group(KeepReason::Policy, |n| count!(release.kept_by_policy, n = n))}
        {group(KeepReason::Join, |n| count!(release.kept_for_join, n = n))}
        {group(KeepReason::NotOurs, |n| count!(release.kept_other_owner, n = n))}
    }
}
