//! The chart commands, which need neither a server nor a cluster.
//!
//! `template` prints the output of `helm template` and fails with the same errors; `lint` reports
//! problems of a chart; `export` writes the built-in charts. `template` and `lint` read a directory, an
//! archive or a chart of the catalog. Start at [`template`](template()).

mod export;
mod folder;
mod lint;
mod locate;
mod template;
mod values;

pub(crate) use export::export;
pub(crate) use lint::lint;
pub(crate) use template::template;

use std::process::ExitCode;

/// Prints an error to standard error and returns the exit status of a failed command.
fn failure(message: &str) -> ExitCode {
    eprintln!("Error: {message}");
    ExitCode::FAILURE
}
