//! The commands about charts: they need neither a server nor a cluster.
//!
//! `template` prints what `helm template` prints and fails as it fails; `lint` says what is wrong with a
//! chart; `export` writes the built-in ones. The first two read a folder, an archive, or a chart of the catalog. Start at [`template`](template()).

mod export;
mod folder;
mod values;
mod lint;
mod locate;
mod template;

pub(crate) use export::{Export, export};
pub(crate) use lint::{Lint, lint};
pub(crate) use template::{Template, template};

use std::process::ExitCode;

/// Tells on standard error why a command ended, and gives its exit status.
fn failed(text: &str) -> ExitCode {
    eprintln!("Error: {text}");
    ExitCode::FAILURE
}
