//! The login: a printed link that is valid once, then a session cookie. No log holds the token.

use crate::{address, client, config, connections::Connection, origin::SessionCookie, problem};
use anyhow::Result;
use app::BasePath;
use axum::{
    Extension,
    body::Bytes,
    extract,
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use console::{Caller, Console, Token};
use std::{net::SocketAddr, path::Path, time::Duration};
use wire::{Code, Problem, Secret, session::SessionEnd};

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

/// The command that prints a login link of a data directory, for a shell.
pub(crate) fn command(folder: &Path) -> String {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let folder = folder.display().to_string();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
    let folder = if folder.bytes().all(is_plain) {
        folder
    } else {
        format!("'{}'", folder.replace('\'', r"'\''"))
    };
    format!("meshspan login-link --data-dir {folder}")
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
    match session(console, ticket, headers, peer).await {
        Ok(Some(session)) => {
            let page = match SessionCookie::next(headers) {
                Some("/") | None => base.cookie_path().to_owned(),
                Some(page) => base.join(page),
            };
            let cookies = [
                (header::SET_COOKIE, cookie.set(session.reveal())),
                (header::SET_COOKIE, cookie.clear_next()),
            ];
            (AppendHeaders(cookies), Redirect::to(&page)).into_response()
        }
        Ok(None) => Redirect::to(&base.join("/login?used=1")).into_response(),
        Err(status) => status.into_response(),
    }
}

/// Exchanges the token of a link for a session on the page that sends it: the page stays.
pub(crate) async fn log_in_here(
    extract::State(state): extract::State<State>,
    extract::ConnectInfo(Connection { peer, .. }): extract::ConnectInfo<Connection>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(ticket) = serde_json::from_slice(&body) else {
        return problem::response(Problem::new(Code::BadRequest));
    };
    match session(&state.console, &ticket, &headers, peer).await {
        Ok(Some(session)) => {
            let cookie = state.cookie.set(session.reveal());
            ([(header::SET_COOKIE, cookie)], StatusCode::NO_CONTENT).into_response()
        }
        Ok(None) => problem::response(Problem::new(Code::NotLoggedIn)),
        Err(status) => status.into_response(),
    }
}

/// A session for the token of a link; none when the link was used, has expired, or is unknown.
async fn session(
    console: &Console,
    ticket: &Ticket,
    headers: &HeaderMap,
    peer: SocketAddr,
) -> Result<Option<Token>, StatusCode> {
    let client = client::describe(headers, peer.ip());
    let session = console.log_in(ticket.token.reveal(), &client).await;
    let session = session.map_err(|error| {
        tracing::warn!(%error, "could not log in");
        StatusCode::INTERNAL_SERVER_ERROR
    })?;
    if session.is_none() {
        tracing::warn!(
            client,
            "a login failed: the link was used, has expired, or is unknown"
        );
        tokio::time::sleep(FAILED_LOGIN_DELAY).await;
    }
    Ok(session)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_names_the_data_directory_as_a_shell_reads_it() {
        let shown = |folder: &str| command(Path::new(folder));
        assert_eq!(
            shown("/var/lib/meshspan"),
            "meshspan login-link --data-dir /var/lib/meshspan"
        );
        assert_eq!(
            shown("/home/ann's data"),
            r"meshspan login-link --data-dir '/home/ann'\''s data'"
        );
        assert!(shown("data").starts_with("meshspan login-link --data-dir /"));
    }
}
