//! Whether the text is saved, in words; and the choice when another tab changed the draft.

use super::editing::{Editing, SaveState};
use crate::{
    AppError, api,
    parts::{Button, Notice, ProblemNotice, Tone, tw},
    words::{sentence, t},
    zone::{time_of_day, zone},
};
use leptos::prelude::*;
use wire::{Code, Problem};

/// Whether the text is saved.
#[component]
pub(super) fn SaveStatus(editing: Editing) -> impl IntoView {
    let zone = zone();
    let text = move || match editing.state.get() {
        SaveState::Saved(at) => t!(install.saved_at, time = time_of_day(at, &zone.get())),
        SaveState::Unsaved => t!(install.unsaved),
        SaveState::Saving => t!(install.saving),
        SaveState::Retrying(problem) => t!(install.not_saved_retrying, cause = cause(&problem)),
        SaveState::Refused(problem) => t!(install.not_saved, cause = cause(&problem)),
        SaveState::Changed => t!(install.not_saved, cause = t!(install.cause_changed)),
    };
    let class = move || match editing.state.get() {
        SaveState::Saved(_) | SaveState::Unsaved | SaveState::Saving => {
            tw("text-[12px] text-ink-3")
        }
        SaveState::Retrying(_) | SaveState::Refused(_) | SaveState::Changed => {
            tw("text-[12px] font-medium text-bad")
        }
    };
    view! { <span class=class role="status" aria-label=t!(install.save_status)>{text}</span> }
}

/// The cause of a failure within a sentence.
fn cause(problem: &Problem) -> String {
    match problem.code {
        Code::Offline => t!(install.cause_offline),
        Code::NotLoggedIn => t!(install.cause_session),
        _ => sentence(problem).trim_end_matches('.').to_owned(),
    }
}

/// The notices about text that is not saved: changed in another tab, refused, restored, or without a copy.
#[component]
pub(super) fn SaveNotices(editing: Editing) -> impl IntoView {
    let is_changed = Memo::new(move |_| editing.state.get() == SaveState::Changed);
    let refused = Memo::new(move |_| match editing.state.get() {
        SaveState::Refused(problem) => Some(problem),
        _ => None,
    });
    let refused_value = Memo::new(move |_| editing.view.with(|view| view.refused.clone()));
    let retry = Callback::new(move |()| editing.send());
    view! {
        <Show when=move || is_changed.get()>
            <ChangedElsewhere editing=editing/>
        </Show>
        {move || {
            let problem = refused.get();
            problem.map(|problem| view! { <div class="mb-4"><ProblemNotice problem=problem retry=retry/></div> })
        }}
        {move || {
            let problem = refused_value.get();
            problem.map(|problem| view! { <div class="mb-4"><ProblemNotice problem=problem/></div> })
        }}
        <div aria-live="polite">
            <Show when=move || editing.is_restored.get()>
                <div class="mb-4"><Notice tone=Tone::Plain>{t!(install.restored)}</Notice></div>
            </Show>
            <Show when=move || editing.is_unmirrored.get()>
                <div class="mb-4"><Notice tone=Tone::Warn>{t!(install.no_copy)}</Notice></div>
            </Show>
        </div>
    }
}

/// What the operator decides when another tab changed the draft.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Reload,
    KeepMine,
}

#[component]
fn ChangedElsewhere(editing: Editing) -> impl IntoView {
    let decide = Action::new_local(move |decision: &Decision| {
        let (id, decision) = (
            editing.draft.with_untracked(|draft| draft.id.clone()),
            *decision,
        );
        async move {
            // The target may have changed too.
            let draft = api::install::draft(id.clone()).await?;
            let theirs = api::install::parameters(id).await?;
            editing.draft.set(draft);
            match decision {
                Decision::Reload => editing.take_theirs(theirs),
                Decision::KeepMine => editing.keep_mine(theirs),
            }
            Ok::<(), AppError>(())
        }
    });
    let failed = move || decide.value().get().and_then(Result::err);
    let choose = move |decision| {
        move || {
            decide.dispatch_local(decision);
        }
    };
    view! {
        <div class="mb-4" role="alert">
            <Notice tone=Tone::Warn>
                <p class="font-medium">{t!(install.changed_elsewhere)}</p>
                <p class="mt-1 text-ink-2">{t!(install.changed_elsewhere_note)}</p>
                <div class="mt-2 flex flex-wrap gap-2">
                    <Button disabled=decide.pending() press=choose(Decision::Reload)>{t!(install.reload)}</Button>
                    <Button disabled=decide.pending() press=choose(Decision::KeepMine)>{t!(install.keep_mine)}</Button>
                </div>
            </Notice>
            {move || failed().map(|AppError(problem)| view! { <div class="mt-2"><ProblemNotice problem=problem/></div> })}
        </div>
    }
}
