//! The cluster that all tests of one binary share: the first test starts it, and it stops when the
//! process ends.

use crate::{Error, RealCluster, required, start_cluster};
use std::sync::OnceLock;

static SHARED: OnceLock<Result<RealCluster, Error>> = OnceLock::new();

/// The cluster of this process. Each test creates its own namespace in it.
///
/// # Errors
/// The error of the first start, for every caller.
pub async fn shared() -> Result<&'static RealCluster, &'static Error> {
    let started = tokio::task::spawn_blocking(|| SHARED.get_or_init(start)).await;
    started
        .unwrap_or_else(|_| SHARED.get_or_init(start))
        .as_ref()
}

/// Starts the cluster on a separate runtime, since the runtime of the first test ends with that test.
fn start() -> Result<RealCluster, Error> {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|source| Error::Start {
            program: "the runtime of the cluster".into(),
            source,
        })?;
        runtime.block_on(start_cluster("istio-control-plane"))
    };
    let outcome = std::thread::spawn(run).join();
    outcome.unwrap_or_else(|_| Err(Error::Background("starting the cluster panicked".into())))
}

/// Reports that `test` is skipped.
///
/// # Panics
/// When the programs are available ([`required`]) or the error has another cause: a skip would hide a
/// failure.
#[expect(
    clippy::print_stdout,
    reason = "the line that `cargo xtask test` counts"
)]
pub fn skip(test: &str, error: &Error) {
    assert!(
        error.is_missing() && !required(),
        "{test}: {}",
        error.chain()
    );
    println!("SKIPPED: {test}: {error}");
}
