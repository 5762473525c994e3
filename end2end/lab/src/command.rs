//! Runs programs of the system that end at once, such as `ip`.

use crate::Error;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Folders with programs for the administrator, which `PATH` of a user may lack.
const SYSTEM_FOLDERS: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// The file of a program, by `PATH` and the folders for the administrator.
#[expect(
    clippy::disallowed_methods,
    reason = "programs are found as a shell finds them"
)]
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let system = SYSTEM_FOLDERS.iter().map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(system)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Runs a program and returns its standard output.
///
/// # Errors
/// [`Error::Start`], or [`Error::Command`] with what it wrote to standard error.
pub(crate) fn read(program: &str, arguments: &[&str]) -> Result<String, Error> {
    run(program, arguments, "")
}

/// Runs a program with this standard input and returns its standard output.
///
/// # Errors
/// [`Error::Start`], or [`Error::Command`] with what it wrote to standard error.
pub(crate) fn run(program: &str, arguments: &[&str], input: &str) -> Result<String, Error> {
    let start = |source| Error::Start {
        program: program.to_owned(),
        source,
    };
    let file = find(program).unwrap_or_else(|| Path::new(program).to_owned());
    let mut child = Command::new(file)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends without reading reports its own error below.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(start)?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Error::Command {
        command: format!("{program} {}", arguments.join(" ")),
        output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}
