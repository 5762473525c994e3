//! The login: a printed link that is valid once, then a session cookie. No log holds the token.

use crate::{address, client, config, origin::SessionCookie};
use anyhow::Result;
use app::BasePath;
use axum::{
    Extension, extract,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use console::{Caller, Console};
use std::{net::SocketAddr, time::Duration};
use wire::{Secret, session::SessionEnd};

/// How long the response to a failed login is delayed.
const FAILED_LOGIN_DELAY: Duration = Duration::from_millis(500);

/// What logging in and out needs.
#[derive(Clone)]
pub(crate) struct State {
    /// The console, which holds the sessions.
    pub(crate) console: Console,
    /// The path below which the console is served.
    pub(crate) base: BasePath,
    /// The session cookie.
    pub(crate) cookie: SessionCookie,
}

/// The token of the session of a request, which the guard read from its cookie.
#[derive(Clone)]
pub(crate) struct SessionToken(Secret<String>);

impl SessionToken {
    /// The token of a cookie.
    pub(crate) fn new(token: &str) -> Self {
        Self(Secret::new(token.to_owned()))
    }

    /// The secret; callers keep it out of logs.
    pub(crate) fn reveal(&self) -> &str {
        self.0.reveal()
    }
}

/// A login link below the URL of the server, valid once, for ten minutes.
pub(crate) async fn link(console: &Console, url: &str) -> Result<String> {
    let ticket = console.ticket().await?;
    Ok(format!("{url}/login?token={}", ticket.reveal()))
}

/// `meshspan login-link`.
#[expect(clippy::print_stdout, reason = "the link is what the command is for")]
pub(crate) fn print_link(options: &config::LoginLink) -> Result<()> {
    let folder = config::data_dir(options.data_dir.as_ref());
    let url = address::read(&folder)?;
    let token = console::create_login_ticket(&folder, jiff::Timestamp::now())?;
    println!("{url}/login?token={}", token.reveal());
    Ok(())
}

/// The query of a login link.
#[derive(serde::Deserialize)]
pub(crate) struct Ticket {
    token: Secret<String>,
}

/// Exchanges the token of a link for a session and redirects to a URL without the token.
pub(crate) async fn log_in(
    state: &State,
    ticket: &Ticket,
    headers: &HeaderMap,
    peer: SocketAddr,
) -> Response {
    let State {
        console,
        base,
        cookie,
    } = state;
    let client = client::describe(headers, peer.ip());
    match console.log_in(ticket.token.reveal(), &client).await {
        Ok(Some(session)) => {
            let overview = Redirect::to(base.cookie_path());
            (
                [(header::SET_COOKIE, cookie.set(session.reveal()))],
                overview,
            )
                .into_response()
        }
        Ok(None) => {
            tracing::warn!(
                client,
                "a login failed: the link was used, has expired, or is unknown"
            );
            tokio::time::sleep(FAILED_LOGIN_DELAY).await;
            Redirect::to(&base.join("/login?used=1")).into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "could not log in");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Deletes the session and its cookie.
pub(crate) async fn log_out(
    extract::State(state): extract::State<State>,
    Extension(caller): Extension<Caller>,
) -> Response {
    let status = match state.console.log_out(&caller).await {
        Ok(SessionEnd::Saved) => StatusCode::NO_CONTENT,
        // The page says what that means.
        Ok(SessionEnd::Unsaved) => StatusCode::ACCEPTED,
        Err(error) => {
            tracing::warn!(%error, "could not log out");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let cookie = state.cookie.clear();
    ([(header::SET_COOKIE, cookie)], status).into_response()
}
