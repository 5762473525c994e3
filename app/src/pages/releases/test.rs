//! The tests of a release: what runs, and the job.

use super::detail::TestList;
use crate::{
    api,
    pages::{changed_plan::LoadedPlan, start::StartPlan},
    words::{count, t},
};
use leptos::prelude::*;
use wire::{release::ReleaseRef, test_run::TestView};

/// The content of the dialog.
#[component]
pub(super) fn RunTests(
    /// The release.
    at: ReleaseRef,
) -> impl IntoView {
    let plan = Resource::new(move || at.clone(), api::releases::plan_test);
    view! { <LoadedPlan from=plan subject=t!(tests.subject) review=|plan: &TestView| plan.review.clone() view=|plan| view! { <Plan plan=plan/> }/> }
}

#[component]
fn Plan(plan: TestView) -> impl IntoView {
    let label = count!(tests.start, n = plan.tests.len());
    let blocked = plan.tests.is_empty();
    view! {
        <div class="flex flex-col gap-3 text-[13px]">
            <p>{t!(tests.effect, revision = plan.revision.0)}</p>
            <TestList tests=plan.tests/>
            <details>
                <summary class="cursor-pointer text-ink-2">{t!(install.helm_command)}</summary>
                <pre class="mt-2 font-mono text-[12.5px] bg-sunken rounded-[6px] px-3 py-2 overflow-auto">{plan.command}</pre>
            </details>
        </div>
        <StartPlan review=plan.review label=label blocked=Signal::stored(blocked)/>
    }
}
