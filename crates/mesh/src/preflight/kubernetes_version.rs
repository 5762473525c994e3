//! P24 for one chart: its images support this version of Kubernetes, by our annotation about the images or
//! by `kubeVersion`.

use super::{Finding, PreflightContext};
use crate::{
    chart_annotations::NEWEST_KUBERNETES, doctor::p24_kubernetes_version,
    istio_releases::IstioReleases,
};
use chart::Metadata;
use wire::check::{CheckStatus, Remedy};

/// Whether the chart restricts the version of Kubernetes.
pub(super) fn applies(metadata: &Metadata) -> bool {
    metadata.annotations.contains_key(NEWEST_KUBERNETES) || !metadata.kube_version.is_empty()
}

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let version = context.cluster().version().await?;
    if let Some((istio, releases)) = context.istio {
        return Ok(of_istio(istio, releases, &version));
    }
    Ok(evaluate(context.chart.metadata(), &version))
}

/// The finding about a version of Istio: it fails on a Kubernetes that is too old for istiod, and warns outside
/// of the versions that its documentation names.
fn of_istio(istio: &str, releases: &IstioReleases, version: &str) -> Finding {
    match p24_kubernetes_version::evaluate_istio(istio, releases, version) {
        None => Finding::new(CheckStatus::Passed).with("version", version),
        Some((status, detail)) => Finding::from_details(status, vec![detail])
            .with("count", 1)
            .with_remedy(Remedy::ChooseVersion),
    }
}

/// The finding about the images when the chart names their newest Kubernetes; a chart whose `kubeVersion`
/// excludes this Kubernetes does not render on it.
fn evaluate(metadata: &Metadata, version: &str) -> Finding {
    if let Some(newest) = metadata.annotations.get(NEWEST_KUBERNETES) {
        return p24_kubernetes_version::evaluate(Some(newest), version);
    }
    let required = &metadata.kube_version;
    let status = match chart::version_matches(required, version) {
        Some(true) => CheckStatus::Passed,
        _ => CheckStatus::Failed,
    };
    Finding::new(status)
        .with("version", version)
        .with("newest", required)
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
    fn images_of_istio_1_0_on_a_new_cluster_are_a_warning() {
        let chart = chart(Some("1.21"), "");
        assert_eq!(evaluate(&chart, "v1.36.3").status, CheckStatus::Warning);
        assert_eq!(evaluate(&chart, "v1.20.1").status, CheckStatus::Passed);
    }

    #[test]
    fn istiod_fails_below_its_oldest_kubernetes_and_warns_outside_of_the_documented_ones() {
        let releases = IstioReleases::built_in();
        let status = |istio, version| of_istio(istio, &releases, version).status;
        assert_eq!(status("1.31.1", "v1.31.9"), CheckStatus::Failed);
        assert_eq!(status("1.31.1", "v1.32.0"), CheckStatus::Passed);
        assert_eq!(status("1.30.5", "v1.31.0"), CheckStatus::Passed);
        assert_eq!(status("1.31.1", "v1.37.0"), CheckStatus::Warning);
        let finding = of_istio("1.31.1", &releases, "v1.31.9");
        assert_eq!(finding.details[0].arg("oldest"), "1.32");
        assert_eq!(finding.remedies, [Remedy::ChooseVersion]);
    }

    #[test]
    fn a_chart_that_requires_another_kubernetes_fails() {
        let chart = chart(None, ">=1.20.0-0");
        assert_eq!(evaluate(&chart, "v1.36.3").status, CheckStatus::Passed);
        assert_eq!(evaluate(&chart, "v1.19.0").status, CheckStatus::Failed);
    }

    #[test]
    fn the_check_does_not_apply_to_a_chart_without_a_restriction() {
        assert!(!applies(&chart(None, "")));
        assert!(applies(&chart(Some("1.21"), "")) && applies(&chart(None, ">=1.20.0-0")));
    }
}
