//! Checks: each by name, with what was found and what to do. Fatal ones stop, warnings need a tick.

use super::{steps::Step, target::Foot, wizard};
use crate::{
    api,
    parts::{Button, CheckRow, Kind, Loaded},
    words::say,
};
use leptos::prelude::*;
use wire::check::{CheckView, Group, Verdict};

/// Checks.
#[component]
pub(super) fn Checks() -> impl IntoView {
    let wizard = wizard();
    let checks = Resource::new(
        move || wizard.draft.get_untracked().id,
        api::install::checks,
    );
    let again = Callback::new(move |()| checks.refetch());
    view! {
        <Loaded from=checks what=say!(install.checks) view=move |found| view! { <Found checks=found.checks again=again/> }/>
    }
}

#[component]
fn Found(checks: Vec<CheckView>, again: Callback<()>) -> impl IntoView {
    let wizard = wizard();
    let count = |verdict| {
        checks
            .iter()
            .filter(|check| check.verdict == verdict)
            .count()
    };
    let (passed, warned, blocked) = (
        count(Verdict::Passed),
        count(Verdict::Warning),
        count(Verdict::Blocked),
    );
    let accepted = move || wizard.draft.get().accepted;
    let accept = Action::new(move |on: &bool| {
        api::install::accept_warnings(wizard.draft.get_untracked().id, *on)
    });
    Effect::new(move |_| {
        if let Some(Ok(draft)) = accept.value().get() {
            wizard.draft.set(draft);
        }
    });
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
                {say!(install.checked, passed = passed, warned = warned, blocked = blocked)}
            </p>
            <Button press=move || again.run(())>{say!(install.again)}</Button>
        </div>
        {group(Group::Cluster, say!(check.group_cluster))}
        {group(Group::Access, say!(check.group_access))}
        {group(Group::Conflicts, say!(check.group_conflicts))}
        {(warned > 0).then(|| {
            view! {
                <label class="flex items-center gap-2.5 px-4 py-3 rounded-[6px] bg-warn-soft text-[13px] cursor-pointer">
                    <input
                        type="checkbox"
                        class="size-4 accent-span"
                        prop:checked=accepted
                        on:change=move |event| {
                            accept.dispatch(event_target_checked(&event));
                        }
                    />
                    {say!(install.accept, n = warned)}
                </label>
            }
        })}
        <Foot back=Step::Target>
            {(blocked > 0).then(|| view! { <span class="text-[13px] text-bad">{say!(install.blocked, n = blocked)}</span> })}
            <Button
                kind=Kind::Go
                disabled=Signal::derive(move || blocked > 0 || (warned > 0 && !accepted()))
                press=move || wizard.go.run(Step::Parameters)
            >
                {say!(install.to_parameters)}
            </Button>
        </Foot>
    }
}
