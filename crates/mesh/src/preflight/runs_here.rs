//! P24: can the chart's images run on this Kubernetes?

use super::{Finding, Ground};
use crate::legacy::{NEWEST_KUBERNETES, runs_on};
use wire::check::Verdict;

pub(super) async fn look(ground: Ground<'_>) -> Result<Finding, cluster::Error> {
    let newest = ground.chart.metadata().annotations.get(NEWEST_KUBERNETES);
    let version = ground.cluster.version().await?;
    Ok(judge(newest.map(String::as_str), &version))
}

/// Older images on a newer cluster are objects only: a warning to be accepted.
fn judge(newest: Option<&str>, version: &str) -> Finding {
    let Some(newest) = newest else {
        return Finding::of(Verdict::Passed).with("version", version);
    };
    let verdict = if runs_on(newest, version) {
        Verdict::Passed
    } else {
        Verdict::Warning
    };
    Finding::of(verdict)
        .with("version", version)
        .with("newest", newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_2018_on_a_cluster_of_today_are_a_warning() {
        assert_eq!(judge(Some("1.21"), "v1.36.3").verdict, Verdict::Warning);
        assert_eq!(judge(Some("1.21"), "v1.20.1").verdict, Verdict::Passed);
        assert_eq!(judge(None, "v1.36.3").verdict, Verdict::Passed);
    }
}
