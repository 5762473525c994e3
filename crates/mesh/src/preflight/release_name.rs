//! Is the release's name free in its namespace?

use super::{Finding, PreflightContext};
use wire::check::Verdict;

pub(super) async fn look(ground: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let release = ground.place.release.as_str();
    let found = match release::history(ground.cluster, ground.place).await {
        Ok(revisions) => revisions,
        Err(release::Error::Cluster(error)) => return Err(error),
        // A record that cannot be read takes the name all the same.
        Err(error) => {
            let finding = Finding::of(Verdict::Blocked).with("release", release);
            return Ok(finding.found(vec![error.to_string()]));
        }
    };
    let row = |revision: &release::Release| {
        let state = revision.info.status.word();
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
