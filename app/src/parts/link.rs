//! A link to a page of the console.

use crate::urls;
use leptos::prelude::*;
use leptos_router::components::A;

/// A link to a page of the console, followed without loading the document again. The router adds the base
/// path to navigation and not to links, so it is added here.
#[component]
pub(crate) fn Link(
    /// The path of the page, as the functions of [`urls`] give it.
    #[prop(into)]
    href: String,
    /// Whether the link is marked as current on this page alone, and not on the pages below it.
    #[prop(optional)]
    exact: bool,
    /// Whether the page stays where it is scrolled to.
    #[prop(optional)]
    keep_scroll: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <A href=urls::absolute(&href) exact=exact scroll=!keep_scroll>
            {children()}
        </A>
    }
}
