//! The page that is opened after a login: one of this console, and nothing else.
//!
//! The text comes from a URL or a cookie, which others may have written. It is compared with the list of pages,
//! so that it leads to no other host, to no login link and to no request.

use super::{LOGIN, Page, percent_encoded};

/// The maximum length of a path with its query.
const MAX_LENGTH: usize = 2048;

/// The path and query of a page, without the base path; none for every other text.
#[must_use]
pub fn next_page(text: &str) -> Option<&str> {
    let is_written = |byte: u8| byte.is_ascii_alphanumeric() || b"/?&=%-_.~:+@!*".contains(&byte);
    if text.len() > MAX_LENGTH || !text.bytes().all(is_written) {
        return None;
    }
    let path = text.split('?').next().unwrap_or_default();
    let pages = Page::ALL.into_iter().filter(|page| *page != Page::Login);
    let is_page = pages.into_iter().any(|page| is_path_of(page.path(), path));
    is_page.then_some(text)
}

/// The login page that leads to a page afterwards.
#[must_use]
pub fn login_for(page: &str) -> String {
    match next_page(page) {
        Some("/") | None => LOGIN.to_owned(),
        Some(page) => format!("{LOGIN}?next={}", percent_encoded(page)),
    }
}

/// Whether a path has the segments of a route.
fn is_path_of(route: &str, path: &str) -> bool {
    let (route, path) = (route.split('/'), path.split('/'));
    let is_same = |(wanted, segment): (&str, &str)| match wanted.strip_prefix(':') {
        Some(_) => is_name(segment),
        None => wanted == segment,
    };
    route.clone().count() == path.clone().count() && route.zip(path).all(is_same)
}

/// Whether a segment may be the name of an object.
fn is_name(segment: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !matches!(segment, "" | "." | "..") && segment.bytes().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::urls::example;

    #[test]
    fn every_page_but_the_login_is_a_next_page() {
        for page in Page::ALL {
            let path = example(page.path());
            let is_next = next_page(&path) == Some(path.as_str());
            assert_eq!(is_next, page != Page::Login, "{path}");
        }
        let wizard = "/install/built-in/ack-istio?draft=a1b2&step=parameters";
        assert_eq!(next_page(wizard), Some(wizard));
        assert_eq!(
            login_for(wizard),
            "/login?next=%2Finstall%2Fbuilt-in%2Fack-istio%3Fdraft%3Da1b2%26step%3Dparameters"
        );
        assert_eq!(login_for("/"), "/login");
    }

    #[test]
    fn what_is_no_page_of_this_console_is_refused() {
        for text in [
            "",
            "clusters",
            "//evil.example",
            "//evil.example/clusters",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/clusters/..//evil.example",
            "/clusters/..",
            "/clusters/%2e%2e",
            "/clusters/a%2f%2fevil.example",
            "/clusters//",
            "/clusters/",
            "/./clusters",
            "/clusters#@evil.example",
            "/clusters?a=\r\nset-cookie: x=y",
            "/clusters?<script>",
            "/clusters?a=;b",
            "https://evil.example/clusters",
            "https:/clusters",
            "javascript:alert(1)",
            "data:text/html,x",
            "@evil.example",
            ".evil.example",
            "/login",
            "/login?token=attackers",
            "/logout",
            "/api/end_session",
            "/live",
            "/pkg/meshspan.js",
            "/backups/1.yaml",
            "/nothing",
            "/clüsters",
            " /clusters",
        ] {
            assert_eq!(next_page(text), None, "{text:?}");
            assert_eq!(login_for(text), "/login", "{text:?}");
        }
        let long = format!("/clusters?a={}", "x".repeat(MAX_LENGTH));
        assert_eq!(next_page(&long), None);
    }
}
