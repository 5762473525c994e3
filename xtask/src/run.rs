//! `cargo xtask run`: builds in release mode, then serves with two sandbox clusters.

use crate::{Outcome, cache, run_program, site};
use std::{path::PathBuf, process::Command};

/// Builds what changed, then becomes the server until Ctrl-C.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    site::build(true)?;
    let program = server(true)?;
    eprintln!("xtask: starting the console; Ctrl-C ends it");
    let mut serve = Command::new(program);
    serve
        .arg("serve")
        .arg("--sandbox")
        .args(arguments)
        .env("MESHSPAN_SITE", cache::site());
    become_it(&mut serve)
}

/// Becomes the server, so that Ctrl-C is its own to hear and it ends cleanly.
#[cfg(unix)]
fn become_it(serve: &mut Command) -> Outcome {
    use std::os::unix::process::CommandExt as _;
    Err(serve.exec().into())
}

#[cfg(not(unix))]
fn become_it(serve: &mut Command) -> Outcome {
    let status = serve.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the server ended with {status}").into())
    }
}

/// Builds the binary and gives its path.
pub(crate) fn server(release: bool) -> Outcome<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(cache::root())
        .args(["build", "--locked", "-p", "server"]);
    if release {
        cargo.arg("--release");
    }
    run_program::run("compiling the server", &mut cargo)?;
    let profile = if release { "release" } else { "debug" };
    Ok(cache::target().join(profile).join("meshspan"))
}
