//! The history of a text that a form and a text editor change: what was changed, where, and how to go back.
//!
//! A change stores only the part of the text that differs. Typing in one place is one change until a pause; the
//! oldest changes are forgotten. Start at [`History::record`].

use std::collections::VecDeque;

/// The pause after which typing in the same place is another change, in milliseconds.
const PAUSE: f64 = 800.0;
/// How long typing without a pause is one change, in milliseconds.
const MAX_GROUP: f64 = 10_000.0;
/// The number of changes that can be undone.
const MAX_CHANGES: usize = 500;
/// The bytes that all changes may have together.
const MAX_BYTES: usize = 4 << 20;

/// Where a change was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the text.
    Text,
    /// In the field of a form, by its keys from the root.
    Field(Vec<String>),
    /// The whole text was replaced by another one.
    Whole,
}

/// The result of an undo or a redo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jump {
    /// The text.
    pub(crate) text: String,
    /// Where the change was made.
    pub(crate) place: Place,
    /// The caret, in bytes from the start.
    pub(crate) caret: usize,
}

/// A part of the text that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    at: usize,
    removed: String,
    inserted: String,
    place: Place,
}

/// The changes of a text, those that were made and those that were undone.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    done: VecDeque<Change>,
    undone: Vec<Change>,
    /// The begin and the end of the last group; none when the next change starts another one.
    group: Option<(f64, f64)>,
}

impl History {
    /// Records a change; what was undone before it cannot be redone.
    pub(crate) fn record(&mut self, before: &str, after: &str, place: Place, now: f64) {
        if before == after {
            return;
        }
        self.undone.clear();
        let begin = match self.group {
            Some((begin, end)) if now - end < PAUSE && now - begin < MAX_GROUP => Some(begin),
            _ => None,
        };
        let last = self.done.back();
        let is_grouped = begin.is_some()
            && place != Place::Whole
            && last.is_some_and(|last| last.place == place);
        let origin = if is_grouped {
            last.and_then(|last| last.undone(before))
        } else {
            None
        };
        match origin {
            Some(origin) => {
                self.done.pop_back();
                if let Some(change) = Change::between(&origin, after, place) {
                    self.done.push_back(change);
                }
            }
            None => self.done.extend(Change::between(before, after, place)),
        }
        let begin = begin.filter(|_| is_grouped).unwrap_or(now);
        self.group = Some((begin, now));
        self.forget_oldest();
    }

    /// The text before the last change.
    pub(crate) fn undo(&mut self, text: &str) -> Option<Jump> {
        self.group = None;
        let change = self.done.pop_back()?;
        let jump = Jump {
            text: change.undone(text)?,
            place: change.place.clone(),
            caret: change.at + change.removed.len(),
        };
        self.undone.push(change);
        Some(jump)
    }

    /// The text after the change that was undone last.
    pub(crate) fn redo(&mut self, text: &str) -> Option<Jump> {
        self.group = None;
        let change = self.undone.pop()?;
        let jump = Jump {
            text: change.made(text)?,
            place: change.place.clone(),
            caret: change.at + change.inserted.len(),
        };
        self.done.push_back(change);
        Some(jump)
    }

    /// Whether there is a change to undo.
    pub(crate) fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is a change to redo.
    pub(crate) fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    fn forget_oldest(&mut self) {
        let mut bytes: usize = self.done.iter().map(Change::bytes).sum();
        while self.done.len() > MAX_CHANGES || (bytes > MAX_BYTES && self.done.len() > 1) {
            let Some(oldest) = self.done.pop_front() else {
                return;
            };
            bytes -= oldest.bytes();
        }
    }
}

impl Change {
    /// The change from one text to another; none when they are equal.
    fn between(before: &str, after: &str, place: Place) -> Option<Self> {
        if before == after {
            return None;
        }
        let same = |(a, b): &(char, char)| a == b;
        let bytes = |(a, _): (char, char)| a.len_utf8();
        let start: usize = before
            .chars()
            .zip(after.chars())
            .take_while(same)
            .map(bytes)
            .sum();
        let (old, new) = (before.get(start..)?, after.get(start..)?);
        let pairs = old.chars().rev().zip(new.chars().rev());
        let end: usize = pairs.take_while(same).map(bytes).sum();
        Some(Self {
            at: start,
            removed: old.get(..old.len() - end)?.to_owned(),
            inserted: new.get(..new.len() - end)?.to_owned(),
            place,
        })
    }

    fn undone(&self, text: &str) -> Option<String> {
        replaced(text, self.at, &self.inserted, &self.removed)
    }

    fn made(&self, text: &str) -> Option<String> {
        replaced(text, self.at, &self.removed, &self.inserted)
    }

    fn bytes(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }
}

/// The text with `new` instead of `old` at an index; none when `old` is not there.
fn replaced(text: &str, at: usize, old: &str, new: &str) -> Option<String> {
    let (start, rest) = text.split_at_checked(at)?;
    let rest = rest.strip_prefix(old)?;
    Some([start, new, rest].concat())
}

#[cfg(test)]
mod tests;
