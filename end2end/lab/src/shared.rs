//! The cluster that all tests of one binary share: started by the first that asks, ended with the
//! process.

use crate::{Error, RealCluster, one, required};
use std::sync::OnceLock;

static SHARED: OnceLock<Result<RealCluster, Error>> = OnceLock::new();

/// The cluster of this process. Each test makes a namespace of its own in it.
///
/// # Errors
/// What starting it met; the same for everyone who asks.
pub async fn shared() -> Result<&'static RealCluster, &'static Error> {
    let found = tokio::task::spawn_blocking(|| SHARED.get_or_init(start)).await;
    found.unwrap_or_else(|_| SHARED.get_or_init(start)).as_ref()
}

/// Starts it on a runtime of its own, since the first test's runtime ends with that test.
fn start() -> Result<RealCluster, Error> {
    let begin = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|source| Error::Start {
            program: "a runtime".into(),
            source,
        })?;
        runtime.block_on(one("istio-control-plane"))
    };
    let outcome = std::thread::spawn(begin).join();
    outcome.unwrap_or_else(|_| Err(Error::Background("starting the cluster panicked".into())))
}

/// Says that `test` is skipped, when that is allowed.
///
/// # Panics
/// When the programs could be had here ([`required`]), or something else went wrong: then a skip would
/// hide a failure.
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
