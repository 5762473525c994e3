//! The tests of a release with the results of their last run.

use crate::{
    parts::{Ago, Button, Pill, Tone},
    words::t,
};
use leptos::prelude::*;
use wire::test_result::{TestResult, TestRow};

/// The tests, and the button that runs them.
#[component]
pub(super) fn Tests(
    /// The tests.
    tests: Signal<Vec<TestRow>>,
    /// Opens the plan.
    run: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="flex flex-wrap items-center gap-3 px-5 max-md:px-4 py-3 text-[13px]">
            <p class="flex-1 min-w-[200px] text-ink-2">{t!(tests.about)}</p>
            <Button press=move || run.run(())>{t!(tests.run)}</Button>
        </div>
        <div class="px-5 max-md:px-4 pb-4 text-[13px]">
            {move || view! { <TestList tests=tests.get()/> }}
        </div>
    }
}

fn result(result: TestResult) -> (Tone, String) {
    match result {
        TestResult::NotRun => (Tone::Plain, t!(tests.not_run)),
        TestResult::Running => (Tone::Busy, t!(tests.running)),
        TestResult::Succeeded => (Tone::Good, t!(tests.succeeded)),
        TestResult::Failed => (Tone::Bad, t!(tests.failed)),
    }
}

/// The tests in the order in which they run, with their results.
#[component]
pub(crate) fn TestList(
    /// The tests.
    tests: Vec<TestRow>,
) -> impl IntoView {
    let row = |test: TestRow| {
        let (tone, label) = result(test.result);
        view! {
            <li class="flex flex-wrap items-center gap-2 py-2 border-t border-line first:border-t-0">
                <span class="flex-1 min-w-0 break-words font-mono text-[12.5px]">{test.kind} "/" {test.name}</span>
                {test.ended.map(|at| view! { <span class="text-[12px] text-ink-3 tabular"><Ago at=at/></span> })}
                <Pill tone=tone>{label}</Pill>
            </li>
        }
    };
    if tests.is_empty() {
        return view! { <p class="text-ink-3">{t!(tests.none)}</p> }.into_any();
    }
    view! { <ol aria-label=t!(tests.title)>{tests.into_iter().map(row).collect_view()}</ol> }
        .into_any()
}
