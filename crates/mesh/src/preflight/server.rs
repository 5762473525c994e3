//! Whether the API server responds, and its version.

use super::{Finding, PreflightContext};
use wire::check::Verdict;

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let version = context.cluster.version().await?;
    Ok(Finding::of(Verdict::Passed).with("version", version))
}
