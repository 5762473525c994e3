//! The login: a printed link that is valid once, then a session cookie. No log holds the token.

use crate::{address, config};
use anyhow::Result;
use app::BasePath;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use console::{Console, SESSION_SECONDS};

/// The name of the session cookie.
pub(crate) const COOKIE: &str = "meshspan_session";

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
    token: String,
}

/// Exchanges the token of a link for a session and redirects to a URL without the token.
pub(crate) async fn log_in(console: &Console, base: &BasePath, ticket: &Ticket) -> Response {
    match console.log_in(&ticket.token).await {
        Ok(Some(session)) => {
            let cookie = format!(
                "{COOKIE}={}; Path={}; HttpOnly; SameSite=Lax; Max-Age={SESSION_SECONDS}",
                session.reveal(),
                base.cookie_path()
            );
            let overview = Redirect::to(base.cookie_path());
            ([(header::SET_COOKIE, cookie)], overview).into_response()
        }
        Ok(None) => Redirect::to(&base.join("/login?used=1")).into_response(),
        Err(error) => {
            tracing::warn!(%error, "could not log in");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Deletes the session and its cookie.
pub(crate) async fn log_out(
    State((console, base)): State<(Console, BasePath)>,
    headers: HeaderMap,
) -> Response {
    if let Some(session) = session_token(&headers)
        && let Err(error) = console.log_out(&session).await
    {
        tracing::warn!(%error, "could not log out");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let cookie = format!(
        "{COOKIE}=; Path={}; HttpOnly; SameSite=Lax; Max-Age=0",
        base.cookie_path()
    );
    ([(header::SET_COOKIE, cookie)], StatusCode::NO_CONTENT).into_response()
}

/// The session token in the cookie of a request.
pub(crate) fn session_token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}
