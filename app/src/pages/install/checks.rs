//! The step with the checks: each is listed as it ends. A failed check blocks the next step, a warning has to be
//! accepted.

use super::{steps::Step, target::StepFooter, wizard};
use crate::{
    api,
    live::stream,
    parts::{Button, CheckRow, Kind, ProblemNotice},
    words::{check_totals, count, t},
};
use leptos::prelude::*;
use wire::{
    check::{CheckStatus, CheckView, Group},
    install::ChecksView,
};

/// The step with the checks.
#[component]
pub(super) fn Checks() -> impl IntoView {
    let live = stream();
    let recheck = live.follow_checks(wizard().draft.get_untracked().id);
    move || {
        match live.checks.get() {
        Some(checks) => view! { <Results checks=checks recheck=recheck/> }.into_any(),
        None => {
            view! { <p class="text-[13px] text-ink-2 mb-3" role="status">{t!(install.checking)}</p> }
                .into_any()
        }
    }
    }
}

/// The number of checks with a status.
fn number_of(checks: &[CheckView], status: CheckStatus) -> usize {
    let with_status = checks.iter().filter(|check| check.status == status);
    with_status.count()
}

#[component]
fn Results(checks: ChecksView, recheck: Callback<()>) -> impl IntoView {
    let wizard = wizard();
    let complete = checks.is_complete();
    let (finished, running) = (checks.checks.len(), checks.waiting.unwrap_or_default());
    let (checks, problem) = (checks.checks, checks.problem);
    let passed = number_of(&checks, CheckStatus::Passed);
    let warnings = number_of(&checks, CheckStatus::Warning);
    let failed = number_of(&checks, CheckStatus::Failed);
    let summary = if complete {
        check_totals(passed, warnings, failed, None)
    } else {
        t!(install.checks_running, finished = finished, n = running)
    };
    let accepted = move || wizard.draft.get().accepted;
    let blocked = move || !complete || failed > 0 || (warnings > 0 && !accepted());
    let group = |group: Group, title: String| {
        let checks = checks.iter().filter(|check| check.group == group);
        let checks: Vec<CheckView> = checks.cloned().collect();
        (!checks.is_empty()).then(|| view! { <CheckGroup title=title checks=checks/> })
    };
    view! {
        <div class="flex flex-wrap items-center gap-3 mb-3">
            <p class="text-[13px] text-ink-2 flex-1" role="status">{summary}</p>
            <Button press=move || recheck.run(())>{t!(install.recheck)}</Button>
        </div>
        {problem.map(|problem| view! { <div class="mb-4"><ProblemNotice problem=problem retry=recheck/></div> })}
        {group(Group::Cluster, t!(check.group_cluster))}
        {group(Group::Access, t!(check.group_access))}
        {group(Group::Conflicts, t!(check.group_conflicts))}
        {(complete && warnings > 0).then(|| view! { <AcceptWarnings warnings=warnings/> })}
        <StepFooter back=Step::Target>
            {(failed > 0).then(|| view! { <span class="text-[13px] text-bad">{count!(install.fix_problems, n = failed)}</span> })}
            <Button kind=Kind::Go disabled=Signal::derive(blocked) press=move || wizard.go.run(Step::Parameters)>
                {t!(install.set_parameters)}
            </Button>
        </StepFooter>
    }
}

#[component]
fn CheckGroup(title: String, checks: Vec<CheckView>) -> impl IntoView {
    let label = title.clone();
    view! {
        <section class="bg-surface border border-line rounded-[10px] mb-4" aria-label=label>
            <h2 class="px-5 h-10 flex items-center text-[13px] font-semibold border-b border-line">{title}</h2>
            {checks.into_iter().map(|check| view! { <CheckRow check=check/> }).collect_view()}
        </section>
    }
}

/// The checkbox that accepts the warnings.
#[component]
fn AcceptWarnings(warnings: usize) -> impl IntoView {
    let wizard = wizard();
    let accept = Action::new(move |accepted: &bool| {
        api::install::accept_warnings(wizard.draft.get_untracked().id, *accepted)
    });
    Effect::new(move |_| {
        if let Some(Ok(draft)) = accept.value().get() {
            wizard.editing.follow_draft(draft);
        }
    });
    view! {
        <label class="flex items-center gap-2.5 px-4 py-3 rounded-[6px] bg-warn-soft text-[13px] cursor-pointer">
            <input
                type="checkbox"
                class="size-4 accent-span"
                prop:checked=move || wizard.draft.get().accepted
                on:change=move |event| {
                    accept.dispatch(event_target_checked(&event));
                }
            />
            {count!(install.accept_warnings, n = warnings)}
        </label>
    }
}
