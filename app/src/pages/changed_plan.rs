//! A plan that changed before it was started: it is made again, and shown below the differences.

use crate::{
    AppError, api,
    parts::{Loaded, Notice, Tone},
    words::{count, t},
};
use leptos::{context::Provider, prelude::*};
use serde::{Serialize, de::DeserializeOwned};
use wire::{
    Code, JobId, ReviewId, ReviewRef,
    review::{DifferenceKind, PlanDifference, PlanDifferences},
};

/// Makes a plan again after it changed. Cheap to copy.
#[derive(Clone, Copy)]
struct PlanAgain {
    /// The plan that was shown before.
    shown: RwSignal<Option<ReviewId>>,
    refetch: Callback<()>,
}

/// The view of a plan while it loads and when it is loaded. When it changed before it was started, it is
/// loaded again, and what differs is shown above it.
#[component]
pub(crate) fn LoadedPlan<T, F, V>(
    /// The resource.
    from: Resource<Result<T, AppError>>,
    /// The name of the plan, for "Loading …".
    #[prop(into)]
    subject: String,
    /// The review of a plan.
    review: fn(&T) -> Option<ReviewRef>,
    /// The view of the plan.
    view: F,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let shown = RwSignal::new(None);
    let refetch = Callback::new(move |()| from.refetch());
    let content = move |plan: T| {
        let now = review(&plan);
        let changes = shown.get_untracked().zip(now);
        view! {
            {changes.map(|(shown, now)| view! { <Changes shown=shown now=now.id/> })}
            {view(plan)}
        }
    };
    // A context that other plans on the page do not replace.
    view! {
        <Provider value=PlanAgain { shown, refetch }>
            <Loaded from=from subject=subject view=content/>
        </Provider>
    }
}

/// Makes the plan again when its start finds that it changed.
pub(crate) fn plan_again_when_changed(
    outcome: impl Fn() -> Option<Result<JobId, AppError>> + 'static,
    review: Option<ReviewId>,
) {
    let again = use_context::<PlanAgain>();
    Effect::new(move |_| {
        let changed =
            matches!(outcome(), Some(Err(AppError(problem))) if problem.code == Code::PlanChanged);
        if let (true, Some(again), Some(review)) = (changed, again, review.clone()) {
            again.shown.set(Some(review));
            again.refetch.run(());
        }
    });
}

/// What differs between two plans.
#[component]
fn Changes(shown: ReviewId, now: ReviewId) -> impl IntoView {
    let plans = (shown, now);
    let found = Resource::new(
        move || plans.clone(),
        |(shown, now)| api::jobs::compare_plans(shown, now),
    );
    // The button that was pressed may be at the end of a long plan.
    let top = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        if let Some(top) = top.get() {
            top.scroll_into_view();
        }
    });
    view! {
        <div node_ref=top class="mb-4 scroll-mt-20" role="alert">
            <Loaded from=found subject=t!(plan.differences) view=|found| view! { <Differences found=found/> }/>
        </div>
    }
}

#[component]
fn Differences(found: PlanDifferences) -> impl IntoView {
    let PlanDifferences { differences, more } = found;
    let note = if differences.is_empty() {
        t!(plan.unchanged_again)
    } else {
        t!(plan.changed_note)
    };
    view! {
        <Notice tone=Tone::Warn>
            <p class="font-medium">{t!(plan.changed)}</p>
            <p class="mt-1 text-ink-2">{note}</p>
            <ul class="mt-2 grid gap-1 max-h-[40vh] overflow-auto" tabindex="0" aria-label=t!(plan.differences)>
                {differences.into_iter().map(|difference| view! { <Difference difference=difference/> }).collect_view()}
            </ul>
            {(more > 0).then(|| view! { <p class="mt-1 text-ink-2">{count!(plan.more, n = more)}</p> })}
        </Notice>
    }
}

#[component]
fn Difference(difference: PlanDifference) -> impl IntoView {
    let fields = match &difference.kind {
        DifferenceKind::Changed { fields, more } if *more > 0 => {
            format!(
                "{}, {}",
                fields.join(", "),
                count!(plan.more_fields, n = *more)
            )
        }
        DifferenceKind::Changed { fields, .. } => fields.join(", "),
        _ => String::new(),
    };
    view! {
        <li class="break-words">
            <span class="font-mono text-[12px]">{difference.object}</span>
            " — "
            {kind_label(&difference.kind)}
            {(!fields.is_empty()).then(|| view! { <span class="block pl-4 font-mono text-[12px] text-ink-2">{fields}</span> })}
        </li>
    }
}

fn kind_label(kind: &DifferenceKind) -> String {
    match kind {
        DifferenceKind::Appeared => t!(plan.appeared),
        DifferenceKind::Disappeared => t!(plan.disappeared),
        DifferenceKind::Replaced => t!(plan.replaced),
        DifferenceKind::Changed { .. } => t!(plan.object_changed),
        DifferenceKind::StepAdded => t!(plan.step_added),
        DifferenceKind::StepRemoved => t!(plan.step_removed),
        DifferenceKind::StepChanged => t!(plan.step_changed),
    }
}
