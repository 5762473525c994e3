//! Builds the browser side: app with `hydrate` for wasm32, then wasm-bindgen.

use crate::{Outcome, cache, profile::Profile, run_program, tools};
use std::{fs, path::Path, process::Command};

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds the wasm and its loader into `site/pkg`, unless nothing has changed since.
pub(crate) fn build(profile: Profile) -> Outcome {
    tools::wasm_target()?;
    let cargo_profile = profile.browser();
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
            profile.browser_features(),
        ])
        .args(["--target", TARGET, "--profile", cargo_profile])
        .arg("--target-dir")
        .arg(&folder);
    run_program::run("compiling the browser side", &mut cargo)?;
    let input = folder.join(TARGET).join(cargo_profile).join("app.wasm");
    if !profile.is_dev() {
        guard(&input)?;
    }
    if profile.is_shipped() && contains(&fs::read(&input)?, DESIGN_MARK) {
        return Err(
            format!("the browser side contains {DESIGN_MARK}, the page of components").into(),
        );
    }
    let pkg = cache::site().join("pkg");
    let output = pkg.join("meshspan.wasm");
    let stamp = pkg.join(".built-from");
    let mark = format!(
        "{cargo_profile} {} {:?}",
        profile.browser_features(),
        fs::metadata(&input)?.modified()?
    );
    if output.is_file() && fs::read_to_string(&stamp).is_ok_and(|old| old == mark) {
        return Ok(());
    }
    bind(&input, &pkg, profile)?;
    fs::rename(pkg.join("meshspan_bg.wasm"), output)?;
    fs::write(stamp, mark)?;
    Ok(())
}

/// Crates of which no function may reach the browser, though a dependency names them: see docs/why.md.
const NOT_LINKED: &[&str] = &[
    "regex",
    "regex_automata",
    "regex_syntax",
    "serde_yaml",
    "icu_locale",
];

/// A literal of the page of components, which no release contains.
const DESIGN_MARK: &str = "Last action of a component";

fn contains(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

/// Fails when the linker left a function of [`NOT_LINKED`] in the browser side.
fn guard(input: &Path) -> Outcome {
    let bytes = fs::read(input)?;
    let linked = |name: &&&str| {
        // As rustc mangles a crate's name: its length, the name, then the next part of the path.
        let mangled = format!("{}{name}", name.len());
        let mut places = memchr::memmem::find_iter(&bytes, mangled.as_bytes());
        places.any(|at| {
            let before = at.checked_sub(1).and_then(|at| bytes.get(at));
            let after = bytes.get(at + mangled.len());
            before.is_some_and(|byte| matches!(byte, b'N' | b'_'))
                && after.is_some_and(u8::is_ascii_digit)
        })
    };
    let found: Vec<&str> = NOT_LINKED.iter().filter(linked).copied().collect();
    if found.is_empty() {
        return Ok(());
    }
    Err(format!("the browser side holds code of {}", found.join(", ")).into())
}

fn bind(input: &Path, pkg: &Path, profile: Profile) -> Outcome {
    eprintln!("xtask: wasm-bindgen …");
    fs::create_dir_all(pkg)?;
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(input)
        .out_name("meshspan")
        .web(true)?
        .typescript(false)
        .debug(false)
        .keep_debug(false)
        .remove_name_section(!profile.is_dev())
        .generate(pkg)?;
    Ok(())
}
