//! Checks: each by name as it ends, with what was found and what to do. Fatal ones stop, warnings need a
//! tick.

use super::{steps::Step, target::Foot, wizard};
use crate::{
    api,
    live::stream,
    parts::{Button, CheckRow, Kind, ProblemNotice},
    words::say,
};
use leptos::prelude::*;
use wire::{
    check::{CheckView, Group, CheckStatus},
    install::ChecksView,
};

/// Checks.
#[component]
pub(super) fn Checks() -> impl IntoView {
    let live = stream();
    let again = live.follow_checks(wizard().draft.get_untracked().id);
    move || {
        match live.checks.get() {
        Some(found) => view! { <Found found=found again=again/> }.into_any(),
        None => view! { <p class="text-[13px] text-ink-2 mb-3" role="status">{say!(install.checking)}</p> }.into_any(),
    }
    }
}

#[component]
fn Found(found: ChecksView, again: Callback<()>) -> impl IntoView {
    let wizard = wizard();
    let whole = found.is_complete();
    let (ended, waiting) = (found.checks.len(), found.waiting.unwrap_or_default());
    let (checks, problem) = (found.checks, found.problem);
    let count = |verdict| {
        checks
            .iter()
            .filter(|check| check.status == verdict)
            .count()
    };
    let (passed, warned, blocked) = (
        count(CheckStatus::Passed),
        count(CheckStatus::Warning),
        count(CheckStatus::Failed),
    );
    let accepted = move || wizard.draft.get().accepted;
    let group = |group: Group, word: String| {
        let mine: Vec<CheckView> = checks
            .iter()
            .filter(|check| check.group == group)
            .cloned()
            .collect();
        (!mine.is_empty()).then(|| {
            let label = word.clone();
            view! {
                <section class="bg-surface border border-line rounded-[10px] mb-4" aria-label=label>
                    <h2 class="px-5 h-10 flex items-center text-[13px] font-semibold border-b border-line">{word}</h2>
                    {mine.into_iter().map(|check| view! { <CheckRow check=check/> }).collect_view()}
                </section>
            }
        })
    };
    view! {
        <div class="flex flex-wrap items-center gap-3 mb-3">
            <p class="text-[13px] text-ink-2 flex-1" role="status">
                {if whole {
                    say!(install.checked, passed = passed, warned = warned, blocked = blocked)
                } else {
                    say!(install.to_come_n, ended = ended, n = waiting)
                }}
            </p>
            <Button press=move || again.run(())>{say!(install.again)}</Button>
        </div>
        {problem.map(|problem| view! { <div class="mb-4"><ProblemNotice problem=problem again=again/></div> })}
        {group(Group::Cluster, say!(check.group_cluster))}
        {group(Group::Access, say!(check.group_access))}
        {group(Group::Conflicts, say!(check.group_conflicts))}
        {(whole && warned > 0).then(|| view! { <Accept warned=warned/> })}
        <Foot back=Step::Target>
            {(blocked > 0).then(|| view! { <span class="text-[13px] text-bad">{say!(install.blocked, n = blocked)}</span> })}
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || !whole || blocked > 0 || (warned > 0 && !accepted()))
                press=move || wizard.go.run(Step::Parameters)
            >
                {say!(install.to_parameters)}
            </Button>
        </Foot>
    }
}

/// The tick without which warnings do not let go on.
#[component]
fn Accept(warned: usize) -> impl IntoView {
    let wizard = wizard();
    let accept = Action::new(move |on: &bool| {
        api::install::accept_warnings(wizard.draft.get_untracked().id, *on)
    });
    Effect::new(move |_| {
        if let Some(Ok(draft)) = accept.value().get() {
            wizard.draft.set(draft);
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
            {say!(install.accept, n = warned)}
        </label>
    }
}
