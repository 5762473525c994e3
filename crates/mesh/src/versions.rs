//! Versions: which Istio needs which Kubernetes, and who may be ahead of whom.

use crate::legacy::minor;

/// Major and minor.
type Minor = (u32, u32);

/// The oldest Kubernetes minor that an Istio minor takes (the constant of its command line tool).
const OLDEST: &[(Minor, Minor)] = &[
    ((1, 18), (1, 23)),
    ((1, 20), (1, 25)),
    ((1, 21), (1, 26)),
    ((1, 24), (1, 28)),
    ((1, 26), (1, 29)),
    ((1, 29), (1, 30)),
    ((1, 30), (1, 32)),
];

/// The oldest Kubernetes that this Istio takes; none for one older than we know.
pub fn oldest_kubernetes(istio: &str) -> Option<(u32, u32)> {
    let istio = minor(istio)?;
    let known = OLDEST.iter().rev().find(|(from, _)| *from <= istio);
    known.map(|(_, kubernetes)| *kubernetes)
}

/// By how many minors `proxy` is ahead of `control`; negative when it is behind.
pub fn ahead(proxy: &str, control: &str) -> Option<i64> {
    let (proxy, control) = (minor(proxy)?, minor(control)?);
    (proxy.0 == control.0).then(|| i64::from(proxy.1) - i64::from(control.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_istio_names_the_oldest_kubernetes_it_takes() {
        assert_eq!(oldest_kubernetes("1.30.3"), Some((1, 32)));
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
