//! The catalog with the repositories and uploads that a console remembers.
//!
//! A console fills its own when it opens; a command that runs beside it asks for one by [`open_catalog`].

use crate::{AddressPolicy, Error, repositories::restore_repositories, uploads::restore_uploads};
use catalog::{Catalog, Setup};
use std::path::Path;
use store::Store;

/// The charts that the console in `folder` knows; without a console there, the built-in ones.
///
/// # Errors
/// [`Error::Store`] or [`Error::Catalog`].
pub fn open_catalog(folder: &Path, addresses: AddressPolicy) -> Result<Catalog, Error> {
    let catalog = Catalog::built_in()?;
    if !folder.join("meshspan.db").is_file() {
        return Ok(catalog);
    }
    restored_catalog(catalog, &Store::open(folder)?, folder, addresses)
}

/// The same catalog, able to reach out, with what is remembered.
pub(crate) fn restored_catalog(
    catalog: Catalog,
    store: &Store,
    folder: &Path,
    addresses: AddressPolicy,
) -> Result<Catalog, Error> {
    let catalog = catalog.with_setup(Setup {
        addresses,
        folder: Some(folder.join("cache")),
        ..Setup::default()
    });
    restore_repositories(store, &catalog)?;
    restore_uploads(store, &catalog)?;
    Ok(catalog)
}
