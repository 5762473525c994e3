//! Logging in and out: a ticket is good once, a session for half a day.

use crate::{Caller, Console, Error, Role};
use store::Token;
use wire::session::SessionView;

/// How long a printed link is good.
pub const TICKET_SECONDS: i64 = 600;
/// How long a session lasts.
pub const SESSION_SECONDS: i64 = 12 * 3600;

impl Console {
    /// Makes a ticket for a login link.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn ticket(&self) -> Result<Token, Error> {
        Ok(self
            .store
            .new_ticket(self.now().as_second() + TICKET_SECONDS)?)
    }

    /// Turns a good ticket into a session; none when it is used up or too old.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn log_in(&self, ticket: &str) -> Result<Option<Token>, Error> {
        let now = self.now().as_second();
        if !self.store.use_ticket(ticket, now)? {
            return Ok(None);
        }
        Ok(Some(
            self.store.new_session("operator", now + SESSION_SECONDS)?,
        ))
    }

    /// Who a session belongs to, while it lasts.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn caller(&self, session: &str) -> Result<Option<Caller>, Error> {
        let found = self.store.session(session, self.now().as_second())?;
        Ok(found.map(|(operator, ends)| Caller {
            operator,
            role: Role::Operator,
            ends,
        }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn log_out(&self, session: &str) -> Result<(), Error> {
        Ok(self.store.end_session(session, self.now().as_second())?)
    }

    /// What the page shows of the session.
    pub fn session(&self, caller: &Caller) -> SessionView {
        let left = caller.ends - self.now().as_second();
        SessionView {
            operator: caller.operator.clone(),
            ends_in: u32::try_from(left).unwrap_or(0),
            sandbox: self
                .connections
                .all()
                .iter()
                .any(|connection| connection.sandbox),
        }
    }
}

/// Makes a ticket in the memory of a server that is running, beside it.
///
/// # Errors
/// [`Error::Store`].
pub fn create_login_ticket(folder: &std::path::Path) -> Result<Token, Error> {
    let now = jiff::Timestamp::now().as_second();
    Ok(store::Store::open(folder)?.new_ticket(now + TICKET_SECONDS)?)
}
