//! Puts another key in the place of the key: everything sealed is opened with the old one and sealed
//! anew, and a crash at any point leaves a memory that opens.
//!
//! The order holds that promise. The new key is written beside the old one, as `key.new`; one transaction
//! seals every value anew; then `key.new` is renamed to `key`, which is one step of the file system. What
//! is found at the next start tells how far it came: a sealed value that opens with `key.new` says that
//! the transaction was committed, and the renaming is made up for; otherwise `key` is still the key, and
//! `key.new` is thrown away. While a key is rotated the lock on `key.lock` is held, so that nobody who
//! opens the memory meanwhile mends what is not broken.
//!
//! Pages that held a value under the old key are overwritten and the log is emptied. Copies that were
//! made before, of the folder or its disk, still open with the old key. Start at [`Store::rotate_key`].

use crate::{
    Error, Store,
    seal::{self, Seal},
};
use rusqlite::Connection;
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

/// A column that is sealed: its table, the column that names the row, and itself.
struct Column(&'static str, &'static str, &'static str);

/// All of them.
const SEALED: &[Column] = &[
    Column("backups", "job", "body"),
    Column("clusters", "name", "credentials"),
    Column("drafts", "id", "body"),
    Column("jobs", "id", "request"),
    Column("repositories", "name", "login"),
];

impl Column {
    /// Each value, with the name under which its row is sealed.
    fn values(&self, connection: &Connection) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let Self(table, name, sealed) = self;
        let statement = format!("SELECT '{table}/' || {name}, {sealed} FROM {table}");
        let mut statement = connection.prepare(&statement)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// The key's files in a data directory.
pub(crate) struct Keys {
    /// The key.
    pub(crate) now: PathBuf,
    /// The one that is to take its place.
    next: PathBuf,
    lock: PathBuf,
    folder: PathBuf,
}

impl Keys {
    pub(crate) fn of(folder: &Path) -> Self {
        Self {
            now: folder.join("key"),
            next: folder.join("key.new"),
            lock: folder.join("key.lock"),
            folder: folder.to_owned(),
        }
    }

    fn refuse(&self, reason: impl ToString) -> Error {
        Error::Key {
            file: self.now.clone(),
            reason: reason.to_string(),
        }
    }

    /// Keeps others from mending or rotating, until it is dropped.
    fn hold(&self) -> Result<File, Error> {
        let file = File::create(&self.lock).map_err(|error| self.refuse(error))?;
        file.try_lock()
            .map_err(|_| self.refuse("it is being rotated; try again when that has ended"))?;
        Ok(file)
    }

    /// Writes the next key.
    fn prepare(&self) -> Result<Seal, Error> {
        if self.next.exists() {
            return Err(self.refuse("another rotation was cut short meanwhile; try again"));
        }
        let seal = Seal::of(&self.next)?;
        self.sync()?;
        Ok(seal)
    }

    /// Makes the next key the key, in one step.
    fn replace(&self) -> Result<(), Error> {
        fs::rename(&self.next, &self.now).map_err(|error| self.refuse(error))?;
        self.sync()
    }

    fn discard(&self) -> Result<(), Error> {
        fs::remove_file(&self.next).map_err(|error| self.refuse(error))?;
        self.sync()
    }

    /// The names in the folder reach the disk.
    fn sync(&self) -> Result<(), Error> {
        seal::sync_folder(&self.folder).map_err(|error| self.refuse(error))
    }

    /// Ends what a crash left of a rotation.
    pub(crate) fn heal(&self, connection: &Connection) -> Result<(), Error> {
        if !self.next.exists() {
            return Ok(());
        }
        let _held = self.hold()?;
        // Whoever held the lock before may have ended it.
        if !self.next.exists() {
            return Ok(());
        }
        let length = fs::metadata(&self.next).map_err(|error| self.refuse(error))?;
        if length.len() != seal::KEY as u64 {
            // It was not written to its end, so nothing was sealed with it.
            return self.discard();
        }
        if opens_something(connection, &Seal::of(&self.next)?)? {
            self.replace()
        } else {
            self.discard()
        }
    }
}

/// Whether the seal opens anything: everything was sealed with the same key, in one transaction.
fn opens_something(connection: &Connection, seal: &Seal) -> Result<bool, Error> {
    for column in SEALED {
        let opens = |(row, value): &(String, Vec<u8>)| seal.open(row, value).is_ok();
        if column.values(connection)?.iter().any(opens) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Seals everything anew, in one transaction; how many values there were.
fn seal_anew(connection: &mut Connection, old: &Seal, new: &Seal) -> Result<usize, Error> {
    let transaction = connection.transaction()?;
    let mut count = 0;
    for column in SEALED {
        let Column(table, name, sealed) = column;
        let statement = format!("UPDATE {table} SET {sealed} = ?2 WHERE '{table}/' || {name} = ?1");
        for (row, value) in column.values(&transaction)? {
            let anew = new.close(&row, &old.open(&row, &value)?);
            count += transaction.execute(&statement, (row, anew))?;
        }
    }
    transaction.commit()?;
    Ok(count)
}

impl Store {
    /// Makes another key for the memory in `folder`, of which nobody else has a hold, and seals everything
    /// with it; how many values that were.
    ///
    /// # Errors
    /// [`Error::Folder`], [`Error::Key`], [`Error::Database`], or [`Error::Sealed`] when something does not
    /// open with the old key; then nothing is changed.
    pub fn rotate_key(folder: &Path) -> Result<usize, Error> {
        let store = Self::open(folder)?;
        let keys = Keys::of(folder);
        let _held = keys.hold()?;
        let new = keys.prepare()?;
        let mut connection = store.connection();
        // The commit must be on the disk before the old key goes, and no page may keep what it sealed.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        // When this fails, the next start finds out whether it was committed.
        let count = seal_anew(&mut connection, store.seal(), &new)?;
        keys.replace()?;
        connection.execute("VACUUM", [])?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
