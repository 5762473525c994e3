//! Builds programs from Go modules into the user's cache, each once.
//!
//! The modules and their checksums are in `programs/` beside this crate. Start at [`provide`].
#![expect(
    clippy::disallowed_methods,
    reason = "a test is configured by its environment only"
)]

use crate::Error;
use std::{
    env, fs,
    fs::File,
    path::{Path, PathBuf},
    process::Command,
};

/// The minimum version of Go that builds the programs.
pub(crate) const MIN_GO: (u32, u32) = (1, 26);

/// A program of a Go module.
#[derive(Clone, Debug)]
pub(crate) struct GoProgram {
    /// The name of the file.
    pub(crate) name: &'static str,
    /// The package of its `main` function.
    pub(crate) package: &'static str,
    /// The folder of the module below `programs/`; empty for `programs/` itself.
    pub(crate) module: &'static str,
    /// Build tags, separated by commas.
    pub(crate) tags: &'static str,
    /// Flags for the linker, such as `-X` with the version.
    pub(crate) linker_flags: String,
}

/// `$XDG_CACHE_HOME/meshspan` or `~/.cache/meshspan`.
pub(crate) fn cache() -> PathBuf {
    env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .unwrap_or_else(env::temp_dir)
        .join("meshspan")
}

/// Whether `folder` has all of the programs.
pub(crate) fn are_built(folder: &Path, programs: &[GoProgram]) -> bool {
    let mut names = programs.iter().map(|program| program.name);
    names.all(|name| folder.join(name).is_file())
}

/// Builds the programs that `folder` does not have yet; progress goes to standard error. Each program is
/// built in a separate folder and moved when it is finished, so that no incomplete program is ever found.
///
/// # Errors
/// [`Error::Missing`] without a Go toolchain, [`Error::Build`] and [`Error::Write`] when a build fails.
pub(crate) fn provide(folder: &Path, programs: &[GoProgram], title: &str) -> Result<(), Error> {
    if are_built(folder, programs) {
        return Ok(());
    }
    if !is_installed() {
        return Err(missing(folder, programs));
    }
    let parent = folder.parent().unwrap_or(folder);
    create(parent)?;
    // When two test binaries need the programs at the same time, the second waits for the first.
    let lock = parent.join("lock");
    let lock_file = File::create(&lock).map_err(|source| write(&lock, source))?;
    lock_file.lock().map_err(|source| write(&lock, source))?;
    if are_built(folder, programs) {
        return Ok(());
    }
    let building = folder.with_added_extension("building");
    create(&building)?;
    create(folder)?;
    eprintln!("lab: building {title}");
    for program in programs {
        let target = folder.join(program.name);
        if target.is_file() {
            continue;
        }
        eprintln!("lab: building {} …", program.name);
        let built = building.join(program.name);
        build(program, &built)?;
        fs::rename(&built, &target).map_err(|source| write(&target, source))?;
    }
    let _ = fs::remove_dir(&building);
    eprintln!("lab: stored in {}", folder.display());
    Ok(())
}

/// The folder of a Go module that is a dependency of the module in `programs/<module>`.
///
/// # Errors
/// [`Error::Build`] when Go does not find it.
pub(crate) fn module_folder(module: &'static str, dependency: &str) -> Result<PathBuf, Error> {
    let output = go(module)
        .args(["list", "-m", "-f", "{{.Dir}}", dependency])
        .output()
        .map_err(start)?;
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && !folder.is_empty() {
        return Ok(PathBuf::from(folder));
    }
    Err(Error::Build {
        program: dependency.to_owned(),
        output: last_lines(&String::from_utf8_lossy(&output.stderr), 12),
    })
}

fn build(program: &GoProgram, target: &Path) -> Result<(), Error> {
    let output = go(program.module)
        .args(["build", "-mod=readonly", "-trimpath"])
        .args(["-tags", program.tags])
        .args(["-ldflags", &format!("-s -w {}", program.linker_flags)])
        .arg("-o")
        .arg(target)
        .arg(program.package)
        .output()
        .map_err(start)?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Build {
        program: program.name.to_owned(),
        output: last_lines(&String::from_utf8_lossy(&output.stderr), 12),
    })
}

fn go(module: &str) -> Command {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs");
    let mut go = Command::new("go");
    go.current_dir(programs.join(module))
        .env("CGO_ENABLED", "0");
    go
}

fn missing(folder: &Path, programs: &[GoProgram]) -> Error {
    let names: Vec<&str> = programs.iter().map(|program| program.name).collect();
    let (major, minor) = MIN_GO;
    let reason = format!(
        "{} are not in {}, and Go {major}.{minor} or newer is not installed to build them",
        names.join(", "),
        folder.display()
    );
    Error::Missing { reason }
}

fn create(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|source| write(folder, source))
}

fn write(path: &Path, source: std::io::Error) -> Error {
    Error::Write {
        path: path.to_owned(),
        source,
    }
}

fn start(source: std::io::Error) -> Error {
    Error::Start {
        program: "go".into(),
        source,
    }
}

/// Whether Go is installed and new enough to build the programs.
pub(crate) fn is_installed() -> bool {
    let output = Command::new("go").arg("version").output();
    output.is_ok_and(|output| {
        let version = go_version(&String::from_utf8_lossy(&output.stdout));
        version.is_some_and(|version| version >= MIN_GO)
    })
}

/// The version in a text such as `go version go1.26.8 linux/amd64`.
fn go_version(text: &str) -> Option<(u32, u32)> {
    let word = text.split_whitespace().find_map(|word| {
        let digits = word.strip_prefix("go")?;
        digits
            .starts_with(|first: char| first.is_ascii_digit())
            .then_some(digits)
    })?;
    let digits = |part: &str| -> Option<u32> {
        let end = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        part.get(..end)?.parse().ok()
    };
    let mut parts = word.split('.');
    Some((digits(parts.next()?)?, digits(parts.next()?)?))
}

/// The last lines of a log, at most `max`.
pub(crate) fn last_lines(text: &str, max: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .get(lines.len().saturating_sub(max)..)
        .unwrap_or_default()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_go_is_parsed() {
        assert_eq!(go_version("go version go1.26.8 linux/amd64"), Some((1, 26)));
        assert_eq!(
            go_version("go version go1.27rc1 linux/amd64"),
            Some((1, 27))
        );
        assert_eq!(go_version("gopher"), None);
    }
}
