//! What a new kubeconfig in a remote Secret does to the endpoints of the remote, by version of istiod. Pure.

use crate::versions::{Release, release};

/// The first release of istiod that keeps the old connection until the new one is synced.
const KEEPS_CONNECTION: Release = (1, 30, 0);
/// The first release of that line that keeps the endpoints too (istio/istio issue 61043).
const KEEPS_ENDPOINTS: Release = (1, 30, 4);
/// How long a release that closes the old connection first has no endpoints of the remote, in seconds.
pub const GAP_SECONDS: u32 = 30;

/// What happens to the endpoints of a remote when its remote Secret changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The control plane has them all the time.
    Kept,
    /// The control plane has none until the new connection is synced.
    Gap,
    /// The control plane may lose them until it is restarted, although it reports the remote as synced.
    Lost,
    /// The version does not say.
    Unknown,
}

impl Effect {
    /// The effect on an istiod of this version.
    pub fn of(version: &str) -> Self {
        match release(version) {
            None => Self::Unknown,
            Some(release) if release < KEEPS_CONNECTION => Self::Gap,
            Some(release) if release < KEEPS_ENDPOINTS => Self::Lost,
            Some(_) => Self::Kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_from_1_30_0_to_1_30_3_lose_endpoints() {
        for version in ["1.30.0", "1.30.1-distroless", "1.30.3"] {
            assert_eq!(Effect::of(version), Effect::Lost, "{version}");
        }
        for version in ["1.30.4", "1.30.10", "1.31.0", "1.31.1-debug"] {
            assert_eq!(Effect::of(version), Effect::Kept, "{version}");
        }
        for version in ["1.29.8", "1.12.0"] {
            assert_eq!(Effect::of(version), Effect::Gap, "{version}");
        }
        for version in ["", "latest", "1.30", "1.30-alpha.5f2"] {
            assert_eq!(Effect::of(version), Effect::Unknown, "{version}");
        }
    }
}
