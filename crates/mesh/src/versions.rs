//! Versions of Istio and Kubernetes: which versions fit each other.
//!
//! The binaries of Istio 1.0 use API versions that Kubernetes removed in 1.22 (admissionregistration
//! v1beta1, apiextensions v1beta1), so on newer clusters its charts create objects and nothing works.

/// Major and minor.
pub type Minor = (u32, u32);

/// The oldest Kubernetes minor that an Istio minor supports (the constant of its command line tool).
const OLDEST_KUBERNETES: &[(Minor, Minor)] = &[
    ((1, 18), (1, 23)),
    ((1, 20), (1, 25)),
    ((1, 21), (1, 26)),
    ((1, 24), (1, 28)),
    ((1, 26), (1, 29)),
    ((1, 29), (1, 30)),
    ((1, 30), (1, 31)),
    ((1, 31), (1, 32)),
];

/// Major and minor of a version such as `v1.36.3-gke.1` or `1.21`.
pub fn minor(version: &str) -> Option<Minor> {
    let mut parts = version.trim_start_matches('v').split('.');
    let digits = |part: &str| -> Option<u32> {
        let end = part
            .find(|character: char| !character.is_ascii_digit())
            .unwrap_or(part.len());
        part.get(..end)?.parse().ok()
    };
    Some((digits(parts.next()?)?, digits(parts.next()?)?))
}

/// Major, minor and patch.
pub type Release = (u32, u32, u32);

/// The release of a version such as `1.30.4-distroless`; none for a version without a patch number.
pub fn release(version: &str) -> Option<Release> {
    let (major, of_minor) = minor(version)?;
    let patch = version.split('.').nth(2)?;
    let end = patch.find(|character: char| !character.is_ascii_digit());
    let patch = patch.get(..end.unwrap_or(patch.len()))?.parse().ok()?;
    // `1.30-alpha.5` has no patch number.
    let second = version.split('.').nth(1)?;
    let is_number = second.chars().all(|character| character.is_ascii_digit());
    is_number.then_some((major, of_minor, patch))
}

/// Whether images that support Kubernetes up to `newest` run on `version`.
pub fn runs_on(newest: &str, version: &str) -> bool {
    match (minor(newest), minor(version)) {
        (Some(newest), Some(version)) => version <= newest,
        _ => true,
    }
}

/// The oldest Kubernetes that an Istio version supports; none for versions older than the table.
pub fn oldest_kubernetes(istio: &str) -> Option<Minor> {
    let istio = minor(istio)?;
    let known = OLDEST_KUBERNETES
        .iter()
        .rev()
        .find(|(from, _)| *from <= istio);
    known.map(|(_, kubernetes)| *kubernetes)
}

/// The minors by which a proxy is ahead of its control plane; negative when the proxy is behind.
pub fn ahead(proxy: &str, control_plane: &str) -> Option<i64> {
    let (proxy, control_plane) = (minor(proxy)?, minor(control_plane)?);
    (proxy.0 == control_plane.0).then(|| i64::from(proxy.1) - i64::from(control_plane.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_istio_1_0_run_up_to_kubernetes_1_21() {
        assert!(runs_on("1.21", "v1.10.4") && runs_on("1.21", "v1.21.14+k3s1"));
        assert!(!runs_on("1.21", "v1.22.0") && !runs_on("1.21", "v1.36.3"));
    }

    #[test]
    fn each_istio_version_has_an_oldest_kubernetes() {
        assert_eq!(oldest_kubernetes("1.30.3"), Some((1, 31)));
        assert_eq!(oldest_kubernetes("1.31.1"), Some((1, 32)));
        assert_eq!(oldest_kubernetes("1.28.10"), Some((1, 29)));
        assert_eq!(oldest_kubernetes("1.0.0"), None);
    }

    #[test]
    fn a_proxy_is_ahead_by_minors() {
        assert_eq!(ahead("1.31.0", "1.30.3"), Some(1));
        assert_eq!(ahead("1.29.1-distroless", "1.30.3"), Some(-1));
        assert_eq!(ahead("latest", "1.30.3"), None);
    }
}
