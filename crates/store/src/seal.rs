//! Encrypts secrets before they are written: XChaCha20-Poly1305, with the key in its own file.
//!
//! The key file is created at the first start with mode 0600; a key that is missing later is an error. The name of the row is authenticated with the
//! value, so that a value cannot be moved to another row. [`rotate`](crate::rotate) replaces the key.

use crate::Error;
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead as _, KeyInit as _, Payload},
};
use rand::TryRngCore as _;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs,
    io::{ErrorKind, Write as _},
    path::Path,
};
use wire::{Secret, io_reason};
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 24;
/// The length of a key.
pub(crate) const KEY_BYTES: usize = 32;

/// The cipher of the database's secrets.
pub struct Seal(XChaCha20Poly1305);

impl Seal {
    /// The cipher with a new key, which is written to `file`, unless another process has just done so.
    ///
    /// # Errors
    /// [`Error::Key`] when the file cannot be written or used.
    pub fn create(file: &Path) -> Result<Self, Error> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        fill(key.as_mut_slice());
        match write_private(file, key.as_slice()) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Error::Key {
                file: file.to_owned(),
                reason: io_reason(&error),
            }),
            Ok(()) | Err(_) => Self::from_file(file),
        }
    }

    /// The cipher with the key in `file`.
    ///
    /// # Errors
    /// [`Error::Key`] when the file cannot be used, has a wrong length, or is readable by other users.
    pub fn from_file(file: &Path) -> Result<Self, Error> {
        let failed = |reason: String| Error::Key {
            file: file.to_owned(),
            reason,
        };
        let key = Zeroizing::new(fs::read(file).map_err(|error| failed(io_reason(&error)))?);
        if key.len() != KEY_BYTES {
            return Err(failed(format!(
                "it has {} bytes instead of {KEY_BYTES}",
                key.len()
            )));
        }
        if is_readable_by_others(file) {
            return Err(failed("other users can read it; run chmod 600".into()));
        }
        let cipher = XChaCha20Poly1305::new_from_slice(&key)
            .map_err(|_| failed("it is not a key".to_owned()))?;
        Ok(Self(cipher))
    }

    /// Encrypts `plain` for the row `row`.
    pub(crate) fn encrypt(&self, row: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        fill(&mut nonce);
        let payload = Payload {
            msg: plain,
            aad: row.as_bytes(),
        };
        let sealed = self
            .0
            .encrypt(XNonce::from_slice(&nonce), payload)
            .unwrap_or_default();
        [nonce.as_slice(), &sealed].concat()
    }

    /// Encrypts a value as JSON for the row `row`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the value has no JSON.
    pub(crate) fn encrypt_json(&self, row: &str, value: &impl Serialize) -> Result<Vec<u8>, Error> {
        let json = serde_json::to_vec(value)
            .map(Zeroizing::new)
            .map_err(|source| Error::malformed(row, &source))?;
        Ok(self.encrypt(row, &json))
    }

    /// Decrypts a value of the row `row` that was stored as JSON.
    ///
    /// # Errors
    /// [`Error::Sealed`] or [`Error::Malformed`].
    pub(crate) fn decrypt_json<T: DeserializeOwned>(
        &self,
        row: &str,
        sealed: &[u8],
    ) -> Result<T, Error> {
        let json = self.decrypt(row, sealed)?;
        serde_json::from_slice(&json).map_err(|source| Error::malformed(row, &source))
    }

    /// Decrypts a value of the row `row`.
    pub(crate) fn decrypt(&self, row: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let failed = || Error::Sealed {
            record: row.to_owned(),
        };
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or_else(failed)?;
        let payload = Payload {
            msg: body,
            aad: row.as_bytes(),
        };
        self.0
            .decrypt(XNonce::from_slice(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| failed())
    }
}

/// A decrypted text; none when it is not one.
pub(crate) fn secret_text(plain: &[u8]) -> Option<Secret<String>> {
    let text = std::str::from_utf8(plain).ok()?;
    Some(Secret::new(text.to_owned()))
}

/// Fills `bytes` with random bytes of the operating system.
pub(crate) fn fill(bytes: &mut [u8]) {
    rand::rngs::OsRng
        .try_fill_bytes(bytes)
        .expect("the operating system gives random bytes");
}

#[cfg(unix)]
fn write_private(file: &Path, key: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = fs::OpenOptions::new();
    let mut created = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    created.write_all(key)?;
    created.sync_all()
}

/// Flushes the entries of a directory to the disk.
#[cfg(unix)]
pub(crate) fn sync_directory(folder: &Path) -> std::io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_directory(_: &Path) -> std::io::Result<()> {
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
fn is_readable_by_others(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal() -> (tempfile::TempDir, Seal) {
        let folder = tempfile::tempdir().expect("a folder");
        let seal = Seal::create(&folder.path().join("key")).expect("a seal");
        (folder, seal)
    }

    #[test]
    fn a_value_is_decrypted_only_in_its_own_row() {
        let (_folder, seal) = seal();
        let sealed = seal.encrypt("clusters/east", b"token");
        assert_eq!(
            seal.decrypt("clusters/east", &sealed)
                .expect("decrypted")
                .as_slice(),
            b"token"
        );
        assert!(seal.decrypt("clusters/west", &sealed).is_err());
    }

    #[test]
    fn a_changed_value_is_not_decrypted() {
        let (_folder, seal) = seal();
        let mut sealed = seal.encrypt("x", b"token");
        if let Some(last) = sealed.last_mut() {
            *last ^= 1;
        }
        assert!(seal.decrypt("x", &sealed).is_err() && seal.decrypt("x", b"short").is_err());
    }

    #[test]
    fn the_key_and_decrypted_values_are_overwritten_when_they_are_dropped() {
        fn overwritten<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        let (_folder, seal) = seal();
        overwritten(&seal.0);
        overwritten(
            &seal
                .decrypt("x", &seal.encrypt("x", b"token"))
                .expect("decrypted"),
        );
    }

    #[test]
    fn a_key_file_that_cannot_be_used_is_reported_in_our_words() {
        let (folder, _) = seal();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("directory")).expect("a directory");
        write_private(&path("short"), b"k").expect("written");
        let below = path("short").join("key");
        for (result, reason) in [
            (Seal::from_file(&path("none")), "it does not exist"),
            (Seal::from_file(&path("directory")), "it is a directory"),
            (
                Seal::from_file(&path("short")),
                "it has 1 bytes instead of 32",
            ),
            (Seal::create(&path("none").join("key")), "it does not exist"),
            (
                Seal::create(&below),
                "a part of its path is not a directory",
            ),
        ] {
            let Err(error) = result else {
                panic!("no error: {reason}");
            };
            let text = wire::error_chain(&error);
            assert!(
                text.starts_with("could not use the key file ") && text.ends_with(reason),
                "{text}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_can_read_is_rejected() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, _) = seal();
        let file = folder.path().join("key");
        assert_eq!(
            fs::metadata(&file).expect("a key").permissions().mode() & 0o777,
            0o600
        );
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("chmod");
        assert!(matches!(Seal::from_file(&file), Err(Error::Key { .. })));
    }
}
