//! The user interface: one source for the browser and the server.
//!
//! [`urls`] lists every path, `routes` maps the paths to pages, [`api`] holds every server function. `pages/`
//! has data and arrangement, `parts/` the look; every text comes from `locales/` by [`words`]. Start at
//! [`urls::Page`] and [`App`].
#![recursion_limit = "512"]
#![allow(
    unreachable_pub,
    reason = "#[component] writes a `pub` struct of properties for each component"
)]

// Server and browser must agree on it, or a page does not hydrate.
#[cfg(not(erase_components))]
compile_error!(
    "compile with `--cfg erase_components`: .cargo/config.toml sets it, and a RUSTFLAGS variable replaces that setting"
);

mod account;
#[allow(
    missing_docs,
    reason = "#[server] writes a struct with a field for each argument; the functions are documented"
)]
pub mod api;
mod base_path;
mod clock;
mod cookie;
mod current;
mod editor;
pub mod error;
#[cfg(feature = "ssr")]
mod error_page;
mod expired;
mod help;
mod list_query;
mod live;
mod login_command;
mod login_form;
mod named;
mod page_cluster;
mod pages;
mod palette;
mod parts;
mod routes;
mod session_requests;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
pub mod ssr;
mod theme;
pub mod urls;
pub mod words;
mod zone;

/// The module that the build script generates from locales/*.json.
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

pub use base_path::{BasePath, InvalidBasePath};
pub use error::AppError;
#[cfg(feature = "ssr")]
pub use error_page::error_page;
pub use login_command::LoginCommand;
pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::shell;

/// Hydrates the page in the browser.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let base = BasePath::current();
    if !base.is_root() {
        // Server functions are requested below the base path; the URL lives as long as the page.
        leptos::server_fn::client::set_server_url(Box::leak(base.join("").into_boxed_str()));
    }
    leptos::mount::hydrate_body(App);
}
