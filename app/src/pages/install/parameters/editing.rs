//! The state of the editor of values, which lives as long as the wizard: the text, what the form still has to
//! set in it, the history of both, and whether the server has it all.
//!
//! Start at [`Editing::typed`] and [`Editing::set`]; `saver` sends what changed.

use crate::{
    editor::{History, Mirror, Mirrored, Pending, Place, hold, open_editors},
    live::stream,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use wire::{
    Problem, Time,
    install::{DraftView, Edit, EditAuthor, FieldView, ParametersView, Scalar},
};

/// Whether the server has the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SaveState {
    /// It has it since then.
    Saved(Time),
    /// Something was typed that is not sent yet.
    Unsaved,
    /// A request is on its way.
    Saving,
    /// The last request failed, and is sent again.
    Retrying(Problem),
    /// The server refuses the text; sending it again changes nothing.
    Refused(Problem),
    /// The draft was changed in another tab.
    Changed,
}

/// The state of the editor. Cheap to copy.
#[derive(Clone, Copy)]
pub(crate) struct Editing {
    /// The draft, as it was last seen.
    pub(super) draft: RwSignal<DraftView>,
    /// The text of the operator.
    pub(super) text: RwSignal<String>,
    /// The parameters that the server read from the text.
    pub(super) view: RwSignal<ParametersView>,
    /// The edits of the form that the server has not made yet.
    pub(super) pending: RwSignal<Pending>,
    /// The history of the text.
    pub(super) history: RwSignal<History>,
    /// The edits of the form that were taken back before the server made them, the last one at the end.
    pub(super) taken_back: RwSignal<Vec<Edit>>,
    /// Whether the server has the text.
    pub(super) state: RwSignal<SaveState>,
    /// Where the focus goes after an undo or a redo.
    pub(super) focus: RwSignal<Option<(Place, usize)>>,
    /// Whether text was restored that was not saved when the page was closed.
    pub(super) is_restored: RwSignal<bool>,
    /// Whether the browser refuses to keep a copy of the text.
    pub(super) is_unmirrored: RwSignal<bool>,
    pub(super) exchange: StoredValue<Exchange>,
    pub(super) session_expired: RwSignal<bool>,
}

/// The exchange with the server.
#[derive(Clone)]
pub(super) struct Exchange {
    /// Whether the parameters were loaded.
    pub(super) is_open: bool,
    /// The text of the server; none while it is not known whether a request was executed.
    pub(super) saved_text: Option<String>,
    /// The revision that the text is based on.
    pub(super) revision: u64,
    /// This editor, and the number of its last request.
    pub(super) author: EditAuthor,
    /// The number of the request whose response is awaited.
    pub(super) awaited: Option<u64>,
    /// The requests that failed in a row.
    pub(super) failures: u32,
    pub(super) timer: Option<TimeoutHandle>,
    pub(super) mirror: Option<Mirror>,
}

impl Editing {
    /// The editor of a draft, before its parameters are loaded.
    pub(crate) fn new(draft: RwSignal<DraftView>) -> Self {
        let (saved, revision) = draft.with_untracked(|draft| (draft.saved, draft.revision));
        Self {
            draft,
            text: RwSignal::default(),
            view: RwSignal::default(),
            pending: RwSignal::default(),
            history: RwSignal::default(),
            taken_back: RwSignal::default(),
            state: RwSignal::new(SaveState::Saved(saved)),
            focus: RwSignal::new(None),
            is_restored: RwSignal::new(false),
            is_unmirrored: RwSignal::new(false),
            exchange: StoredValue::new(Exchange {
                is_open: false,
                saved_text: None,
                revision,
                author: EditAuthor {
                    editor: String::new(),
                    sequence: 0,
                },
                awaited: None,
                failures: 0,
                timer: None,
                mirror: None,
            }),
            session_expired: stream().session_expired,
        }
    }

    /// Opens the parameters that the server has. Text that is not saved yet stays.
    pub(super) fn open(self, view: ParametersView) {
        let is_open = self.exchange.with_value(|exchange| exchange.is_open);
        if is_open && !self.is_saved_untracked() {
            return;
        }
        if self.text.with_untracked(|text| *text != view.text) {
            self.history.set(History::default());
            self.text.set(view.text.clone());
        }
        self.follow(&view);
        self.exchange.update_value(|exchange| {
            exchange.is_open = true;
            exchange.mirror = Mirror::new(&view.mirror_key, self.draft.get_untracked().id);
        });
        self.state.set(SaveState::Saved(view.saved));
        self.view.set(view);
    }

    /// In the browser: restores text that was not saved when its page was closed.
    pub(super) fn restore(self) {
        let is_named = |exchange: &Exchange| !exchange.author.editor.is_empty();
        if self.exchange.with_value(is_named) {
            return;
        }
        let editor = format!("{:x}", (js_sys::Math::random() * 1e15).to_bits());
        self.exchange
            .update_value(|exchange| exchange.author.editor.clone_from(&editor));
        spawn_local(async move {
            let open = open_editors().await;
            hold(&editor);
            // The wizard may be closed meanwhile.
            if self.state.try_get_untracked().is_some() && !self.is_dirty() {
                self.restore_copies(&open);
            }
        });
    }

    /// Restores the copies of closed pages; those of open tabs are theirs.
    fn restore_copies(self, open: &[String]) {
        let Some(mirror) = self.exchange.with_value(|exchange| exchange.mirror.clone()) else {
            return;
        };
        let is_closed = |copy: &Mirrored| !open.contains(&copy.author.editor);
        for copy in mirror.read().into_iter().filter(is_closed) {
            let is_saved = copy.pending.is_empty() && self.text.get_untracked() == copy.text;
            mirror.remove(&copy.author.editor);
            if !is_saved {
                self.restore_copy(copy);
            }
        }
        if self.is_dirty() {
            self.is_restored.set(true);
            self.changed();
        }
    }

    /// The copy of a closed page continues as its editor, so that the server knows what it has seen.
    fn restore_copy(self, copy: Mirrored) {
        self.replace_text(copy.text, Place::Whole);
        self.pending.set(Pending::of(copy.pending));
        hold(&copy.author.editor);
        self.exchange.update_value(|exchange| {
            exchange.revision = copy.revision;
            exchange.author = copy.author;
        });
    }

    /// The operator typed in the text.
    pub(super) fn typed(self, text: String) {
        self.replace_text(text, Place::Text);
        self.changed();
    }

    /// The operator edited a value in the form.
    pub(super) fn set(self, edit: Edit) {
        self.taken_back.update(Vec::clear);
        self.pending.update(|pending| pending.add(edit));
        self.changed();
    }

    /// Records a change of the text and makes it.
    pub(super) fn replace_text(self, text: String, place: Place) {
        let before = self.text.get_untracked();
        self.history
            .update(|history| history.record(&before, &text, place, js_sys::Date::now()));
        self.taken_back.update(Vec::clear);
        self.text.set(text);
    }

    /// Takes back the last change of the form or the text.
    pub(super) fn undo(self) {
        let taken_back = self.pending.try_update(Pending::pop).flatten();
        if let Some(edit) = taken_back {
            self.taken_back.update(|edits| edits.push(edit));
            self.changed();
            return;
        }
        let text = self.text.get_untracked();
        let jump = self.history.try_update(|history| history.undo(&text));
        if let Some(jump) = jump.flatten() {
            self.text.set(jump.text);
            self.focus.set(Some((jump.place, jump.caret)));
            self.changed();
        }
    }

    /// Makes the change again that was taken back last.
    pub(super) fn redo(self) {
        let text = self.text.get_untracked();
        let jump = self.history.try_update(|history| history.redo(&text));
        if let Some(jump) = jump.flatten() {
            self.text.set(jump.text);
            self.focus.set(Some((jump.place, jump.caret)));
            self.changed();
        } else if let Some(edit) = self.taken_back.try_update(Vec::pop).flatten() {
            self.pending.update(|pending| pending.add(edit));
            self.changed();
        }
    }

    /// Whether there is something to take back.
    pub(super) fn can_undo(self) -> bool {
        !self.pending.with(Pending::is_empty) || self.history.with(History::can_undo)
    }

    /// Whether there is something to make again.
    pub(super) fn can_redo(self) -> bool {
        self.history.with(History::can_redo) || !self.taken_back.with(Vec::is_empty)
    }

    /// What a field shows: the value that was typed, or that of the text, or its default.
    pub(super) fn value_of(self, field: &FieldView) -> String {
        let default = || field.default.as_ref().map(Scalar::text);
        let stored = || field.value.as_ref().map(Scalar::text).or_else(default);
        let value = self
            .pending
            .with(|pending| match pending.of_path(&field.path) {
                Some(Edit::Set { value, .. }) => Some(value.text()),
                Some(Edit::Reset { .. }) => default(),
                Some(Edit::Text | Edit::ResetAll { .. } | Edit::Decide { .. }) | None => stored(),
            });
        value.unwrap_or_default()
    }

    /// Whether the server has everything that was typed.
    pub(crate) fn is_saved(self) -> bool {
        self.state
            .with(|state| matches!(state, SaveState::Saved(_)))
    }

    fn is_saved_untracked(self) -> bool {
        let is_saved = |state: &SaveState| matches!(state, SaveState::Saved(_));
        self.state.with_untracked(is_saved)
    }

    /// Whether something was typed that the server does not have.
    pub(super) fn is_dirty(self) -> bool {
        let is_saved = |exchange: &Exchange| {
            let saved = exchange.saved_text.as_ref();
            !exchange.is_open || self.text.with_untracked(|text| saved == Some(text))
        };
        !self.pending.with_untracked(Pending::is_empty) || !self.exchange.with_value(is_saved)
    }

    /// Stores a copy of the text in the browser, or removes it when the server has the text.
    pub(super) fn mirror(self) {
        let exchange = self.exchange.get_value();
        let Some(mirror) = exchange.mirror else {
            return;
        };
        if !self.is_dirty() {
            mirror.remove(&exchange.author.editor);
            self.is_unmirrored.set(false);
            return;
        }
        let written = mirror.write(&Mirrored {
            text: self.text.get_untracked(),
            pending: self
                .pending
                .with_untracked(|pending| pending.edits().to_vec()),
            revision: exchange.revision,
            author: exchange.author,
            at: browser_time(),
        });
        self.is_unmirrored.set(!written);
    }

    /// The state of the server after a response.
    pub(super) fn follow(self, view: &ParametersView) {
        self.exchange.update_value(|exchange| {
            exchange.saved_text = Some(view.text.clone());
            exchange.revision = view.revision;
        });
        let (saved, revision) = (view.saved, view.revision);
        let is_other = |draft: &DraftView| (draft.saved, draft.revision) != (saved, revision);
        if self.draft.with_untracked(is_other) {
            self.draft.update(|draft| {
                draft.saved = saved;
                draft.revision = revision;
            });
        }
    }

    /// The draft after another change of this tab. When it is not the next one, another tab changed the draft in
    /// between, and the next edit says so.
    pub(crate) fn follow_draft(self, draft: DraftView) {
        self.exchange.update_value(|exchange| {
            if draft.revision == exchange.revision + 1 {
                exchange.revision = draft.revision;
            }
        });
        self.draft.set(draft);
    }
}

/// The time of the browser, by which it orders its own copies.
fn browser_time() -> Time {
    #[expect(clippy::cast_possible_truncation, reason = "seconds of this century")]
    let seconds = (js_sys::Date::now() / 1000.0) as i64;
    Time(seconds)
}
