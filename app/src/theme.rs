//! The theme, light or dark: that of the system, until the operator chooses one. The choice is a cookie that
//! the server reads, so that the first paint has the right colours.

use crate::cookie;
use leptos::prelude::*;

/// The cookie's name.
const COOKIE: &str = "meshspan_theme";

/// The theme of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Theme {
    Light,
    Dark,
}

impl Theme {
    /// The theme that the operator has chosen; none follows the system.
    #[cfg(feature = "ssr")]
    pub(crate) fn chosen() -> Option<Self> {
        let values = cookie::values(COOKIE);
        values.iter().find_map(|value| Self::parse(value))
    }

    /// The theme that the operator has chosen; none follows the system.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn chosen() -> Option<Self> {
        let root = document().document_element();
        let theme = root.and_then(|root| root.get_attribute("data-theme"));
        Self::parse(&theme?)
    }

    /// The theme that a page has now, in the browser.
    pub(crate) fn shown() -> Self {
        Self::chosen().unwrap_or_else(|| {
            let query = window().match_media("(prefers-color-scheme: dark)");
            let is_dark = query.ok().flatten().is_some_and(|query| query.matches());
            if is_dark { Self::Dark } else { Self::Light }
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let themes = [Self::Light, Self::Dark];
        themes.into_iter().find(|theme| theme.as_str() == text)
    }

    /// The value of the cookie and of the attribute `data-theme`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The other theme.
    pub(crate) const fn opposite(self) -> Self {
        match self {
            Self::Light => Self::Dark,
            Self::Dark => Self::Light,
        }
    }

    /// Sets the theme that the operator chooses; none follows the system.
    pub(crate) fn choose(theme: Option<Self>) {
        if let Some(theme) = theme {
            theme.apply();
            return;
        }
        if let Some(root) = document().document_element() {
            let _ = root.remove_attribute("data-theme");
        }
        cookie::write(COOKIE, "", 0);
    }

    /// Sets the theme of the page, and stores it for the next one.
    pub(crate) fn apply(self) {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", self.as_str());
        }
        cookie::write(COOKIE, self.as_str(), cookie::MAX_AGE);
    }
}
