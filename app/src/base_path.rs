//! The path below which the console is served: empty at the root of a host, otherwise like `/console`.
//!
//! The server puts a [`BasePath`] into the context of each request; the browser reads it from the page. The
//! router adds it to its links; [`BasePath::join`] adds it to every URL that does not pass the router.

use std::fmt;

/// The name of the `<meta>` element that holds the base path.
pub(crate) const META_NAME: &str = "base-path";

/// The path below which the console is served, without a trailing slash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

/// A text that is not a base path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidBasePath(String);

impl fmt::Display for InvalidBasePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{:?} is not a base path: it starts with a slash and has segments of letters, digits, '-', '_' and '.'",
            self.0
        )
    }
}

impl std::error::Error for InvalidBasePath {}

impl BasePath {
    /// The base path of a text; `/` and the empty text are the root.
    ///
    /// # Errors
    /// [`InvalidBasePath`] when the text does not start with a slash, or when a segment is empty, `.` or `..`,
    /// or has other characters than letters, digits, `-`, `_` and `.`.
    pub fn new(text: &str) -> Result<Self, InvalidBasePath> {
        let path = text.strip_suffix('/').unwrap_or(text);
        if path.is_empty() {
            return Ok(Self::default());
        }
        let is_valid = |segment: &str| {
            !matches!(segment, "" | "." | "..")
                && segment
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let segments = path.strip_prefix('/');
        if segments.is_some_and(|segments| segments.split('/').all(is_valid)) {
            Ok(Self(path.to_owned()))
        } else {
            Err(InvalidBasePath(text.to_owned()))
        }
    }

    /// The path: empty at the root.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the console is served at the root of its host.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The URL of a path of the console, which starts with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The `Path` attribute of the console's cookies.
    #[must_use]
    pub fn cookie_path(&self) -> &str {
        if self.is_root() { "/" } else { &self.0 }
    }

    /// The base path of the request.
    #[cfg(feature = "ssr")]
    pub(crate) fn current() -> Self {
        leptos::prelude::use_context().unwrap_or_default()
    }

    /// The base path of the page.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn current() -> Self {
        let selector = format!("meta[name='{META_NAME}']");
        let element = leptos::prelude::document()
            .query_selector(&selector)
            .ok()
            .flatten();
        let content = element.and_then(|element| element.get_attribute("content"));
        Self::new(&content.unwrap_or_default()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trailing_slash_is_removed_and_the_root_is_empty() {
        for (text, path, cookie_path) in [
            ("", "", "/"),
            ("/", "", "/"),
            ("/console", "/console", "/console"),
            ("/tools/meshspan/", "/tools/meshspan", "/tools/meshspan"),
        ] {
            let base = BasePath::new(text).expect("a base path");
            assert_eq!(base.as_str(), path);
            assert_eq!(base.cookie_path(), cookie_path);
            assert_eq!(base.join("/jobs"), format!("{path}/jobs"));
        }
    }

    #[test]
    fn a_base_path_that_is_relative_or_has_special_characters_is_rejected() {
        for text in [
            "console", "//host", "/a//b", "/..", "/a?b", "/a b", "/a\"b", "/%2e",
        ] {
            assert!(BasePath::new(text).is_err(), "{text}");
        }
    }
}
