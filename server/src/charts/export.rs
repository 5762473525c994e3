//! `meshspan export`: writes the built-in charts as directories that helm can install.

use super::failure;
use crate::config::Export;
use std::process::ExitCode;

/// Writes the charts and prints one line per chart.
#[expect(
    clippy::print_stdout,
    reason = "the result goes to the person who runs the command"
)]
pub(crate) fn export(options: &Export) -> ExitCode {
    let charts = match catalog::export(&options.folder) {
        Ok(charts) => charts,
        Err(error) => return failure(&wire::error_chain(&error)),
    };
    for chart in charts {
        let folder = chart.folder.display();
        match chart.written {
            0 => println!("{folder}: unchanged"),
            written => println!("{folder}: wrote {written} of {} files", chart.files),
        }
    }
    ExitCode::SUCCESS
}
