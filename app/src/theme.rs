//! The theme, light or dark: a cookie that the server reads, so that the first paint has the right colours.

use crate::base_path::BasePath;
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
    /// The theme of the request: light unless its cookie says dark.
    #[cfg(feature = "ssr")]
    pub(crate) fn current() -> Self {
        let dark = format!("{COOKIE}={}", Self::Dark.as_str());
        let cookies = crate::ssr::cookies();
        if cookies.split(';').any(|pair| pair.trim() == dark) {
            Self::Dark
        } else {
            Self::Light
        }
    }

    /// The theme of the page.
    #[cfg(not(feature = "ssr"))]
    pub(crate) fn current() -> Self {
        let root = document().document_element();
        let theme = root.and_then(|root| root.get_attribute("data-theme"));
        if theme.as_deref() == Some(Self::Dark.as_str()) {
            Self::Dark
        } else {
            Self::Light
        }
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

    /// Sets the theme of the page, and stores it for the next one.
    pub(crate) fn apply(self) {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-theme", self.as_str());
        }
        let path = BasePath::current();
        let cookie = format!(
            "{COOKIE}={}; Path={}; Max-Age=31536000; SameSite=Lax",
            self.as_str(),
            path.cookie_path()
        );
        // The typed binding of `document.cookie` is on another interface.
        let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
    }
}
