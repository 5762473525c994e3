//! `cargo xtask run`: builds the console and serves it with two sandbox clusters, or beside a mesh lab.

use crate::{Outcome, cache, lab, mesh_lab, profile::Profile, run_program, site};
use std::{path::PathBuf, process::Command};

/// Builds what changed, then becomes the server until Ctrl-C. The build is the fast one of the tests;
/// `--release` gives the optimised one. `--lab` starts the mesh lab, whose clusters are
/// registered in place of sandbox clusters. Other arguments go to `meshspan serve`.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (profile, mut arguments) = Profile::from_arguments(arguments);
    let with_lab = arguments.iter().any(|argument| argument == "--lab");
    arguments.retain(|argument| argument != "--lab");
    let program = build(profile)?;
    if with_lab {
        lab::lab(&["mesh".to_owned(), "up".to_owned()])?;
        arguments.splice(0..0, mesh_lab::serve_arguments()?);
        eprintln!("xtask: the lab stays after the console; cargo xtask lab mesh down ends it");
    } else {
        arguments.insert(0, "--sandbox".to_owned());
    }
    eprintln!("xtask: starting the console; Ctrl-C ends it");
    let mut serve = Command::new(program);
    serve
        .arg("serve")
        .arg("--print-login-link")
        .args(arguments)
        .env("MESHSPAN_SITE", cache::site());
    replace_process(&mut serve)
}

/// Builds browser side and server at the same time, each in a target folder of its own, and gives the
/// server's path.
pub(crate) fn build(profile: Profile) -> Outcome<PathBuf> {
    let browser =
        std::thread::spawn(move || site::build(profile).map_err(|error| error.to_string()));
    let server = server(profile);
    browser
        .join()
        .map_err(|_| "building the browser side panicked")??;
    server
}

/// Where the server of a profile lies once it is built.
pub(crate) fn program(profile: Profile) -> PathBuf {
    let folder = cache::target().join(profile.server_folder());
    folder.join("meshspan")
}

/// Becomes the server, so that it receives Ctrl-C itself and ends cleanly.
#[cfg(unix)]
fn replace_process(serve: &mut Command) -> Outcome {
    use std::os::unix::process::CommandExt as _;
    Err(serve.exec().into())
}

#[cfg(not(unix))]
fn replace_process(serve: &mut Command) -> Outcome {
    let status = serve.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("the server ended with {status}").into())
    }
}

/// Builds the server and gives its path. The whole workspace is selected, so that every crate has the
/// features that the tests use, and none is compiled twice.
pub(crate) fn server(profile: Profile) -> Outcome<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(cache::root())
        .args(["build", "--locked", "--workspace", "--bin", "meshspan"])
        .args(["--profile", profile.server()]);
    run_program::run("compiling the server", &mut cargo)?;
    Ok(program(profile))
}
