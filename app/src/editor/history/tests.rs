//! Tests of the history.

use super::*;

/// A text with its history, and a clock.
struct Editor {
    text: String,
    history: History,
    now: f64,
}

impl Editor {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            history: History::default(),
            now: 0.0,
        }
    }

    fn change(&mut self, after: &str, place: Place) {
        self.history.record(&self.text, after, place, self.now);
        after.clone_into(&mut self.text);
    }

    /// Types letters at the end of the text, a tenth of a second apart.
    fn types(&mut self, letters: &str) {
        for letter in letters.chars() {
            self.now += 100.0;
            self.change(&format!("{}{letter}", self.text), Place::Text);
        }
    }

    fn waits(&mut self) {
        self.now += PAUSE;
    }

    fn undo(&mut self) -> Option<Jump> {
        let jump = self.history.undo(&self.text)?;
        self.text.clone_from(&jump.text);
        Some(jump)
    }

    fn redo(&mut self) -> Option<Jump> {
        let jump = self.history.redo(&self.text)?;
        self.text.clone_from(&jump.text);
        Some(jump)
    }
}

fn field(name: &str) -> Place {
    Place::Field(vec![name.to_owned()])
}

#[test]
fn typing_and_edits_of_a_form_are_undone_and_redone_in_order() {
    let mut editor = Editor::new("a: 1\n");
    editor.types("b: 2\n");
    editor.change("a: 7\nb: 2\n", field("a"));
    editor.types("c: 3\n");

    assert_eq!(editor.undo().map(|jump| jump.place), Some(Place::Text));
    assert_eq!(editor.text, "a: 7\nb: 2\n");
    let jump = editor.undo().expect("the edit of the form");
    assert_eq!((jump.place, jump.caret), (field("a"), 4));
    assert_eq!(editor.text, "a: 1\nb: 2\n");
    editor.undo();
    assert_eq!(editor.text, "a: 1\n");
    assert_eq!(editor.undo(), None);

    for expected in ["a: 1\nb: 2\n", "a: 7\nb: 2\n", "a: 7\nb: 2\nc: 3\n"] {
        editor.redo();
        assert_eq!(editor.text, expected);
    }
    assert_eq!(editor.redo(), None);
}

#[test]
fn a_pause_another_place_and_an_undo_start_another_change() {
    let mut editor = Editor::new("");
    editor.types("ab");
    editor.waits();
    editor.types("cd");
    editor.undo();
    assert_eq!(editor.text, "ab");
    editor.types("ef");
    editor.undo();
    assert_eq!(editor.text, "ab");

    editor.change("abx", field("x"));
    editor.change("abxy", field("y"));
    editor.undo();
    assert_eq!(editor.text, "abx");
}

#[test]
fn typing_in_one_field_is_one_change() {
    let mut editor = Editor::new("n: 1\n");
    for text in ["n: 5\n", "n: 50\n", "n: 500\n"] {
        editor.now += 100.0;
        editor.change(text, field("n"));
    }
    let jump = editor.undo().expect("a change");
    assert_eq!(jump.text, "n: 1\n");
    assert!(!editor.history.can_undo());
}

#[test]
fn typing_without_a_pause_is_split_after_a_while() {
    let mut editor = Editor::new("");
    editor.types(&"x".repeat(150));
    editor.undo();
    assert!(
        !editor.text.is_empty(),
        "an undo takes back ten seconds at most"
    );
}

#[test]
fn a_change_after_an_undo_ends_what_can_be_redone() {
    let mut editor = Editor::new("");
    editor.types("a");
    editor.undo();
    assert!(editor.history.can_redo());
    editor.types("b");
    assert!(!editor.history.can_redo());
    assert_eq!(editor.redo(), None);
}

#[test]
fn the_caret_returns_to_the_place_of_the_change() {
    let mut editor = Editor::new("é: one\ntwo\n");
    editor.change("é: 1\ntwo\n", Place::Text);
    assert_eq!(editor.undo().map(|jump| jump.caret), Some("é: one".len()));
    assert_eq!(editor.redo().map(|jump| jump.caret), Some("é: 1".len()));
}

#[test]
fn letters_of_several_bytes_are_not_cut() {
    let mut editor = Editor::new("ä€😀");
    for text in ["ä€😁", "ö€😁", "", "日本", "日本語"] {
        editor.waits();
        editor.change(text, Place::Text);
    }
    for expected in ["日本", "", "ö€😁", "ä€😁", "ä€😀"] {
        assert_eq!(
            editor.undo().map(|jump| jump.text).as_deref(),
            Some(expected)
        );
    }
}

#[test]
fn the_oldest_changes_are_forgotten() {
    let mut editor = Editor::new("");
    for number in 0..MAX_CHANGES + 20 {
        editor.waits();
        editor.change(&number.to_string(), Place::Text);
    }
    let undone = std::iter::from_fn(|| editor.undo()).count();
    assert_eq!(undone, MAX_CHANGES);

    let mut editor = Editor::new("");
    let large = "x".repeat(MAX_BYTES / 2 + 1);
    for text in [large.as_str(), "", large.as_str()] {
        editor.waits();
        editor.change(text, Place::Text);
    }
    assert_eq!(std::iter::from_fn(|| editor.undo()).count(), 1);
}

#[test]
fn a_history_of_another_text_changes_nothing() {
    let mut history = History::default();
    history.record("a: 1", "a: 2", Place::Text, 0.0);
    assert_eq!(history.undo("another text"), None);
}
