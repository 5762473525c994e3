//! Taking a release away: its plan first, then the release's name typed, then the job.

use crate::{
    AppError, api,
    parts::{Button, Kind, Loaded, ProblemNotice, TypedName},
    routes,
    words::say,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use std::collections::BTreeMap;
use wire::{
    ObjectName,
    release::{KeepReason, ReleaseRef, UninstallView},
};

/// Taking a release away.
#[component]
pub(crate) fn Uninstall(at: ReleaseRef) -> impl IntoView {
    let wanted = at.clone();
    let plan = Resource::new(move || wanted.clone(), api::releases::plan_uninstall);
    view! { <Loaded from=plan what=say!(release.plan) view=|plan| view! { <Plan plan=plan/> }/> }
}

#[component]
fn Plan(plan: UninstallView) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let name = StoredValue::new(plan.at.release.to_string());
    let at = StoredValue::new(plan.at.clone());
    let go = use_navigate();
    let remove = Action::new(|at: &ReleaseRef| api::releases::uninstall(at.clone()));
    Effect::new(move |_| {
        if let Some(Ok(job)) = remove.value().get() {
            go(
                &routes::job(&job),
                leptos_router::NavigateOptions::default(),
            );
        }
    });
    let problem = move || remove.value().get().and_then(Result::err);
    let ready = move || typed.get() == name.get_value() && !remove.pending().get();
    view! {
        <div class="flex flex-col gap-4 text-[13px]">
            <Counts title=say!(release.goes, n = plan.removed.len()) objects=plan.removed.clone()/>
            <KeptObjects kept=plan.kept.clone()/>
            {(!plan.hooks.is_empty()).then(|| view! { <Counts title=say!(release.hooks, n = plan.hooks.len()) objects=plan.hooks.clone()/> })}
            {(plan.gone > 0).then(|| view! { <p class="text-ink-3">{say!(release.gone, n = plan.gone)}</p> })}
            <p class="text-ink-2">{say!(release.record_goes)}</p>
            <TypedName name=name.get_value() typed=typed/>
            {move || problem().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <div class="flex justify-end">
                <Button
                    kind=Kind::Danger
                    disabled=Signal::derive(move || !ready())
                    press=move || {
                        remove.dispatch(at.get_value());
                    }
                >
                    {say!(release.uninstall_n, n = plan.removed.len())}
                </Button>
            </div>
        </div>
    }
}

fn by_kind(objects: &[ObjectName]) -> String {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for object in objects {
        *kinds.entry(object.kind.as_str()).or_default() += 1;
    }
    let words: Vec<String> = kinds
        .into_iter()
        .map(|(kind, count)| format!("{count} {kind}"))
        .collect();
    words.join(", ")
}

/// How many objects of each kind; all of them on demand.
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

/// What stays, by the reason why.
#[component]
fn KeptObjects(kept: Vec<(ObjectName, KeepReason)>) -> impl IntoView {
    let group = |why: KeepReason, says: fn(usize) -> String| {
        let mine: Vec<ObjectName> = kept
            .iter()
            .filter(|(_, reason)| *reason == why)
            .map(|(object, _)| object.clone())
            .collect();
        (!mine.is_empty()).then(|| view! { <Counts title=says(mine.len()) objects=mine/> })
    };
    view! {
        {group(KeepReason::Crd, |n| say!(release.stays_crd, n = n))}
        {group(KeepReason::Policy, |n| say!(release.stays_policy, n = n))}
        {group(KeepReason::NotOurs, |n| say!(release.stays_not_ours, n = n))}
    }
}
