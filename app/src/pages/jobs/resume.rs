//! Resuming a job: what is left of it, planned again, and the button that starts exactly that.

use super::timeline::Timeline;
use crate::{
    AppError, api,
    parts::{Button, ConfirmName, Kind, Loaded, ProblemNotice},
    urls,
    words::t,
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wire::{JobId, ReviewId, job::ResumeView};

/// The content of the dialog; the plan is made when it opens.
#[component]
pub(super) fn Resume(id: JobId) -> impl IntoView {
    let plan = Resource::new(move || id.clone(), api::jobs::resume_plan);
    view! { <Loaded from=plan subject=t!(job.plan_subject) view=|plan| view! { <Plan plan=plan/> }/> }
}

/// The phases that are left; a job that deletes is confirmed with the name of its subject.
#[component]
fn Plan(plan: ResumeView) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let name = StoredValue::new(plan.subject.name().to_owned());
    let is_destructive = plan.kind.is_destructive();
    let review = StoredValue::new(plan.review.clone());
    let phases = Signal::stored(plan.phases);
    let navigate = use_navigate();
    let start = Action::new(|review: &ReviewId| api::jobs::start_reviewed(review.clone()));
    Effect::new(move |_| {
        if let Some(Ok(job)) = start.value().get() {
            navigate(&urls::job(&job), leptos_router::NavigateOptions::default());
        }
    });
    let failed = move || start.value().get().and_then(Result::err);
    let ready = move || {
        let confirmed = !is_destructive || typed.get() == name.get_value();
        confirmed && !start.pending().get()
    };
    let kind = if is_destructive {
        Kind::Danger
    } else {
        Kind::Go
    };
    view! {
        <div class="flex flex-col gap-4 text-[13px]">
            <p class="text-ink-2">{t!(job.resume_note)}</p>
            <div class="border border-line rounded-[10px] max-h-[40vh] overflow-auto" tabindex="0">
                <Timeline phases=phases/>
            </div>
            {is_destructive.then(|| view! { <ConfirmName name=name.get_value() typed=typed/> })}
            {move || failed().map(|AppError(problem)| view! { <ProblemNotice problem=problem/> })}
            <div class="flex justify-end">
                <Button
                    kind=kind
                    disabled=Signal::derive(move || !ready())
                    press=move || {
                        start.dispatch(review.get_value());
                    }
                >
                    {t!(job.resume_start)}
                </Button>
            </div>
        </div>
    }
}
