//! What is known of the old line (Istio 1.0, the article's): where its images can still run.
//!
//! Its binaries speak API versions that Kubernetes removed in 1.22 (admissionregistration v1beta1,
//! apiextensions v1beta1), so on newer clusters the charts are objects only.

/// The annotation by which a chart says the newest Kubernetes that its images can talk to.
pub const NEWEST_KUBERNETES: &str = "meshspan.io/newest-kubernetes";
/// The annotation by which a chart says its part in a mesh.
pub const PART: &str = "meshspan.io/part";
/// The annotation by which a chart names the namespace that it is made for.
pub const NAMESPACE: &str = "meshspan.io/namespace";

/// Major and minor of a version such as `v1.36.3-gke.1` or `1.21`.
pub fn minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split('.');
    let digits = |part: &str| -> Option<u32> {
        let end = part
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(part.len());
        part.get(..end)?.parse().ok()
    };
    Some((digits(parts.next()?)?, digits(parts.next()?)?))
}

/// Whether images that know Kubernetes up to `newest` can run on `version`.
pub fn runs_on(newest: &str, version: &str) -> bool {
    match (minor(newest), minor(version)) {
        (Some(newest), Some(version)) => version <= newest,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_articles_images_run_up_to_1_21() {
        assert!(runs_on("1.21", "v1.10.4") && runs_on("1.21", "v1.21.14+k3s1"));
        assert!(!runs_on("1.21", "v1.22.0") && !runs_on("1.21", "v1.36.3"));
    }
}
