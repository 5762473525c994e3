//! Builds the browser side: app with `hydrate` for wasm32, then wasm-bindgen.

use crate::{Outcome, cache, run_program, tools};
use std::{fs, path::Path, process::Command};

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds the wasm and its loader into `site/pkg`, unless nothing changed since.
pub(crate) fn build(release: bool) -> Outcome {
    tools::wasm_target()?;
    let profile = if release { "wasm-release" } else { "wasm-dev" };
    let folder = cache::target().join("front");
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(cache::root())
        .args([
            "build",
            "--locked",
            "-p",
            "app",
            "--lib",
            "--features",
            "hydrate",
        ])
        .args(["--target", TARGET, "--profile", profile])
        .arg("--target-dir")
        .arg(&folder);
    run_program::run("compiling the browser side", &mut cargo)?;
    let input = folder.join(TARGET).join(profile).join("app.wasm");
    let pkg = cache::site().join("pkg");
    let output = pkg.join("meshspan.wasm");
    let stamp = pkg.join(".built-from");
    let mark = format!("{profile} {:?}", fs::metadata(&input)?.modified()?);
    if output.is_file() && fs::read_to_string(&stamp).is_ok_and(|old| old == mark) {
        return Ok(());
    }
    bind(&input, &pkg, release)?;
    fs::rename(pkg.join("meshspan_bg.wasm"), output)?;
    fs::write(stamp, mark)?;
    Ok(())
}

fn bind(input: &Path, pkg: &Path, release: bool) -> Outcome {
    eprintln!("xtask: wasm-bindgen …");
    fs::create_dir_all(pkg)?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(input)
        .out_name("meshspan")
        .web(true)?
        .typescript(false)
        .debug(!release)
        .keep_debug(false)
        .remove_name_section(release)
        .generate(pkg)?;
    Ok(())
}
