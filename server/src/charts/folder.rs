//! Reads a chart's folder: the files that its .helmignore leaves in.
//!
//! A person's own folder: links in it are followed, as Helm follows them. Start at [`files`].

use anyhow::{Context as _, bail};
use chart::IgnoreRules;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The largest file, as Helm has it.
const LARGEST: u64 = 5 * 1024 * 1024;
/// The most files; a link to a folder around it would give ever more.
const MOST: usize = 20_000;
/// The deepest folder.
const DEEPEST: usize = 40;

/// The files of a folder, named from it.
pub(super) fn files(folder: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let ignore = match fs::read(folder.join(".helmignore")) {
        Ok(text) => IgnoreRules::parse(&String::from_utf8_lossy(&text))?,
        Err(_) => IgnoreRules::default(),
    };
    let mut walk = Walk {
        ignore,
        found: Vec::new(),
    };
    walk.folder(folder, "", 0)?;
    Ok(walk.found)
}

struct Walk {
    ignore: IgnoreRules,
    found: Vec<(String, Vec<u8>)>,
}

impl Walk {
    fn folder(&mut self, folder: &Path, name: &str, depth: usize) -> anyhow::Result<()> {
        if depth > DEEPEST {
            bail!("{} is nested too deeply", folder.display());
        }
        let entries =
            fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        paths.sort();
        for path in paths {
            let last = path.file_name().unwrap_or_default().to_string_lossy();
            let below = match name {
                "" => last.into_owned(),
                name => format!("{name}/{last}"),
            };
            self.entry(&path, below, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, name: String, depth: usize) -> anyhow::Result<()> {
        let about = fs::metadata(path).with_context(|| format!("lstat {}", path.display()))?;
        if self.ignore.ignores(&name, about.is_dir()) {
            return Ok(());
        }
        if about.is_dir() {
            return self.folder(path, &name, depth + 1);
        }
        if !about.is_file() {
            bail!(
                "cannot load irregular file {} as it has file mode type bits set",
                path.display()
            );
        }
        if about.len() > LARGEST {
            bail!("chart file {name:?} is larger than the maximum file size {LARGEST}");
        }
        if self.found.len() >= MOST {
            bail!("the folder holds more than {MOST} files");
        }
        let data = fs::read(path).with_context(|| format!("error reading {name}"))?;
        self.found.push((name, data));
        Ok(())
    }
}
