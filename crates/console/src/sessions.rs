//! Logging in and out: a ticket is valid once, a session for half a day.

use crate::{Caller, Console, Error, Role};
use store::Token;
use wire::session::SessionView;

/// How long a login link is valid.
pub const TICKET_SECONDS: i64 = 600;
/// How long a session lasts.
pub const SESSION_SECONDS: i64 = 12 * 3600;

impl Console {
    /// Creates a ticket for a login link.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn ticket(&self) -> Result<Token, Error> {
        let ends = self.now().as_second() + TICKET_SECONDS;
        self.with_store(move |store| store.new_ticket(ends)).await
    }

    /// Exchanges a valid ticket for a session; none when it was used or has expired.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn log_in(&self, ticket: &str) -> Result<Option<Token>, Error> {
        let (ticket, now) = (ticket.to_owned(), self.now().as_second());
        self.with_store(move |store| {
            if !store.use_ticket(&ticket, now)? {
                return Ok(None);
            }
            let session = store.new_session("operator", now + SESSION_SECONDS)?;
            Ok(Some(session))
        })
        .await
    }

    /// The caller of a valid session.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn caller(&self, session: &str) -> Result<Option<Caller>, Error> {
        let (session, now) = (session.to_owned(), self.now().as_second());
        let found = self
            .with_store(move |store| store.session(&session, now))
            .await?;
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
    pub async fn log_out(&self, session: &str) -> Result<(), Error> {
        let (session, now) = (session.to_owned(), self.now().as_second());
        self.with_store(move |store| store.end_session(&session, now))
            .await
    }

    /// The view of the session.
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

/// Creates a ticket in the database of a running server.
///
/// # Errors
/// [`Error::Store`].
pub fn create_login_ticket(folder: &std::path::Path, now: jiff::Timestamp) -> Result<Token, Error> {
    let now = now.as_second();
    Ok(store::Store::open(folder)?.new_ticket(now + TICKET_SECONDS)?)
}
