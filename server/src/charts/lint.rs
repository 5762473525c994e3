//! `meshspan lint`: what is wrong with a chart, with file and line.

use super::{failed, given::Given, located};
use clap::Args;
use std::process::ExitCode;

/// Say what is wrong with a chart, with file and line.
#[derive(Args)]
pub(crate) struct Lint {
    /// The chart: a folder, an archive, or `repository/name`.
    chart: String,
    #[command(flatten)]
    given: Given,
}

/// Looks at a chart and says what it finds.
pub(crate) fn lint(asked: &Lint) -> ExitCode {
    match located::chart(&asked.chart, None) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => failed(&located::words(&error)),
    }
}
