//! The Rust files of this repository, each read and parsed once.

use crate::{Outcome, cache};
use std::{fs, path::Path};

/// The folders that hold our Rust code.
const FOLDERS: &[&str] = &["app", "server", "xtask", "crates", "end2end/lab"];

/// One Rust file.
pub(super) struct Source {
    /// Its path below the repository's root.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
    /// Its syntax tree.
    pub(super) tree: syn::File,
}

impl Source {
    /// Whether the file holds tests only.
    pub(super) fn is_test(&self) -> bool {
        self.name.contains("/tests/") || self.name.ends_with("/tests.rs")
    }

    /// How many lines it has.
    pub(super) fn lines(&self) -> usize {
        self.text.lines().count()
    }
}

/// Reads and parses every Rust file of [`FOLDERS`].
pub(super) fn sources() -> Outcome<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in FOLDERS {
        read(&cache::root().join(folder), &mut sources)?;
    }
    Ok(sources)
}

fn read(folder: &Path, sources: &mut Vec<Source>) -> Outcome {
    if !folder.is_dir() {
        return Ok(());
    }
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "node_modules" && !name.starts_with('.') {
            read(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(parse(&path)?);
        }
    }
    Ok(())
}

fn parse(path: &Path) -> Outcome<Source> {
    let text = fs::read_to_string(path)?;
    let name = path
        .strip_prefix(cache::root())
        .unwrap_or(path)
        .display()
        .to_string();
    let tree = syn::parse_file(&text).map_err(|error| format!("{name}: {error}"))?;
    Ok(Source { name, text, tree })
}

/// Whether an item is compiled for tests only.
pub(super) fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute
                .parse_args::<syn::Path>()
                .is_ok_and(|path| path.is_ident("test"))
    })
}
