//! The start of a plan that is shown: the name that confirms it, the button, and the problem when nothing
//! was started.

use super::changed_plan::plan_again_when_changed;
use crate::{
    AppError, api,
    parts::{Button, ConfirmName, Kind, ProblemNotice},
    urls,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wire::{JobId, ReviewId, ReviewRef};

/// What the operator sends: the plan that was shown, and the typed name.
pub(crate) struct Confirmed {
    pub(crate) review: ReviewId,
    pub(crate) typed: Option<String>,
}

/// Starts a plan as a job.
pub(crate) type StartAction = Action<Confirmed, Result<JobId, AppError>>;

/// The action that starts a review as it was shown.
fn start_reviewed() -> StartAction {
    Action::new(|sent: &Confirmed| {
        api::jobs::start_reviewed(sent.review.clone(), sent.typed.clone())
    })
}

/// The button that starts a plan, below the field for the name that confirms it.
#[component]
pub(crate) fn StartPlan(
    /// What is shown; it cannot be started without.
    review: Option<ReviewRef>,
    /// The label of the button.
    #[prop(into)]
    label: String,
    /// Whether something prevents the start.
    #[prop(optional, into)]
    blocked: Signal<bool>,
    /// Sends the request, when it has more than the review.
    #[prop(optional, into)]
    action: Option<StartAction>,
    /// Called when the job has started; else its page is opened.
    #[prop(optional, into)]
    started: Option<Callback<()>>,
    /// What is beside the button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let start = action.unwrap_or_else(start_reviewed);
    let navigate = use_navigate();
    Effect::new(move |_| match (start.value().get(), started) {
        (Some(Ok(_)), Some(started)) => started.run(()),
        (Some(Ok(job)), None) => navigate(&urls::job(&job), NavigateOptions::default()),
        _ => {}
    });
    let id = review.as_ref().map(|review| review.id.clone());
    plan_again_when_changed(move || start.value().get(), id);
    let typed = RwSignal::new(String::new());
    let name = review.as_ref().and_then(|review| review.confirm.clone());
    let kind = name.as_ref().map_or(Kind::Go, |_| Kind::Danger);
    let field = name.clone().map(|name| {
        view! { <div class="mt-4 text-[13px]"><ConfirmName name=name typed=typed/></div> }
    });
    let plan = StoredValue::new((review.map(|review| review.id), name));
    let ready = move || {
        let typed = typed.get();
        let can_start = plan.with_value(|(id, name)| {
            id.is_some() && name.as_ref().is_none_or(|name| typed == *name)
        });
        can_start && !blocked.get() && !start.pending().get()
    };
    let press = move || {
        if let (Some(review), name) = plan.get_value() {
            let typed = name.map(|_| typed.get_untracked());
            start.dispatch(Confirmed { review, typed });
        }
    };
    let failed = move || start.value().get().and_then(Result::err);
    view! {
        {field}
        {move || failed().map(|AppError(problem)| view! { <div class="my-3"><ProblemNotice problem=problem/></div> })}
        <div class="flex flex-wrap items-center justify-end gap-3 mt-4">
            {children.map(|children| children())}
            <Button kind=kind disabled=Signal::derive(move || !ready()) press=press>{label}</Button>
        </div>
    }
}
