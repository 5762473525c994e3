//! P24: the images support this version of Kubernetes.
//!
//! Istio 1.0 supports Kubernetes up to 1.21: on newer clusters its objects have no effect, a warning that an
//! operator accepts. istiod has an oldest supported version.

use crate::{
    facts::{ClusterFacts, IstioGeneration, MeshFacts},
    finding::{Finding, Tally, detail},
    istio_releases::IstioReleases,
    versions::{minor, oldest_kubernetes, runs_on},
};
use wire::check::{CheckStatus, Detail, Remedy};

/// The finding about images that support Kubernetes up to `newest`.
pub(crate) fn evaluate(newest: Option<&str>, version: &str) -> Finding {
    let Some(newest) = newest else {
        return Finding::new(CheckStatus::Passed).with("version", version);
    };
    let status = if runs_on(newest, version) {
        CheckStatus::Passed
    } else {
        CheckStatus::Warning
    };
    Finding::new(status)
        .with("version", version)
        .with("newest", newest)
}

pub(super) fn check(facts: &MeshFacts) -> Finding {
    let mut tally = Tally::if_applicable();
    for cluster in &facts.clusters {
        let istio = istio_version(cluster);
        let newest = cluster.planned.newest_kubernetes.as_deref();
        // The limit of the images of Istio 1.0 says nothing about a mesh that istiod leads.
        let newest = newest.filter(|_| facts.generation == IstioGeneration::Mixer);
        if istio.is_none() && newest.is_none() {
            continue;
        }
        let Some(version) = tally.known(&cluster.name, &cluster.version) else {
            continue;
        };
        tally.applies();
        if evaluate(newest, version).status == CheckStatus::Warning {
            let newest = newest.unwrap_or_default();
            let detail = detail!(KubernetesTooNew { version, newest });
            tally.warn(detail.on(&cluster.name), Remedy::ChooseVersion);
        }
        let found = istio.and_then(|istio| evaluate_istio(istio, &facts.releases, version));
        match found {
            Some((CheckStatus::Failed, detail)) => {
                tally.fail(detail.on(&cluster.name), Remedy::ChooseVersion);
            }
            Some((_, detail)) => tally.warn(detail.on(&cluster.name), Remedy::ChooseVersion),
            None => {}
        }
    }
    tally.finding()
}

/// What a version of Istio says about a version of Kubernetes: a failure below the oldest one, a warning outside
/// of the documented ones; none when it is supported.
pub(crate) fn evaluate_istio(
    istio: &str,
    releases: &IstioReleases,
    version: &str,
) -> Option<(CheckStatus, Detail)> {
    if let (Some(oldest), Some(actual)) = (oldest_kubernetes(istio), minor(version))
        && actual < oldest
    {
        let (major, minor) = oldest;
        let oldest = format!("{major}.{minor}");
        let detail = detail!(KubernetesTooOld {
            version,
            istio,
            oldest
        });
        return Some((CheckStatus::Failed, detail));
    }
    let (oldest, newest) = releases.of(istio)?.kubernetes.as_ref()?;
    if is_within(oldest, newest, version) {
        return None;
    }
    let detail = detail!(KubernetesUntested {
        version,
        istio,
        oldest,
        newest
    });
    Some((CheckStatus::Warning, detail))
}

/// Whether a version is not outside of a window; what is no version is not judged.
fn is_within(oldest: &str, newest: &str, version: &str) -> bool {
    match (minor(oldest), minor(newest), minor(version)) {
        (Some(oldest), Some(newest), Some(version)) => oldest <= version && version <= newest,
        _ => true,
    }
}

/// The planned version of Istio, or the installed one.
fn istio_version(cluster: &ClusterFacts) -> Option<&str> {
    let installed = cluster
        .installed_control_plane()
        .map(|plane| plane.version.as_str());
    cluster.planned.istio.as_deref().or(installed)
}

#[cfg(test)]
mod tests;
