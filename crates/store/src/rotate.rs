//! The rotation of the encryption key: every value is decrypted with the old key and encrypted with the new
//! one, and a crash at any point leaves a database that opens.
//!
//! The new key is written to `key.new`; one transaction encrypts every value again; then `key.new` is renamed
//! to `key`, which is atomic. The next start detects an interrupted rotation: if a value can be decrypted with
//! `key.new`, the transaction was committed, and the rename is completed; otherwise `key` is still the key,
//! and `key.new` is deleted. A rotation holds the lock on `key.lock`, so that no other process recovers a
//! rotation that is still running.
//!
//! Pages with values under the old key are overwritten and the WAL is truncated. Older copies of the directory
//! or its disk can still be decrypted with the old key. Start at [`Store::rotate_key`].

use crate::{
    Error, Store,
    seal::{self, Seal},
};
use rusqlite::{Connection, OptionalExtension as _};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};
use wire::io_reason;

/// An encrypted column: its table, the column with the name of the row, and its own name.
struct EncryptedColumn(&'static str, &'static str, &'static str);

/// All encrypted columns.
const ENCRYPTED_COLUMNS: &[EncryptedColumn] = &[
    EncryptedColumn("backups", "job", "body"),
    EncryptedColumn("clusters", "name", "credentials"),
    EncryptedColumn("drafts", "id", "body"),
    EncryptedColumn("job_logs", "job", "body"),
    EncryptedColumn("jobs", "id", "request"),
    EncryptedColumn("jobs", "id", "sealed_view"),
    EncryptedColumn(KEY_CHECK_TABLE, "id", "body"),
    EncryptedColumn("release_inputs", "release", "body"),
    EncryptedColumn("repositories", "name", "login"),
    EncryptedColumn("reviews", "id", "body"),
];

impl EncryptedColumn {
    /// Each value, with the name of its row.
    fn values(&self, connection: &Connection) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let Self(table, name, sealed) = self;
        let statement = format!(
            "SELECT '{table}/' || {name}, {sealed} FROM {table} WHERE {sealed} IS NOT NULL"
        );
        let mut statement = connection.prepare(&statement)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// The key files of a data directory.
pub(crate) struct KeyFiles {
    /// The current key.
    pub(crate) current: PathBuf,
    /// The key of a rotation.
    next: PathBuf,
    lock: PathBuf,
    folder: PathBuf,
}

impl KeyFiles {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            current: folder.join("key"),
            next: folder.join("key.new"),
            lock: folder.join("key.lock"),
            folder: folder.to_owned(),
        }
    }

    fn error(&self, reason: impl Into<String>) -> Error {
        Error::Key {
            file: self.current.clone(),
            reason: reason.into(),
        }
    }

    fn io_error(&self, error: &std::io::Error) -> Error {
        self.error(io_reason(error))
    }

    /// Locks the key files against recovery and rotation until the value is dropped.
    fn lock(&self) -> Result<File, Error> {
        let file = File::create(&self.lock).map_err(|error| self.io_error(&error))?;
        file.try_lock()
            .map_err(|_| self.error("a rotation is running; try again later"))?;
        Ok(file)
    }

    /// Writes the next key.
    fn prepare(&self) -> Result<Seal, Error> {
        if self.next.exists() {
            return Err(self.error("another rotation was interrupted; try again"));
        }
        let seal = Seal::create(&self.next)?;
        self.sync()?;
        Ok(seal)
    }

    /// Replaces the key by the next key, atomically.
    fn replace(&self) -> Result<(), Error> {
        fs::rename(&self.next, &self.current).map_err(|error| self.io_error(&error))?;
        self.sync()
    }

    fn discard(&self) -> Result<(), Error> {
        fs::remove_file(&self.next).map_err(|error| self.io_error(&error))?;
        self.sync()
    }

    /// Flushes the directory to the disk.
    fn sync(&self) -> Result<(), Error> {
        seal::sync_directory(&self.folder).map_err(|error| self.io_error(&error))
    }

    /// The key of the database, which is created with the database only.
    ///
    /// # Errors
    /// [`Error::Key`] when it is missing or another one than that of the database.
    pub(crate) fn open(&self, connection: &Connection) -> Result<Seal, Error> {
        let is_there = self.current.exists();
        if !is_there && has_values(connection)? {
            return Err(self.error(
                "it is missing, and the database has values that are encrypted with it; \
                 restore it from a copy of the data directory",
            ));
        }
        let seal = if is_there {
            Seal::from_file(&self.current)?
        } else {
            Seal::create(&self.current)?
        };
        if is_key_of(connection, &seal)? {
            return Ok(seal);
        }
        Err(self.error("the database is encrypted with another key; restore that key"))
    }

    /// Completes or discards an interrupted rotation.
    pub(crate) fn recover(&self, connection: &Connection) -> Result<(), Error> {
        if !self.next.exists() {
            return Ok(());
        }
        let _lock = self.lock()?;
        // Another process may have completed it before.
        if !self.next.exists() {
            return Ok(());
        }
        let metadata = fs::metadata(&self.next).map_err(|error| self.io_error(&error))?;
        if metadata.len() != seal::KEY_BYTES as u64 {
            // An incomplete key has not encrypted anything.
            return self.discard();
        }
        if decrypts_any(connection, &Seal::from_file(&self.next)?)? {
            self.replace()
        } else {
            self.discard()
        }
    }
}

/// The table of the value that tells whether a key is the one of the database.
const KEY_CHECK_TABLE: &str = "key_check";
/// The row with that value.
const KEY_CHECK: &str = "known";

/// Whether the database is encrypted with this key: by a known value, which is written with the first key.
fn is_key_of(connection: &Connection, seal: &Seal) -> Result<bool, Error> {
    let statement = "SELECT body FROM key_check WHERE id = ?1";
    let known: Option<Vec<u8>> = connection
        .query_row(statement, [KEY_CHECK], |row| row.get(0))
        .optional()?;
    let row = format!("key_check/{KEY_CHECK}");
    if let Some(known) = known {
        return Ok(seal.decrypt(&row, &known).is_ok());
    }
    // A database of an older version has no known value yet.
    if has_values(connection)? && !decrypts_any(connection, seal)? {
        return Ok(false);
    }
    let statement = "INSERT OR IGNORE INTO key_check (id, body) VALUES (?1, ?2)";
    connection.execute(statement, (KEY_CHECK, seal.encrypt(&row, b"known")))?;
    Ok(true)
}

/// Whether the database has encrypted values.
fn has_values(connection: &Connection) -> Result<bool, Error> {
    for EncryptedColumn(table, _, sealed) in ENCRYPTED_COLUMNS {
        let statement = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {sealed} IS NOT NULL)");
        if connection.query_row(&statement, [], |row| row.get(0))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the seal decrypts any value: one transaction encrypts all values with the same key.
fn decrypts_any(connection: &Connection, seal: &Seal) -> Result<bool, Error> {
    for column in ENCRYPTED_COLUMNS {
        let decrypts = |(row, value): &(String, Vec<u8>)| seal.decrypt(row, value).is_ok();
        if column.values(connection)?.iter().any(decrypts) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Encrypts every value again, in one transaction; returns the number of values, without the known one.
fn reseal(connection: &mut Connection, old: &Seal, new: &Seal) -> Result<usize, Error> {
    let transaction = connection.transaction()?;
    let mut count = 0;
    for column in ENCRYPTED_COLUMNS {
        let EncryptedColumn(table, name, sealed) = column;
        let statement = format!("UPDATE {table} SET {sealed} = ?2 WHERE '{table}/' || {name} = ?1");
        for (row, value) in column.values(&transaction)? {
            let encrypted = new.encrypt(&row, &old.decrypt(&row, &value)?);
            let changed = transaction.execute(&statement, (row, encrypted))?;
            if *table != KEY_CHECK_TABLE {
                count += changed;
            }
        }
    }
    transaction.commit()?;
    Ok(count)
}

impl Store {
    /// Creates a new key for the database in `folder` and encrypts every value with it; returns the number of
    /// values. No other process may have the database open.
    ///
    /// # Errors
    /// [`Error::Folder`], [`Error::Key`], [`Error::Database`], or [`Error::Sealed`] when a value cannot be
    /// decrypted with the old key; then nothing changes.
    pub fn rotate_key(folder: &Path) -> Result<usize, Error> {
        let store = Self::open(folder)?;
        let keys = KeyFiles::new(folder);
        let _lock = keys.lock()?;
        let new = keys.prepare()?;
        let mut connection = store.connection();
        // The commit must be on the disk before the old key is replaced, and no page may keep its values.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        // After a failure, the next start detects whether the transaction was committed.
        let count = reseal(&mut connection, store.seal(), &new)?;
        keys.replace()?;
        connection.execute("VACUUM", [])?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
