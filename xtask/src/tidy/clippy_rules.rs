//! A `clippy.toml` of one crate replaces that of the root, so it has to repeat each of its lines.

use crate::{Outcome, cache};
use std::{fs, path::Path};

/// The lines of the root's file that the file of a crate lacks.
pub(super) fn offences() -> Outcome<Vec<String>> {
    let root = fs::read_to_string(cache::root().join("clippy.toml"))?;
    let mut offences = Vec::new();
    for entry in fs::read_dir(cache::root().join("crates"))? {
        let path = entry?.path().join("clippy.toml");
        if path.exists() {
            let text = fs::read_to_string(&path)?;
            offences.extend(missing(&root, &text).map(|line| offence(&path, line)));
        }
    }
    Ok(offences)
}

fn missing<'a>(root: &'a str, text: &str) -> impl Iterator<Item = &'a str> {
    root.lines()
        .filter(move |line| !text.lines().any(|own| own == *line))
}

fn offence(path: &Path, line: &str) -> String {
    format!("{}: lacks the root's line {line}", path.display())
}

#[cfg(test)]
mod tests {
    use super::missing;

    #[test]
    fn a_file_of_a_crate_repeats_every_line_of_the_root() {
        let root = "a = 1\nb = 2\n";
        assert_eq!(missing(root, "b = 2\nc = 3\na = 1\n").count(), 0);
        assert_eq!(
            missing(root, "a = 1\nb = 3\n").collect::<Vec<_>>(),
            ["b = 2"]
        );
    }
}
