//! The catalog with the stored repositories and uploads of a console.
//!
//! A console restores its own when it opens; other commands get one by [`open_catalog`].

use crate::{AddressPolicy, Error, repositories::restore_repositories, uploads::restore_uploads};
use catalog::{Catalog, Setup};
use std::path::Path;
use store::Store;

/// The catalog of the console in `folder`; without a console there, the built-in charts.
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

/// The same catalog with network access and with everything that is stored.
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
