//! `meshspan export`: the built-in charts as folders, for helm.

use super::failed;
use clap::Args;
use std::{path::PathBuf, process::ExitCode};

/// Write the built-in charts as folders, DIR/built-in/NAME. Nothing of somebody else is overwritten.
#[derive(Args)]
pub(crate) struct Export {
    /// Where to.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes them and says what was written.
#[expect(
    clippy::print_stdout,
    reason = "the answer is for the person who asked"
)]
pub(crate) fn export(asked: &Export) -> ExitCode {
    let exported = match catalog::export(&asked.folder) {
        Ok(exported) => exported,
        Err(error) => return failed(&format!("{:#}", anyhow::Error::from(error))),
    };
    for one in exported {
        let folder = one.folder.display();
        match one.written {
            0 => println!("{folder}: there already, the same"),
            written => println!("{folder}: {written} of {} files written", one.files),
        }
    }
    ExitCode::SUCCESS
}
