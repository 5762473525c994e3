//! The UI, one source for browser and server.
//!
//! [`routes`] holds every URL on one screen, [`api`] every server function; `pages/` is data and
//! arrangement, `parts/` is look. Every word comes from `locales/`, by [`words`]. Start at [`routes`].
#![recursion_limit = "512"]
#![allow(
    unreachable_pub,
    reason = "#[component] writes a `pub` struct of properties for each component"
)]

#[allow(
    missing_docs,
    reason = "#[server] writes a struct with a field for each argument; the functions are documented"
)]
pub mod api;
mod editor;
pub mod error;
mod live;
mod pages;
mod palette;
mod parts;
mod routes;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
pub mod ssr;
mod theme;
pub mod words;

/// What the build script makes of locales/*.json.
#[allow(
    missing_docs,
    unreachable_pub,
    unused,
    clippy::all,
    clippy::pedantic,
    reason = "written by the build script"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));
}
use generated::i18n;

pub use error::AppError;
pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::shell;

/// Wakes the page in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
