//! Whether the name of the release is free in its namespace.

use super::{Finding, PreflightContext};
use wire::check::Verdict;

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let release = context.key.release.as_str();
    let found = match release::history(context.cluster, context.key).await {
        Ok(revisions) => revisions,
        Err(release::Error::Cluster(error)) => return Err(error),
        // A record that cannot be read still takes the name.
        Err(error) => {
            let finding = Finding::of(Verdict::Blocked).with("release", release);
            return Ok(finding.found(vec![error.to_string()]));
        }
    };
    let row = |revision: &release::Release| {
        let state = revision.info.status.as_str();
        format!(
            "revision {}: {} ({state})",
            revision.version,
            revision.chart.label()
        )
    };
    let verdict = if found.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Blocked
    };
    Ok(Finding::of(verdict)
        .with("release", release)
        .found(found.iter().map(row).collect()))
}
