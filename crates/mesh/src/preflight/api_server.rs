//! W01: the API server responds with its version.

use super::{Finding, PreflightContext};
use wire::check::CheckStatus;

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let version = context.cluster().version().await?;
    Ok(Finding::new(CheckStatus::Passed).with("version", version))
}
