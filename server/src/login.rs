//! The login: a printed link that is valid once, then a session cookie. No log holds the token.

use crate::{address, config};
use anyhow::Result;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use console::{Console, SESSION_SECONDS};
use std::net::SocketAddr;

/// The name of the session cookie.
pub(crate) const COOKIE: &str = "meshspan_session";

/// A login link that is valid once, for ten minutes.
pub(crate) fn link(console: &Console, address: SocketAddr) -> Result<String> {
    Ok(format!(
        "http://{address}/login?token={}",
        console.ticket()?.reveal()
    ))
}

/// `meshspan login-link`.
#[expect(clippy::print_stdout, reason = "the link is what the command is for")]
pub(crate) fn print_link(options: &config::LoginLink) -> Result<()> {
    let folder = config::data_dir(options.data_dir.as_ref());
    let address = address::read(&folder)?;
    let token = console::create_login_ticket(&folder)?;
    println!("http://{address}/login?token={}", token.reveal());
    Ok(())
}

/// The query of a login link.
#[derive(serde::Deserialize)]
pub(crate) struct Ticket {
    token: String,
}

/// Exchanges the token of a link for a session and redirects to a URL without the token.
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
            tracing::warn!(%error, "could not log in");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Deletes the session and its cookie.
pub(crate) async fn log_out(State(console): State<Console>, headers: HeaderMap) -> Response {
    if let Some(session) = session_token(&headers)
        && let Err(error) = console.log_out(&session)
    {
        tracing::warn!(%error, "could not log out");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let cookie = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
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
