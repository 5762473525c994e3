//! Review: values and manifests against what is there, then Deploy.

use super::{steps::Step, target::Foot, wizard};
use crate::{
    AppError, api,
    parts::{Button, Diff, Glyph, Icon, Kind, Loaded, Notice, Pill, ProblemNotice, Tabs, Tone},
    routes,
    words::{check_summary, say},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wire::{
    check::CheckStatus,
    install::{Change, ObjectDiff, ReviewCounts, ReviewView},
};

/// Review.
#[component]
pub(super) fn Review() -> impl IntoView {
    let wizard = wizard();
    let review = Resource::new(
        move || wizard.draft.get_untracked().id,
        api::install::review,
    );
    view! { <Loaded from=review what=say!(install.review) view=|review| view! { <Page review=review/> }/> }
}

#[component]
fn Page(review: ReviewView) -> impl IntoView {
    let wizard = wizard();
    let go = use_navigate();
    let tab = RwSignal::new(0);
    let deploy = Action::new(move |(): &()| api::install::deploy(wizard.draft.get_untracked().id));
    Effect::new(move |_| {
        if let Some(Ok(job)) = deploy.value().get() {
            go(
                &routes::job(&job),
                leptos_router::NavigateOptions::default(),
            );
        }
    });
    let failed = move || deploy.value().get().and_then(Result::err);
    let blocked = review.problem.is_some();
    let total = review.objects.len();
    let target = review
        .draft
        .cluster
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let values = StoredValue::new(review.values.clone());
    let objects = StoredValue::new(review.objects.clone());
    let tabs = vec![
        say!(install.manifests_n, n = total),
        say!(install.values_diff),
    ];
    view! {
        {review.problem.clone().map(|problem| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> })}
        {move || failed().map(|AppError(problem)| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> })}
        <Counts counts=review.counts/>
        <p class="mb-4 text-[13px]" class=("text-bad", review.rights.status == CheckStatus::Failed) class=("text-ink-2", review.rights.status != CheckStatus::Failed)>
            {check_summary(&review.rights)}
        </p>
        <section class="bg-surface border border-line rounded-[10px] min-w-0">
            <Tabs label=say!(install.review) tabs=tabs chosen=tab/>
            {move || match tab.get() {
                0 => view! { <Manifests objects=objects.get_value()/> }.into_any(),
                _ if values.with_value(Vec::is_empty) => {
                    view! { <p class="px-5 py-6 text-[13px] text-ink-3">{say!(install.none_changed)}</p> }.into_any()
                }
                _ => view! { <Diff lines=values.get_value() label=say!(install.values_diff)/> }.into_any(),
            }}
        </section>
        <details class="mt-4 text-[13px]">
            <summary class="cursor-pointer text-ink-2">{say!(install.command)}</summary>
            <pre class="mt-2 font-mono text-[12.5px] bg-sunken rounded-[6px] px-3 py-2 overflow-auto">{review.command.clone()}</pre>
        </details>
        <Foot back=Step::Parameters>
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || blocked || deploy.pending().get())
                press=move || {
                    deploy.dispatch(());
                }
            >
                {move || {
                    if deploy.pending().get() { say!(install.deploying) } else { say!(install.deploy_n, n = total, cluster = target.clone()) }
                }}
            </Button>
        </Foot>
    }
}

/// How many of each sort, and what could not be checked yet.
#[component]
pub(crate) fn Counts(counts: ReviewCounts) -> impl IntoView {
    let pill = |n: u32, tone: Tone, word: fn(u32) -> String| {
        (n > 0).then(|| view! { <Pill tone=tone>{word(n)}</Pill> })
    };
    let later = counts.in_new_namespace + counts.of_new_kind;
    view! {
        <div class="flex flex-wrap gap-2 mb-3">
            {pill(counts.created, Tone::Good, |n| say!(change.created, n = n))}
            {pill(counts.changed, Tone::Busy, |n| say!(change.changed, n = n))}
            {pill(counts.kept, Tone::Plain, |n| say!(change.kept, n = n))}
            {pill(counts.in_new_namespace, Tone::Plain, |n| say!(change.namespace_to_come, n = n))}
            {pill(counts.of_new_kind, Tone::Plain, |n| say!(change.kind_to_come, n = n))}
            {pill(counts.hooks, Tone::Plain, |n| say!(change.hooks, n = n))}
            {pill(counts.refused, Tone::Bad, |n| say!(change.refused, n = n))}
        </div>
        {(later > 0).then(|| view! { <div class="mb-3"><Notice tone=Tone::Plain>{say!(change.not_yet, n = later)}</Notice></div> })}
    }
}

fn word(change: &Change) -> (Tone, String) {
    match change {
        Change::Create => (Tone::Good, say!(change.create)),
        Change::Update => (Tone::Busy, say!(change.update)),
        Change::Keep => (Tone::Plain, say!(change.keep)),
        Change::CreateInNewNamespace => (Tone::Plain, say!(change.in_new_namespace)),
        Change::CreateOfNewKind => (Tone::Plain, say!(change.of_new_kind)),
        Change::Hook => (Tone::Plain, say!(change.hook)),
        Change::Refused(_) => (Tone::Bad, say!(change.refuse)),
    }
}

/// So many objects in a row of one kind, with one fate, are shown as one line first.
const LONG: usize = 20;

/// The objects in their order, long rows of the same kind and fate together.
fn runs(objects: Vec<ObjectDiff>) -> Vec<Vec<ObjectDiff>> {
    let alike =
        |a: &ObjectDiff, b: &ObjectDiff| a.object.kind == b.object.kind && a.change == b.change;
    objects
        .chunk_by(alike)
        .map(<[ObjectDiff]>::to_vec)
        .collect()
}

/// The objects in the order in which they are applied, each with what would happen to it.
#[component]
pub(crate) fn Manifests(
    /// The objects.
    objects: Vec<ObjectDiff>,
) -> impl IntoView {
    view! {
        <div>{runs(objects).into_iter().map(|run| view! { <Run objects=run/> }).collect_view()}</div>
    }
}

#[component]
fn Run(objects: Vec<ObjectDiff>) -> impl IntoView {
    let rows = |objects: Vec<ObjectDiff>| {
        let row = |object| view! { <Object object=object/> };
        objects.into_iter().map(row).collect_view()
    };
    let Some(first) = objects.first().filter(|_| objects.len() > LONG) else {
        return rows(objects).into_any();
    };
    let (kind, (tone, said)) = (first.object.kind.clone(), word(&first.change));
    let count = say!(change.of_kind, n = objects.len());
    view! {
        <details class="group border-b border-line last:border-b-0">
            <summary class="flex flex-wrap items-center gap-x-3 gap-y-1 px-5 py-2 text-[13px] cursor-pointer hover:bg-sunken">
                <span class="font-mono text-[11.5px] text-ink-3 md:w-[210px] truncate">{kind}</span>
                <span class="flex-1 min-w-0 inline-flex items-center gap-2">{count} <Icon glyph=Glyph::Chevron class="size-3 text-ink-3"/></span>
                <Pill tone=tone>{said}</Pill>
            </summary>
            <div class="border-t border-line">{rows(objects)}</div>
        </details>
    }
    .into_any()
}

#[component]
fn Object(object: ObjectDiff) -> impl IntoView {
    let (tone, said) = word(&object.change);
    let problem = match &object.change {
        Change::Refused(problem) => Some(problem.clone()),
        _ => None,
    };
    let open = RwSignal::new(problem.is_some());
    let label = object.object.to_string();
    let lines = StoredValue::new(object.lines);
    view! {
        <div class="border-b border-line last:border-b-0">
            <button
                type="button"
                class="w-full flex flex-wrap items-center gap-x-3 gap-y-1 px-5 py-2 text-left text-[13px] hover:bg-sunken"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <span class="font-mono text-[11.5px] text-ink-3 md:w-[210px] truncate">{object.object.kind.clone()}</span>
                <span class="font-mono flex-1 min-w-0 break-words">{object.object.name.clone()}</span>
                <Pill tone=tone>{said}</Pill>
            </button>
            {problem.map(|problem| view! { <div class="px-5 pb-3"><ProblemNotice problem=problem/></div> })}
            <Show when=move || open.get() && !lines.with_value(Vec::is_empty)>
                <Diff lines=lines.get_value() label=label.clone()/>
            </Show>
        </div>
    }
}
