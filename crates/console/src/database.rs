//! The console's database, for async code: every call runs on a thread that may block.
//!
//! The [`Store`] itself is reached only inside [`Database::call`], so that no async task waits for
//! SQLite. Code that runs before the console is there opens a [`Store`] of its own.

use crate::Error;
use std::sync::Arc;
use store::Store;

/// A handle to the database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Database(Arc<Store>);

impl Database {
    pub(crate) fn new(store: Store) -> Self {
        Self(Arc::new(store))
    }

    /// Calls `work` with the store, on a thread that may block.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, store::Error> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.0.clone();
        Ok(tokio::task::spawn_blocking(move || work(&store)).await??)
    }
}
