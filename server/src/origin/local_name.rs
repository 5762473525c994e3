//! The random host name of a console in local mode.
//!
//! Browsers resolve every name below `localhost` to this machine and keep a cookie to the one name, so
//! that programs on other ports of this machine do not receive the session. The name is created once and
//! kept in the data directory, so that bookmarks stay valid.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The file of the name in the data directory.
const FILE: &str = "host";
/// What precedes the random digits.
const PREFIX: &str = "meshspan-";
/// 128 random bits.
const DIGITS: usize = 32;

/// A name below `localhost`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalName(String);

/// Why there is no name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadName {
    /// The file cannot be read or written.
    #[error("could not use {}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// The file has other content.
    #[error(
        "{} holds no host name of a console\nhint: delete the file; the console then has a new address",
        .0.display()
    )]
    Content(PathBuf),
}

impl LocalName {
    /// The name in a data directory; it is created when there is none.
    ///
    /// # Errors
    /// [`BadName`].
    pub(crate) fn of(folder: &Path, random: [u8; 32]) -> Result<Self, BadName> {
        let file = folder.join(FILE);
        match fs::read_to_string(&file) {
            Ok(text) => Self::parse(text.trim()).ok_or(BadName::Content(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let name = Self::new(random);
                match write(&file, &name.0) {
                    Ok(()) => Ok(name),
                    Err(source) => Err(BadName::File { file, source }),
                }
            }
            Err(source) => Err(BadName::File { file, source }),
        }
    }

    /// The name of the first half of the random bytes.
    fn new(random: [u8; 32]) -> Self {
        let [bytes @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = random;
        Self(format!(
            "{PREFIX}{:032x}.localhost",
            u128::from_be_bytes(bytes)
        ))
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?.strip_suffix(".localhost")?;
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_name = digits.len() == DIGITS && digits.bytes().all(is_digit);
        is_name.then(|| Self(text.to_owned()))
    }

    /// The host name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Writes a new file that only this user can read.
fn write(file: &Path, text: &str) -> io::Result<()> {
    use std::io::Write as _;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut created = options.open(file)?;
    writeln!(created, "{text}")?;
    created.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_created_once_and_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let name = LocalName::of(folder.path(), [7; 32]).expect("a name");
        assert_eq!(
            name.as_str(),
            "meshspan-07070707070707070707070707070707.localhost"
        );
        let again = LocalName::of(folder.path(), [8; 32]).expect("a name");
        assert_eq!(again, name);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let metadata = fs::metadata(folder.path().join(FILE)).expect("a file");
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn another_content_is_not_used_as_a_host() {
        let folder = tempfile::tempdir().expect("a folder");
        for text in [
            "",
            "localhost",
            "evil.example",
            "meshspan-0.localhost",
            "meshspan-0707070707070707070707070707070Z.localhost",
        ] {
            fs::write(folder.path().join(FILE), text).expect("written");
            let error = LocalName::of(folder.path(), [7; 32]).expect_err("no name");
            assert!(
                error.to_string().contains("hint: delete the file"),
                "{text}"
            );
        }
    }
}
