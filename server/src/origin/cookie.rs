//! The session cookie: its name, its attributes, and its value in a request.

use app::urls::next_page;
use axum::http::{HeaderMap, header};
use console::{SESSION_SECONDS, TICKET_SECONDS};
use std::sync::Arc;

/// The name of the cookie with the page to open after the login. What it holds is no secret, and is checked
/// when it is read.
const NEXT: &str = "meshspan_next";

/// The session cookie of one origin. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct SessionCookie {
    name: &'static str,
    attributes: Arc<str>,
}

impl SessionCookie {
    /// The cookie over HTTPS. The prefix makes browsers refuse it from other hosts, over HTTP, and with
    /// another path than `/`.
    pub(crate) fn secure() -> Self {
        Self {
            name: "__Host-meshspan_session",
            attributes: "Path=/; Secure; HttpOnly; SameSite=Lax".into(),
        }
    }

    /// The cookie over HTTP, valid below `path`.
    pub(crate) fn plain(path: &str) -> Self {
        Self {
            name: "meshspan_session",
            attributes: format!("Path={path}; HttpOnly; SameSite=Lax").into(),
        }
    }

    /// The value of `Set-Cookie` for a new session.
    pub(crate) fn set(&self, token: &str) -> String {
        let Self { name, attributes } = self;
        format!("{name}={token}; {attributes}; Max-Age={SESSION_SECONDS}")
    }

    /// The value of `Set-Cookie` that deletes the cookie.
    pub(crate) fn clear(&self) -> String {
        let Self { name, attributes } = self;
        format!("{name}=; {attributes}; Max-Age=0")
    }

    /// The session token in a request; none in a cookie of another name.
    pub(crate) fn token<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        value(headers, self.name)
    }

    /// The value of `Set-Cookie` that keeps the page to open after the login, with its path below the console.
    pub(crate) fn set_next(&self, page: &str) -> String {
        let attributes = &self.attributes;
        format!("{NEXT}={page}; {attributes}; Max-Age={TICKET_SECONDS}")
    }

    /// The value of `Set-Cookie` that forgets the page.
    pub(crate) fn clear_next(&self) -> String {
        format!("{NEXT}=; {}; Max-Age=0", self.attributes)
    }

    /// The page that a browser asked for before its login: one of this console.
    pub(crate) fn next(headers: &HeaderMap) -> Option<&str> {
        value(headers, NEXT).and_then(next_page)
    }
}

/// The value of a cookie in a request.
fn value<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().expect("a value"));
        headers
    }

    #[test]
    fn the_plain_and_the_secure_cookie_are_never_both_accepted() {
        let (plain, secure) = (SessionCookie::plain("/console"), SessionCookie::secure());
        let both = headers("meshspan_session=plain; __Host-meshspan_session=secure");
        assert_eq!(plain.token(&both), Some("plain"));
        assert_eq!(secure.token(&both), Some("secure"));
        assert_eq!(secure.token(&headers("meshspan_session=plain")), None);
        assert_eq!(
            plain.token(&headers("__Host-meshspan_session=secure")),
            None
        );
    }

    #[test]
    fn a_secure_cookie_has_the_attributes_that_its_prefix_requires() {
        let set = SessionCookie::secure().set("token");
        assert_eq!(
            set,
            "__Host-meshspan_session=token; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=43200"
        );
        assert!(SessionCookie::secure().clear().ends_with("; Max-Age=0"));
        assert!(!SessionCookie::plain("/").set("token").contains("Secure"));
    }
}
