//! W03: no release has the name in the namespace.

use super::{Finding, PreflightContext};
use crate::finding::detail;
use wire::check::{CheckStatus, Detail};

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let details = match release::history(context.user, context.key).await {
        Ok(revisions) => revisions.iter().map(describe).collect(),
        Err(release::Error::Cluster(error)) => return Err(error),
        // An unreadable record uses the name all the same.
        Err(error) => vec![detail!(ReleaseUnreadable { reason: error })],
    };
    let release = context.key.release.as_str();
    Ok(Finding::from_details(CheckStatus::Failed, details).with("release", release))
}

pub(super) fn describe(revision: &release::Release) -> Detail {
    detail!(ReleaseRevision {
        revision: revision.version,
        chart: revision.chart.label(),
        status: revision.info.status.as_str()
    })
}
