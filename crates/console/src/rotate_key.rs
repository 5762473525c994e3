//! Another key for what the console remembers, made while no console runs.

use crate::Error;

/// Makes another key for the memory in `folder`, which no console has open, and seals everything with it;
/// how many values that were.
///
/// # Errors
/// [`Error::Store`].
pub fn rotate_key(folder: &std::path::Path) -> Result<usize, Error> {
    Ok(store::Store::rotate_key(folder)?)
}
