//! Rotates the key of the database, while no console runs.

use crate::Error;

/// Creates another key for the database in `folder`, which no console has open, and seals everything with
/// it; returns the number of values.
///
/// # Errors
/// [`Error::Store`].
pub fn rotate_key(folder: &std::path::Path) -> Result<usize, Error> {
    Ok(store::Store::rotate_key(folder)?)
}
