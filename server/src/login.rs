//! Logging in: a printed link that is good once, then a cookie. The link's token is in no log.

use crate::{address, config};
use anyhow::Result;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use console::{Console, SESSION_SECONDS};
use std::net::SocketAddr;

/// The session's cookie.
pub(crate) const COOKIE: &str = "meshspan_session";

/// A link that logs in once, within ten minutes.
pub(crate) fn link(console: &Console, at: SocketAddr) -> Result<String> {
    Ok(format!(
        "http://{at}/login?token={}",
        console.ticket()?.reveal()
    ))
}

/// `meshspan login-link`.
#[expect(clippy::print_stdout, reason = "the link is what the command is for")]
pub(crate) fn print_link(arguments: &config::LoginLink) -> Result<()> {
    let folder = config::data_dir(arguments.data_dir.as_ref());
    let at = address::read(&folder)?;
    let token = console::create_login_ticket(&folder)?;
    println!("http://{at}/login?token={}", token.reveal());
    Ok(())
}

/// The query of a login link.
#[derive(serde::Deserialize)]
pub(crate) struct Ticket {
    token: String,
}

/// Turns a link's token into a session, and leads away from the token.
pub(crate) async fn log_in(
    State(console): State<Console>,
    Query(ticket): Query<Ticket>,
) -> Response {
    match console.log_in(&ticket.token) {
        Ok(Some(session)) => {
            let cookie = format!(
                "{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={SESSION_SECONDS}",
                session.reveal()
            );
            ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
        }
        Ok(None) => Redirect::to("/login?used=1").into_response(),
        Err(error) => {
            tracing::warn!(%error, "a login failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Ends the session and its cookie.
pub(crate) async fn log_out(State(console): State<Console>, headers: HeaderMap) -> Response {
    if let Some(session) = session_of(&headers)
        && let Err(error) = console.log_out(&session)
    {
        tracing::warn!(%error, "a logout failed");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let cookie = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    ([(header::SET_COOKIE, cookie)], StatusCode::NO_CONTENT).into_response()
}

/// The session that a request carries in its cookie.
pub(crate) fn session_of(headers: &HeaderMap) -> Option<String> {
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
