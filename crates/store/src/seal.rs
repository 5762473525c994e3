//! Seals what is secret before it is written: XChaCha20-Poly1305, the key in a file of its own.
//!
//! The key file is made at the first start with mode 0600; the name of the row is bound to what is
//! sealed, so a value cannot be moved to another row. How another key takes its place is in
//! [`rotate`](crate::rotate).

use crate::Error;
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use rand::TryRngCore as _;
use std::{fs, io::Write as _, path::Path};

const NONCE: usize = 24;
/// How long a key is.
pub(crate) const KEY: usize = 32;

/// Opens and closes what is secret.
pub struct Seal(XChaCha20Poly1305);

impl Seal {
    /// The seal whose key is in `file`, which is made when it is missing.
    ///
    /// # Errors
    /// [`Error::Key`] when the file cannot be used, has a wrong length, or others may read it.
    pub fn of(file: &Path) -> Result<Self, Error> {
        let refuse = |reason: String| Error::Key {
            file: file.to_owned(),
            reason,
        };
        if !file.exists() {
            let mut key = [0; KEY];
            fill(&mut key);
            write_private(file, &key).map_err(|error| refuse(error.to_string()))?;
        }
        let key = fs::read(file).map_err(|error| refuse(error.to_string()))?;
        if key.len() != KEY {
            return Err(refuse(format!("{} bytes instead of {KEY}", key.len())));
        }
        if open_to_others(file) {
            return Err(refuse("others may read it; chmod 600 mends that".into()));
        }
        let cipher = XChaCha20Poly1305::new_from_slice(&key).map_err(|e| refuse(e.to_string()))?;
        Ok(Self(cipher))
    }

    /// Seals `plain` for the row called `what`.
    pub(crate) fn close(&self, what: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        fill(&mut nonce);
        let payload = Payload {
            msg: plain,
            aad: what.as_bytes(),
        };
        let sealed = self
            .0
            .encrypt(XNonce::from_slice(&nonce), payload)
            .unwrap_or_default();
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for the row called `what`.
    pub(crate) fn open(&self, what: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let refuse = || Error::Sealed {
            what: what.to_owned(),
        };
        let (nonce, body) = sealed.split_at_checked(NONCE).ok_or_else(refuse)?;
        let payload = Payload {
            msg: body,
            aad: what.as_bytes(),
        };
        self.0
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| refuse())
    }
}

/// Fills `bytes` from the operating system's own randomness.
pub(crate) fn fill(bytes: &mut [u8]) {
    rand::rngs::OsRng
        .try_fill_bytes(bytes)
        .expect("the operating system gives random bytes");
}

#[cfg(unix)]
fn write_private(file: &Path, key: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = fs::OpenOptions::new();
    let mut made = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    made.write_all(key)?;
    made.sync_all()
}

/// Brings the names in a folder to the disk.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn write_private(file: &Path, key: &[u8]) -> std::io::Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)?
        .write_all(key)
}

#[cfg(unix)]
fn open_to_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> (tempfile::TempDir, Seal) {
        let folder = tempfile::tempdir().expect("a folder");
        let seal = Seal::of(&folder.path().join("key")).expect("a seal");
        (folder, seal)
    }

    #[test]
    fn what_is_sealed_opens_only_in_its_own_row() {
        let (_folder, seal) = seal();
        let sealed = seal.close("clusters/east", b"token");
        assert_eq!(
            seal.open("clusters/east", &sealed).expect("it opens"),
            b"token"
        );
        assert!(seal.open("clusters/west", &sealed).is_err());
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let (_folder, seal) = seal();
        let mut sealed = seal.close("x", b"token");
        if let Some(last) = sealed.last_mut() {
            *last ^= 1;
        }
        assert!(seal.open("x", &sealed).is_err() && seal.open("x", b"short").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, _) = seal();
        let file = folder.path().join("key");
        assert_eq!(
            fs::metadata(&file).expect("a key").permissions().mode() & 0o777,
            0o600
        );
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("chmod");
        assert!(matches!(Seal::of(&file), Err(Error::Key { .. })));
    }
}
