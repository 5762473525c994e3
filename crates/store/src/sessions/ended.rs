//! Sessions that ended although their rows could not be deleted, because the disk is full: they are not valid
//! while this process runs, and their rows are deleted later.

use super::{SessionId, StoredSession};
use crate::{Error, Store};
use std::collections::BTreeSet;

/// The ends that are not written yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndedSessions {
    /// Operators and the ids of their sessions.
    sessions: BTreeSet<(String, String)>,
    /// Whether all login links are invalid.
    tickets: bool,
}

impl EndedSessions {
    pub(super) fn mark(&mut self, operator: &str, id: &SessionId) {
        let session = (operator.to_owned(), id.as_str().to_owned());
        self.sessions.insert(session);
    }

    pub(super) fn mark_tickets(&mut self) {
        self.tickets = true;
    }

    pub(super) fn have_tickets(&self) -> bool {
        self.tickets
    }

    pub(super) fn contain(&self, session: &StoredSession) -> bool {
        let id = session.id.as_str().to_owned();
        self.sessions.contains(&(session.operator.clone(), id))
    }

    fn are_none(&self) -> bool {
        self.sessions.is_empty() && !self.tickets
    }

    fn written(&mut self, written: &Self) {
        self.sessions
            .retain(|session| !written.sessions.contains(session));
        self.tickets &= !written.tickets;
    }
}

impl Store {
    /// Whether sessions or login links that ended would be valid again after a restart.
    pub fn has_unsaved_ends(&self) -> bool {
        !self.ended.lock().are_none()
    }

    /// Writes the ends that could not be written before.
    ///
    /// # Errors
    /// [`Error::Database`]; then they stay in memory.
    pub fn save_ends(&self) -> Result<(), Error> {
        let ended = self.ended.lock().clone();
        if ended.are_none() {
            return Ok(());
        }
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for (operator, id) in &ended.sessions {
            let statement = "DELETE FROM sessions WHERE operator = ?1 AND id = ?2";
            transaction.execute(statement, (operator, id))?;
        }
        if ended.tickets {
            transaction.execute("DELETE FROM tickets", [])?;
        }
        transaction.commit()?;
        drop(connection);
        self.ended.lock().written(&ended);
        Ok(())
    }
}
