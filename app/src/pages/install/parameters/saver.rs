//! Sends what was typed: after a pause, one request at a time, and again until the server has it.
//!
//! A request that fails is sent again after 1, 2, 4 … 30 seconds, and at once when the event stream is connected
//! again or the operator has logged in. Start at [`Editing::changed`].

use super::editing::{Editing, SaveState};
use crate::{
    AppError, api,
    editor::{Pending, Place, edited_path},
    live::stream,
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use wire::{
    Code, Problem,
    install::{Edit, EditRequest, ParametersView},
};

/// The time after the last keystroke before the text is sent.
const DEBOUNCE: Duration = Duration::from_millis(400);
/// How long a response may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest pause between two attempts.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// The pause after a number of failures.
fn pause(failures: u32) -> Duration {
    let seconds = 1_u64 << failures.saturating_sub(1).min(5);
    Duration::from_secs(seconds).min(MAX_PAUSE)
}

/// Whether the same request may succeed later.
fn is_temporary(code: Code) -> bool {
    matches!(
        code,
        Code::Offline | Code::NotLoggedIn | Code::Storage | Code::ChartsBusy | Code::Internal
    )
}

impl Editing {
    /// Something was typed, or taken back: stores a copy, and sends it after a pause.
    pub(super) fn changed(self) {
        self.mirror();
        let is_awaited = self
            .exchange
            .with_value(|exchange| exchange.awaited.is_some());
        let next = match self.state.get_untracked() {
            SaveState::Changed => return,
            SaveState::Saving | SaveState::Retrying(_) => None,
            SaveState::Saved(_) | SaveState::Unsaved | SaveState::Refused(_) => {
                Some(SaveState::Unsaved)
            }
        };
        if !self.is_dirty() && !is_awaited {
            self.clean();
        } else {
            if let Some(next) = next {
                self.state.set(next);
            }
            self.schedule(DEBOUNCE);
        }
    }

    /// Sends what was typed now.
    pub(super) fn flush(self) {
        let is_unsaved = self
            .state
            .with_untracked(|state| matches!(state, SaveState::Unsaved));
        if is_unsaved {
            self.send();
        }
    }

    /// Sends again what could not be sent, when that may succeed now.
    pub(crate) fn retry_when_connected(self) {
        let stream = stream();
        let is_connected = Memo::new(move |_| {
            !stream.disconnected.get() && !stream.session_expired.get() && stream.visible.get()
        });
        Effect::new(move |_| {
            if is_connected.get() && self.is_retrying() {
                self.send();
            }
        });
    }

    fn is_retrying(self) -> bool {
        self.state
            .with_untracked(|state| matches!(state, SaveState::Retrying(_)))
    }

    fn schedule(self, delay: Duration) {
        self.exchange.update_value(|exchange| {
            if let Some(timer) = exchange.timer.take() {
                timer.clear();
            }
            exchange.timer = set_timeout_with_handle(move || self.send(), delay).ok();
        });
    }

    /// The next request.
    fn next_request(self) -> EditRequest {
        self.exchange
            .update_value(|exchange| exchange.author.sequence += 1);
        let exchange = self.exchange.get_value();
        let next = |pending: &Pending| pending.next().cloned();
        EditRequest {
            draft: self.draft.with_untracked(|draft| draft.id.clone()),
            text: self.text.get_untracked(),
            edit: self.pending.with_untracked(next).unwrap_or(Edit::Text),
            revision: exchange.revision,
            author: exchange.author,
        }
    }

    /// Sends what was typed, unless a response is awaited: the next request follows it.
    pub(super) fn send(self) {
        // The timer may outlive the wizard.
        let awaited = self.exchange.try_with_value(|exchange| exchange.awaited);
        if awaited != Some(None) || !self.is_dirty() {
            return;
        }
        if self.state.get_untracked() == SaveState::Changed {
            return;
        }
        let request = self.next_request();
        let (number, revision) = (request.author.sequence, request.revision);
        self.exchange
            .update_value(|exchange| exchange.awaited = Some(number));
        if !self.is_retrying() {
            self.state.set(SaveState::Saving);
        }
        // The copy has the number of the request, so that a restored editor goes on after it.
        self.mirror();
        let kept = self.exchange.with_value(|exchange| exchange.mirror.clone());
        spawn_local(async move {
            let result = api::install::edit_parameters(request.clone()).await;
            let Some(awaited) = self.exchange.try_with_value(|exchange| exchange.awaited) else {
                if let (Ok(_), Some(kept)) = (result, kept) {
                    kept.remove_saved(&request);
                }
                return;
            };
            if awaited == Some(number) {
                self.answered(&request, result);
            }
        });
        let expire = move || {
            let awaited = self.exchange.try_with_value(|exchange| exchange.awaited);
            if awaited == Some(Some(number)) {
                self.failed(revision, Problem::new(Code::Offline));
            }
        };
        set_timeout(expire, REQUEST_TIMEOUT);
    }

    fn answered(self, request: &EditRequest, result: Result<ParametersView, AppError>) {
        match result {
            Ok(view) => self.saved(request, view),
            Err(AppError(problem)) => self.failed(request.revision, problem),
        }
    }

    fn saved(self, request: &EditRequest, view: ParametersView) {
        self.exchange.update_value(|exchange| {
            exchange.awaited = None;
            exchange.failures = 0;
        });
        self.follow(&view);
        let is_current = self.text.with_untracked(|text| *text == request.text);
        match &request.edit {
            // The text may come back without a byte order mark.
            Edit::Text if is_current && view.text != request.text => {
                self.text.set(view.text.clone());
            }
            Edit::Text => {}
            edit if view.refused.is_some() => {
                self.pending.update(|pending| {
                    pending.remove(edit);
                });
            }
            // Text that was typed meanwhile does not have the value: the edit is sent again with it.
            edit if is_current => {
                let was_pending = self.pending.try_update(|pending| pending.remove(edit));
                if was_pending == Some(true) {
                    let field = edited_path(edit).map(|path| Place::Field(path.to_vec()));
                    self.replace_text(view.text.clone(), field.unwrap_or(Place::Whole));
                }
            }
            _ => {}
        }
        self.view.set(view);
        if self.is_dirty() {
            self.state.set(SaveState::Saving);
            self.mirror();
            self.schedule(Duration::ZERO);
        } else {
            self.clean();
        }
    }

    /// The server has everything.
    pub(super) fn clean(self) {
        self.mirror();
        let saved = self.draft.with_untracked(|draft| draft.saved);
        self.state.set(SaveState::Saved(saved));
    }

    fn failed(self, revision: u64, problem: Problem) {
        self.exchange.update_value(|exchange| {
            exchange.awaited = None;
            exchange.failures += 1;
            if problem.code != Code::DraftChanged {
                exchange.saved_text = None;
            }
        });
        let exchange = self.exchange.get_value();
        match problem.code {
            // This tab changed the draft while the request was on its way.
            Code::DraftChanged if exchange.revision > revision => self.schedule(Duration::ZERO),
            Code::DraftChanged => self.state.set(SaveState::Changed),
            code if is_temporary(code) => {
                if code == Code::NotLoggedIn {
                    self.session_expired.set(true);
                }
                self.state.set(SaveState::Retrying(problem));
                self.schedule(pause(exchange.failures));
            }
            _ => self.state.set(SaveState::Refused(problem)),
        }
    }

    /// Shows the draft as another tab left it; an undo brings the own text back.
    pub(super) fn take_theirs(self, theirs: ParametersView) {
        self.pending.set(Pending::default());
        self.replace_text(theirs.text.clone(), Place::Whole);
        self.follow(&theirs);
        self.view.set(theirs);
        self.clean();
    }

    /// Saves the own text over that of another tab; an undo brings the other one back.
    pub(super) fn keep_mine(self, theirs: ParametersView) {
        let (own, pending) = (self.text.get_untracked(), self.pending.get_untracked());
        self.replace_text(theirs.text.clone(), Place::Whole);
        self.replace_text(own, Place::Whole);
        self.pending.set(pending);
        self.follow(&theirs);
        self.view.set(theirs);
        if self.is_dirty() {
            self.state.set(SaveState::Unsaved);
            self.send();
        } else {
            self.clean();
        }
    }

    /// The wizard is left: what is not on its way is sent once more. The copy in the browser stays until then.
    pub(crate) fn leave(self) {
        let state = self.state.try_get_untracked();
        let is_settled = matches!(state, None | Some(SaveState::Changed));
        if is_settled || !self.is_dirty() {
            return;
        }
        let request = self.next_request();
        let mirror = self.exchange.with_value(|exchange| exchange.mirror.clone());
        self.mirror();
        spawn_local(async move {
            let result = api::install::edit_parameters(request.clone()).await;
            if let (Ok(_), Some(mirror)) = (result, mirror) {
                mirror.remove_saved(&request);
            }
        });
    }
}

/// Asks before the page is closed when the browser keeps no copy of the text.
pub(super) fn warn_of_loss(editing: Editing) {
    let handle = window_event_listener(leptos::ev::beforeunload, move |event| {
        if editing.is_unmirrored.get_untracked() {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_between_attempts_grows_to_half_a_minute() {
        let pauses = (1..=8).map(|failures| pause(failures).as_secs());
        assert_eq!(pauses.collect::<Vec<_>>(), [1, 2, 4, 8, 16, 30, 30, 30]);
    }

    #[test]
    fn what_another_attempt_cannot_change_is_not_sent_again() {
        for code in [Code::Offline, Code::NotLoggedIn, Code::Storage] {
            assert!(is_temporary(code), "{code:?}");
        }
        for code in [Code::DraftChanged, Code::NotFound, Code::TooLarge] {
            assert!(!is_temporary(code), "{code:?}");
        }
    }
}
