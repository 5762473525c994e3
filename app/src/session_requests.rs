//! The requests that begin and end the session of the browser: the server answers them with its cookie.

use crate::{editor::mirror, urls};
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Headers, RequestInit, Response};

/// The status of a logout that is not written to the database yet.
const ENDED_UNSAVED: u16 = 202;

/// Why a login failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginError {
    /// The text has no token of a login link.
    NoToken,
    /// The link was used, has expired, or is unknown.
    Refused,
    /// The console does not answer.
    Offline,
}

/// Logs in with a login link, or with its token.
pub(crate) async fn log_in(link: &str) -> Result<(), LoginError> {
    let token = token(link).ok_or(LoginError::NoToken)?;
    let body = format!("{{\"token\":\"{token}\"}}");
    match post(urls::LOGIN, &body).await {
        Ok(204) => Ok(()),
        Ok(401) => Err(LoginError::Refused),
        Ok(_) | Err(_) => Err(LoginError::Offline),
    }
}

/// Ends the session, and opens the login page.
pub(crate) async fn log_out() -> Result<(), JsValue> {
    let to = match post(urls::LOGOUT, "{}").await? {
        ENDED_UNSAVED => urls::LOGIN_UNSAVED,
        _ => urls::LOGIN,
    };
    mirror::remove_all();
    window().location().set_href(&urls::absolute(to))
}

/// Sends JSON, and returns the status of the response.
async fn post(path: &str, body: &str) -> Result<u16, JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    init.set_headers(&headers);
    init.set_body(&body.into());
    let request = window().fetch_with_str_and_init(&urls::absolute(path), &init);
    let response = wasm_bindgen_futures::JsFuture::from(request).await?;
    let response: Response = response.dyn_into()?;
    Ok(response.status())
}

/// The token of a login link, or of the text itself.
fn token(text: &str) -> Option<&str> {
    let text = text.trim();
    let token = match text.split_once("token=") {
        Some((_, rest)) => rest.split(['&', '#']).next().unwrap_or_default(),
        None => text,
    };
    let is_token = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_token.then_some(token)
}

#[cfg(test)]
mod tests {
    use super::token;

    #[test]
    fn the_token_is_read_from_a_link_and_alone() {
        for text in [
            "abc123",
            " abc123\n",
            "http://x.localhost:3000/login?token=abc123",
            "http://x.localhost:3000/console/login?token=abc123&next=/jobs#x",
        ] {
            assert_eq!(token(text), Some("abc123"), "{text}");
        }
        for text in [
            "",
            "http://x.localhost:3000/login",
            "abc\"}",
            "meshspan login-link",
        ] {
            assert_eq!(token(text), None, "{text}");
        }
    }
}
