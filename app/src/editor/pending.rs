//! The edits of a form that the server has not made yet: they are shown in the form at once, and survive a
//! failed request.

use wire::install::Edit;

/// Edits in their order; of one value only the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pending {
    edits: Vec<Edit>,
}

impl Pending {
    /// Edits that were stored.
    pub(crate) fn of(edits: Vec<Edit>) -> Self {
        Self { edits }
    }

    /// The edits in their order.
    pub(crate) fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Adds an edit; it replaces an edit of the same value.
    pub(crate) fn add(&mut self, edit: Edit) {
        self.edits
            .retain(|other| path(other).is_none() || path(other) != path(&edit));
        self.edits.push(edit);
    }

    /// The next edit to be made.
    pub(crate) fn next(&self) -> Option<&Edit> {
        self.edits.first()
    }

    /// Removes an edit that was made; returns whether it was still to be made.
    pub(crate) fn remove(&mut self, edit: &Edit) -> bool {
        let before = self.edits.len();
        self.edits.retain(|other| other != edit);
        self.edits.len() < before
    }

    /// Takes back the last edit.
    pub(crate) fn pop(&mut self) -> Option<Edit> {
        self.edits.pop()
    }

    /// The edit of a value.
    pub(crate) fn of_path(&self, path_: &[String]) -> Option<&Edit> {
        self.edits.iter().find(|edit| path(edit) == Some(path_))
    }
}

/// The value that an edit concerns.
pub(crate) fn path(edit: &Edit) -> Option<&[String]> {
    match edit {
        // A decision replaces no edit of the value.
        Edit::Text | Edit::ResetAll { .. } | Edit::Decide { .. } => None,
        Edit::Set { path, .. } | Edit::Reset { path } => Some(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::install::Scalar;

    fn set(key: &str, value: &str) -> Edit {
        Edit::Set {
            path: vec![key.to_owned()],
            value: Scalar::Number(value.to_owned()),
        }
    }

    #[test]
    fn the_last_edit_of_a_value_replaces_the_ones_before() {
        let mut pending = Pending::default();
        for edit in [set("a", "1"), set("b", "1"), set("a", "12")] {
            pending.add(edit);
        }
        assert_eq!(pending.edits(), [set("b", "1"), set("a", "12")]);
        let reset = Edit::Reset {
            path: vec!["b".to_owned()],
        };
        pending.add(reset.clone());
        assert_eq!(pending.edits(), [set("a", "12"), reset]);
    }

    #[test]
    fn an_edit_that_was_replaced_meanwhile_is_not_made() {
        let mut pending = Pending::default();
        pending.add(set("a", "1"));
        let sent = pending.next().cloned().expect("an edit");
        pending.add(set("a", "12"));
        assert!(!pending.remove(&sent));
        assert_eq!(pending.next(), Some(&set("a", "12")));
        assert!(pending.remove(&set("a", "12")) && pending.is_empty());
    }
}
