//! The command that prints a login link, with the data directory of this console.
//!
//! Behind a public URL everybody can open the login page, and the path of the directory is nothing for them: there
//! only a page with a session names it.

use leptos::prelude::*;

/// The name of the `<meta>` element that holds the command.
#[cfg(feature = "ssr")]
pub(crate) const META_NAME: &str = "login-command";

/// The command, and who may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginCommand {
    /// The command with the data directory.
    pub exact: String,
    /// Whether the login page is open to others than the users of this machine.
    pub is_public: bool,
}

/// The command for those who may not see the data directory.
#[cfg(feature = "ssr")]
const GENERAL: &str = "meshspan login-link";

/// The command on the page that is made.
#[cfg(feature = "ssr")]
pub(crate) fn login_command() -> String {
    let parts = use_context::<http::request::Parts>();
    let has_session =
        parts.is_some_and(|parts| parts.extensions.get::<console::Caller>().is_some());
    use_context::<LoginCommand>()
        .filter(|command| has_session || !command.is_public)
        .map_or_else(|| GENERAL.to_owned(), |command| command.exact)
}

/// The command on the page.
#[cfg(not(feature = "ssr"))]
pub(crate) fn login_command() -> String {
    let element = document()
        .query_selector("meta[name='login-command']")
        .ok()
        .flatten();
    let content = element.and_then(|element| element.get_attribute("content"));
    content.unwrap_or_default()
}
