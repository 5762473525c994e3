//! Reads the files of a chart directory, except those that its .helmignore excludes.
//!
//! The directory belongs to the user, so symbolic links are followed, as in Helm. Start at [`files`].

use anyhow::{Context as _, bail};
use chart::IgnoreRules;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The maximum size of a file, as in Helm.
const MAX_FILE_SIZE: u64 = 5 * 1024 * 1024;
/// The maximum number of files; a link to a parent directory would add files without end.
const MAX_FILES: usize = 20_000;
/// The maximum depth of directories.
const MAX_DEPTH: usize = 40;

/// The files of a directory, with their paths relative to it.
pub(super) fn files(folder: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let ignore = match fs::read(folder.join(".helmignore")) {
        Ok(text) => IgnoreRules::parse(&String::from_utf8_lossy(&text))?,
        Err(_) => IgnoreRules::default(),
    };
    let mut walk = Walk {
        ignore,
        files: Vec::new(),
    };
    walk.folder(folder, "", 0)?;
    Ok(walk.files)
}

struct Walk {
    ignore: IgnoreRules,
    files: Vec<(String, Vec<u8>)>,
}

impl Walk {
    fn folder(&mut self, folder: &Path, name: &str, depth: usize) -> anyhow::Result<()> {
        if depth > MAX_DEPTH {
            bail!("{} is nested too deeply", folder.display());
        }
        let entries =
            fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        paths.sort();
        for path in paths {
            let file_name = path.file_name().unwrap_or_default().to_string_lossy();
            let relative = match name {
                "" => file_name.into_owned(),
                name => format!("{name}/{file_name}"),
            };
            self.entry(&path, relative, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, name: String, depth: usize) -> anyhow::Result<()> {
        let metadata = fs::metadata(path).with_context(|| format!("lstat {}", path.display()))?;
        if self.ignore.ignores(&name, metadata.is_dir()) {
            return Ok(());
        }
        if metadata.is_dir() {
            return self.folder(path, &name, depth + 1);
        }
        if !metadata.is_file() {
            bail!(
                "cannot load irregular file {} as it has file mode type bits set",
                path.display()
            );
        }
        if metadata.len() > MAX_FILE_SIZE {
            bail!("chart file {name:?} is larger than the maximum file size {MAX_FILE_SIZE}");
        }
        if self.files.len() >= MAX_FILES {
            bail!("the directory holds more than {MAX_FILES} files");
        }
        let data = fs::read(path).with_context(|| format!("error reading {name}"))?;
        self.files.push((name, data));
        Ok(())
    }
}
