//! The API server answers, and says its version.

use super::{Finding, PreflightContext};
use wire::check::Verdict;

pub(super) async fn look(ground: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let version = ground.cluster.version().await?;
    Ok(Finding::of(Verdict::Passed).with("version", version))
}
