//! P24 for one cluster: whether the chart supports this Kubernetes, by the console's annotation about its
//! images, or by `kubeVersion`.

use super::{Finding, PreflightContext};
use crate::{chart_annotations::NEWEST_KUBERNETES, doctor::p24_runs_here::judge as of_images};
use chart::Metadata;
use wire::check::Verdict;

/// Whether the chart declares the Kubernetes versions that it supports.
pub(super) fn applies(metadata: &Metadata) -> bool {
    metadata.annotations.contains_key(NEWEST_KUBERNETES) || !metadata.kube_version.is_empty()
}

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let version = context.cluster.version().await?;
    Ok(judge(context.chart.metadata(), &version))
}

/// What the doctor says of images, where the chart names the newest Kubernetes for them; a chart that does
/// not want this Kubernetes does not render on it.
fn judge(metadata: &Metadata, version: &str) -> Finding {
    if let Some(newest) = metadata.annotations.get(NEWEST_KUBERNETES) {
        return of_images(Some(newest), version);
    }
    let wanted = &metadata.kube_version;
    let verdict = match chart::version_matches(wanted, version) {
        Some(true) => Verdict::Passed,
        _ => Verdict::Blocked,
    };
    Finding::of(verdict)
        .with("version", version)
        .with("newest", wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(annotation: Option<&str>, kube_version: &str) -> Metadata {
        let annotation = annotation.map(|newest| (NEWEST_KUBERNETES.to_owned(), newest.to_owned()));
        let mut metadata = Metadata::default();
        metadata.annotations = annotation.into_iter().collect();
        kube_version.clone_into(&mut metadata.kube_version);
        metadata
    }

    #[test]
    fn images_of_2018_on_a_cluster_of_today_are_a_warning() {
        let of_2018 = chart(Some("1.21"), "");
        assert_eq!(judge(&of_2018, "v1.36.3").verdict, Verdict::Warning);
        assert_eq!(judge(&of_2018, "v1.20.1").verdict, Verdict::Passed);
    }

    #[test]
    fn a_chart_that_wants_another_kubernetes_is_blocked() {
        let wants = chart(None, ">=1.20.0-0");
        assert_eq!(judge(&wants, "v1.36.3").verdict, Verdict::Passed);
        assert_eq!(judge(&wants, "v1.19.0").verdict, Verdict::Blocked);
    }

    #[test]
    fn a_chart_that_says_nothing_is_not_asked() {
        assert!(!applies(&chart(None, "")));
        assert!(applies(&chart(Some("1.21"), "")) && applies(&chart(None, ">=1.20.0-0")));
    }
}
