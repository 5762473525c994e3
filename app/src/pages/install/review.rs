//! The step Review: the diff of values and manifests with the cluster, and the button that deploys.

mod adopted;
mod manifests;
mod rerender;

pub(crate) use adopted::{Adopted, adopted};
pub(crate) use manifests::Manifests;

use super::{steps::Step, target::StepFooter, wizard};
use crate::{
    AppError, api,
    pages::changed_plan::{LoadedPlan, plan_again_when_changed},
    parts::{
        Button, Choices, Diff, Kind, Notice, Pill, PlanChoiceTables, ProblemNotice, Tabs, Tone,
    },
    urls,
    words::{check_summary, count, t},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use rerender::Rerender;
use wire::{
    ReviewRef,
    check::CheckStatus,
    decision::{DecideRequest, Decisions},
    install::{DiffLine, DraftView, ObjectDiff, PartReview, ReviewCounts, ReviewView},
};

/// The step Review.
#[component]
pub(super) fn Review() -> impl IntoView {
    let wizard = wizard();
    let review = Resource::new(
        move || wizard.draft.get_untracked().id,
        api::install::review,
    );
    let again = Callback::new(move |()| review.refetch());
    let checked = RwSignal::new(false);
    let decide = Action::new(move |decisions: &Decisions| {
        let draft = wizard.draft.get_untracked();
        let request = DecideRequest {
            draft: draft.id,
            decisions: decisions.clone(),
            revision: draft.revision,
        };
        async move {
            let decided = api::install::decide(request).await;
            if let Ok(draft) = &decided {
                wizard.draft.set(draft.clone());
                checked.set(true);
                review.refetch();
            }
            decided
        }
    });
    let shown = move |review| {
        let focused = checked.get_untracked();
        checked.set(false);
        view! { <Page review=review again=again decide=decide focused=focused/> }
    };
    view! { <LoadedPlan from=review subject=t!(install.review) review=|plan: &ReviewView| Some(plan.review.clone()) view=shown/> }
}

/// Sets what the operator decided, and makes the review again.
type Decide = Action<Decisions, Result<DraftView, AppError>>;

#[component]
fn Page(
    review: ReviewView,
    again: Callback<()>,
    decide: Decide,
    /// Whether the operator just checked choices.
    focused: bool,
) -> impl IntoView {
    let choices = Choices::new(review.choices.clone());
    let has_problem = review.problem.is_some();
    let of_parts = review.parts.iter().map(|part| part.objects.len());
    let total = review.objects.len() + of_parts.sum::<usize>();
    let draft = &review.draft;
    let cluster = draft.cluster.as_ref().map(ToString::to_string);
    let label = match draft.upgrade {
        Some(_) => count!(upgrade.deploy, n = total, release = draft.release.clone()),
        None => count!(
            install.deploy_resources,
            n = total,
            cluster = cluster.unwrap_or_default()
        ),
    };
    let adopted = adopted(&review);
    let rights_missing = review.rights.status == CheckStatus::Failed;
    view! {
        {review.problem.clone().map(|problem| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> })}
        <Rerender view=review.rerender/>
        <DecideFailed decide=decide/>
        <PlanChoiceTables
            choices=choices
            check=Callback::new(move |decisions| { decide.dispatch(decisions); })
            checking=decide.pending()
            focused=focused
        />
        <Counts counts=review.counts/>
        <Adopted names=adopted/>
        <p class="mb-4 text-[13px]" class=("text-bad", rights_missing) class=("text-ink-2", !rights_missing)>
            {check_summary(&review.rights)}
        </p>
        {if review.parts.is_empty() {
            view! { <Diffs objects=review.objects values=review.values/> }.into_any()
        } else {
            review.parts.into_iter().map(|part| view! { <Part part=part/> }).collect_view().into_any()
        }}
        <details class="mt-4 text-[13px]">
            <summary class="cursor-pointer text-ink-2">{t!(install.helm_command)}</summary>
            <pre class="mt-2 font-mono text-[12.5px] bg-sunken rounded-[6px] px-3 py-2 overflow-auto">{review.command}</pre>
        </details>
        <Deploy review=review.review has_problem=has_problem choices=choices label=label again=again/>
    }
}

/// Why choices could not be stored.
#[component]
fn DecideFailed(decide: Decide) -> impl IntoView {
    let failed = move || decide.value().get().and_then(Result::err);
    move || {
        failed().map(
            |AppError(problem)| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> },
        )
    }
}

/// One release of a bundle: its chart, the counts of its objects, and its diffs.
#[component]
pub(crate) fn Part(part: PartReview) -> impl IntoView {
    let heading = format!(
        "{} · {} {}",
        part.release, part.chart.chart, part.chart.version
    );
    view! {
        <section class="mb-5" aria-label=part.release.to_string()>
            <h2 class="text-[15px] font-semibold mb-2">{heading}</h2>
            <Counts counts=part.counts/>
            <Diffs objects=part.objects values=part.values/>
        </section>
    }
}

/// The tabs with the diff of the manifests and of the values.
#[component]
fn Diffs(objects: Vec<ObjectDiff>, values: Vec<DiffLine>) -> impl IntoView {
    let tab = RwSignal::new(0);
    let tabs = vec![
        t!(install.manifests_n, n = objects.len()),
        t!(install.values_diff),
    ];
    let (objects, values) = (StoredValue::new(objects), StoredValue::new(values));
    view! {
        <section class="bg-surface border border-line rounded-[10px] min-w-0">
            <Tabs label=t!(install.review) tabs=tabs selected=tab/>
            {move || match tab.get() {
                0 => view! { <Manifests objects=objects.get_value()/> }.into_any(),
                _ if values.with_value(Vec::is_empty) => {
                    view! { <p class="px-5 py-6 text-[13px] text-ink-3">{t!(install.none_changed)}</p> }.into_any()
                }
                _ => view! { <Diff lines=values.get_value() label=t!(install.values_diff)/> }.into_any(),
            }}
        </section>
    }
}

/// The button that deploys what is shown, as a job.
#[component]
fn Deploy(
    review: ReviewRef,
    has_problem: bool,
    choices: Choices,
    label: String,
    again: Callback<()>,
) -> impl IntoView {
    let navigate = use_navigate();
    let id = review.id.clone();
    let deploy = Action::new(move |(): &()| api::jobs::start_reviewed(review.id.clone(), None));
    Effect::new(move |_| {
        if let Some(Ok(job)) = deploy.value().get() {
            navigate(&urls::job(&job), leptos_router::NavigateOptions::default());
        }
    });
    plan_again_when_changed(move || deploy.value().get(), Some(id));
    let failed = move || deploy.value().get().and_then(Result::err);
    // The button stays at the bottom of the window; the error is at the end of a long list.
    let notice = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let Some(notice) = notice.get() {
            notice.scroll_into_view();
        }
    });
    let label = move || {
        if deploy.pending().get() {
            t!(install.deploying)
        } else {
            label.clone()
        }
    };
    view! {
        {move || failed().map(|AppError(problem)| view! {
            <div node_ref=notice class="my-4 scroll-mt-20">
                <ProblemNotice problem=problem/>
                <div class="flex justify-end mt-2">
                    <Button press=move || again.run(())>{t!(install.review_again)}</Button>
                </div>
            </div>
        })}
        <StepFooter back=Step::Parameters>
            {move || choices.reason().map(|reason| view! { <span class="text-[12.5px] text-warn">{reason}</span> })}
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || has_problem || choices.blocks() || deploy.pending().get())
                press=move || {
                    deploy.dispatch(());
                }
            >
                {label}
            </Button>
        </StepFooter>
    }
}

/// The number of resources of each change, and of those without a dry run.
#[component]
pub(crate) fn Counts(counts: ReviewCounts) -> impl IntoView {
    let pill = |n: u32, tone: Tone, label: fn(u32) -> String| {
        (n > 0).then(|| view! { <Pill tone=tone>{label(n)}</Pill> })
    };
    let no_dry_run = counts.in_new_namespace + counts.of_new_kind;
    view! {
        <div class="flex flex-wrap gap-2 mb-3">
            {pill(counts.created, Tone::Good, |n| t!(change.created, n = n))}
            {pill(counts.changed, Tone::Busy, |n| t!(change.changed, n = n))}
            {pill(counts.adopted, Tone::Busy, |n| t!(change.adopted_count, n = n))}
            {pill(counts.kept, Tone::Plain, |n| t!(change.unchanged, n = n))}
            {pill(counts.deleted, Tone::Bad, |n| t!(change.deleted, n = n))}
            {pill(counts.in_new_namespace, Tone::Plain, |n| t!(change.in_new_namespace_count, n = n))}
            {pill(counts.of_new_kind, Tone::Plain, |n| t!(change.of_new_kind_count, n = n))}
            {pill(counts.hooks, Tone::Plain, |n| count!(change.hooks, n = n))}
            {pill(counts.recreated, Tone::Warn, |n| t!(change.recreated_count, n = n))}
            {pill(counts.undecided, Tone::Warn, |n| t!(change.undecided_count, n = n))}
            {pill(counts.refused, Tone::Bad, |n| t!(change.rejected_count, n = n))}
        </div>
        {(no_dry_run > 0).then(|| view! { <div class="mb-3"><Notice tone=Tone::Plain>{count!(change.no_dry_run, n = no_dry_run)}</Notice></div> })}
    }
}
