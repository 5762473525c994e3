//! Logging in and out: a ticket is valid once, a session for half a day, and less when it is not used.
//!
//! Tickets, logins and the ends of sessions are in the audit log. Failed logins are as well, but only the
//! first ones of each minute, so that no one can fill the log.
//!
//! A session ends in memory first: on a full disk its end is written later.

mod failed_logins;

pub(crate) use failed_logins::FailedLogins;

use crate::{Action, Caller, Console, Error, Role};
use store::{NewSession, SessionId, Store, StoredSession, Token, Validity};
use tokio::sync::watch;
use wire::{
    Time,
    session::{SessionEnd, SessionRole, SessionRow, SessionView, SessionsView},
    visible::visible,
};

/// How long a login link is valid.
pub const TICKET_SECONDS: i64 = 600;
/// How long a session lasts.
pub const SESSION_SECONDS: i64 = 12 * 3600;
/// How exact the last use of a session is stored.
const USE_SECONDS: i64 = 60;
/// The operator of every session.
const OPERATOR: &str = "operator";
/// The maximum length of a client in the audit and in the list of sessions.
const MAX_CLIENT_CHARS: usize = 120;

/// The outcomes in the audit of what happens at once.
const SUCCEEDED: &str = "succeeded";
const FAILED: &str = "failed";

impl Console {
    /// Creates a ticket for a login link that the server prints when it starts.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn ticket(&self) -> Result<Token, Error> {
        let now = self.now().as_second();
        self.with_store(move |store| new_ticket(store, "server", now))
            .await
    }

    /// Exchanges a valid ticket for a session of a client; none when the ticket was used or has expired.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn log_in(&self, ticket: &str, client: &str) -> Result<Option<Token>, Error> {
        let (ticket, now) = (ticket.to_owned(), self.now().as_second());
        let client: String = visible(client).chars().take(MAX_CLIENT_CHARS).collect();
        let failed = self.failed_logins.clone();
        self.with_store(move |store| {
            if !store.use_ticket(&ticket, now)? {
                if let Some(more) = failed.record(now) {
                    let line = store.begin_audit("", "login", &format!("{client}{more}"), now)?;
                    store.end_audit(line, FAILED)?;
                }
                return Ok(None);
            }
            let line = store.begin_audit(OPERATOR, "login", &client, now)?;
            let new = NewSession {
                operator: OPERATOR,
                client: &client,
                ends: now + SESSION_SECONDS,
            };
            let session = store.new_session(&new, now)?;
            store.end_audit(line, SUCCEEDED)?;
            Ok(Some(session))
        })
        .await
    }

    /// The caller of a request with a valid session, which is used by it.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn caller(&self, session: &str) -> Result<Option<Caller>, Error> {
        let (session, valid) = (session.to_owned(), self.validity());
        let found = self
            .with_store(move |store| {
                let found = store.session(&session, valid)?;
                if let Some(session) = &found
                    && valid.now >= session.used + USE_SECONDS
                {
                    // A full disk must not end a session that is used.
                    let _ = store.touch_session(&session.id, valid.now);
                }
                Ok(found)
            })
            .await?;
        Ok(found.map(caller_of))
    }

    /// The caller of an open stream with a valid session, which is not used by it.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn caller_of_stream(&self, session: &str) -> Result<Option<Caller>, Error> {
        let (session, valid) = (session.to_owned(), self.validity());
        let found = self.with_store(move |store| store.session(&session, valid));
        Ok(found.await?.map(caller_of))
    }

    /// A channel that changes when sessions end, so that open streams check theirs.
    pub fn follow_session_ends(&self) -> watch::Receiver<()> {
        self.session_ends.subscribe()
    }

    /// Ends the session of the caller.
    ///
    /// # Errors
    /// [`Error::NotLoggedIn`] or [`Error::NotPermitted`]. A database that cannot be written is no error: the
    /// session has ended until a restart, and its end is written as soon as possible.
    pub async fn log_out(&self, caller: &Caller) -> Result<SessionEnd, Error> {
        let Some(id) = caller.session.clone() else {
            let none = async { Err(Error::NotLoggedIn) };
            return self.permitted(caller, Action::EndSession, none).await;
        };
        let (operator, valid) = (caller.operator.clone(), self.validity());
        let end = move |store: &Store| store.end_session(&operator, &id, valid);
        self.ended(caller, "log out", end, |_| Ok(())).await
    }

    /// Ends sessions, also when the database cannot be written: then the end is written later. `accept`
    /// says whether what was ended is what was asked for.
    async fn ended<T: Send + 'static>(
        &self,
        caller: &Caller,
        target: &str,
        end: impl Fn(&Store) -> Result<T, store::Error> + Clone + Send + 'static,
        accept: impl Fn(T) -> Result<(), Error>,
    ) -> Result<SessionEnd, Error> {
        let work = async { accept(self.with_store(end.clone()).await?) };
        let audited = self.audited(caller, Action::EndSession, target, work).await;
        self.session_ends.send_replace(());
        let Err(Error::Store(error)) = audited else {
            return audited.map(|()| SessionEnd::Saved);
        };
        let chain = wire::error_chain(&error);
        tracing::warn!(chain, "the end of a session is written later");
        let again = self.with_store(end).await;
        self.session_ends.send_replace(());
        self.retry_write(Store::save_ends, || ());
        match again {
            Err(Error::Store(_)) => Ok(SessionEnd::Unsaved),
            ended => accept(ended?).map(|()| SessionEnd::Saved),
        }
    }

    /// The sessions of the caller.
    ///
    /// # Errors
    /// [`Error::Store`] or [`Error::NotPermitted`].
    pub async fn sessions(&self, caller: &Caller) -> Result<SessionsView, Error> {
        self.permitted(caller, Action::Read, async {
            let (operator, valid) = (caller.operator.clone(), self.validity());
            let (stored, unsaved) = self
                .with_store(move |store| {
                    let stored = store.sessions(&operator, valid)?;
                    Ok((stored, store.has_unsaved_ends()))
                })
                .await?;
            let row = |session: StoredSession| row(session, caller, valid.now);
            Ok(SessionsView {
                sessions: stored.into_iter().map(row).collect(),
                idle_timeout: self.setup.idle_timeout.as_secs(),
                unsaved,
            })
        })
        .await
    }

    /// Ends a session of the caller.
    ///
    /// # Errors
    /// [`Error::NoSession`] or [`Error::NotPermitted`]. On a full disk the end is written later.
    pub async fn end_session(&self, caller: &Caller, id: &str) -> Result<(), Error> {
        let (operator, valid) = (caller.operator.clone(), self.validity());
        let session = SessionId::from_request(id);
        let target = format!("session {}", visible(id));
        let end = move |store: &Store| store.end_session(&operator, &session, valid);
        let accept = |ended| {
            if ended {
                Ok(())
            } else {
                Err(Error::NoSession(id.to_owned()))
            }
        };
        self.ended(caller, &target, end, accept).await?;
        Ok(())
    }

    /// Ends all sessions of the caller, this one too, and invalidates all login links.
    ///
    /// # Errors
    /// [`Error::NotPermitted`]. On a full disk the ends are written later.
    pub async fn log_out_everywhere(&self, caller: &Caller) -> Result<SessionEnd, Error> {
        let operator = caller.operator.clone();
        let end = move |store: &Store| store.end_sessions(&operator);
        self.ended(caller, "log out everywhere", end, |_| Ok(()))
            .await
    }

    /// The view of the session.
    pub fn session(&self, caller: &Caller) -> SessionView {
        SessionView {
            operator: caller.operator.clone(),
            role: SessionRole::Operator,
            ends: Time(caller.ends),
            sandbox: self
                .connections
                .all()
                .iter()
                .any(|connection| connection.sandbox),
        }
    }

    fn validity(&self) -> Validity {
        Validity {
            now: self.now().as_second(),
            idle: i64::try_from(self.setup.idle_timeout.as_secs()).unwrap_or(i64::MAX),
        }
    }
}

fn caller_of(session: StoredSession) -> Caller {
    Caller {
        operator: session.operator,
        role: Role::Operator,
        ends: session.ends,
        session: Some(session.id),
    }
}

fn row(session: StoredSession, caller: &Caller, now: i64) -> SessionRow {
    let seconds = |difference: i64| u64::try_from(difference).unwrap_or(0);
    SessionRow {
        current: caller.session.as_ref() == Some(&session.id),
        id: session.id.as_str().to_owned(),
        client: session.client,
        age: seconds(now - session.created),
        unused: seconds(now - session.used),
        ends_in: seconds(session.ends - now),
    }
}

/// Creates a ticket in the database of a running server, for `meshspan login-link`.
///
/// # Errors
/// [`Error::Store`].
pub fn create_login_ticket(folder: &std::path::Path, now: jiff::Timestamp) -> Result<Token, Error> {
    let store = Store::open(folder)?;
    Ok(new_ticket(&store, "command line", now.as_second())?)
}

fn new_ticket(store: &Store, operator: &str, now: i64) -> Result<Token, store::Error> {
    let line = store.begin_audit(operator, "create-login-link", "", now)?;
    let ticket = store.new_ticket(now + TICKET_SECONDS)?;
    store.end_audit(line, SUCCEEDED)?;
    Ok(ticket)
}
