//! The names of Istio: labels, annotations, objects and ports of both generations.
//!
//! Every other module takes a name of Istio from here. Nothing here reads a cluster. Start at
//! [`IstioGeneration`]; the names of the remote reader are in [`reader`], its rights in
//! [`reader_rules`].

pub mod reader;
pub mod reader_rules;
pub(crate) mod runtime_objects;

use std::fmt;

/// The namespace in which Istio installs its control plane unless another one is chosen.
pub const SYSTEM_NAMESPACE: &str = "istio-system";
/// The ID that a control plane gives its own cluster when `CLUSTER_ID` is not set.
pub const DEFAULT_CLUSTER_ID: &str = "Kubernetes";

/// The label of a remote Secret; control planes watch Secrets whose value is `true`.
pub const MULTI_CLUSTER_LABEL: &str = "istio/multiCluster";
/// The annotation of a remote Secret with the ID of the cluster.
pub const CLUSTER_ANNOTATION: &str = "networking.istio.io/cluster";
/// The prefix of the name that `istioctl` gives a remote Secret.
pub const REMOTE_SECRET_PREFIX: &str = "istio-remote-secret-";
/// The annotation of a remote's namespace with the IDs of the clusters whose control planes serve it.
pub const CONTROL_PLANE_CLUSTERS_ANNOTATION: &str = "topology.istio.io/controlPlaneClusters";
/// The label of a namespace, a gateway or a pod with its network.
pub const NETWORK_LABEL: &str = "topology.istio.io/network";
/// The label of a namespace that switches sidecar injection on or off.
pub const INJECTION_LABEL: &str = "istio-injection";
/// The label of a namespace, a pod or a control plane with its revision.
pub const REVISION_LABEL: &str = "istio.io/rev";

/// The name of the sidecar's container.
pub const PROXY_CONTAINER: &str = "istio-proxy";
/// The Deployment and Service of istiod.
pub const ISTIOD: &str = "istiod";
/// The ConfigMap with the mesh configuration.
pub const MESH_CONFIG_MAP: &str = "istio";
/// The ConfigMap that istiod writes into every namespace: the root certificate.
pub const ROOT_CERTIFICATE_MAP: &str = "istio-ca-root-cert";
/// The Secret with a CA that the operator plugs in.
pub const PLUGGED_IN_CA_SECRET: &str = "cacerts";
/// The Secret with the CA that the control plane generates.
pub const GENERATED_CA_SECRET: &str = "istio-ca-secret";

/// Discovery without TLS, Istio 1.0.
pub const PLAIN_DISCOVERY_PORT: u16 = 15010;
/// Discovery with mutual TLS, Istio 1.0.
pub const MIXER_TLS_DISCOVERY_PORT: u16 = 15011;
/// Discovery with mutual TLS, istiod.
pub const ISTIOD_DISCOVERY_PORT: u16 = 15012;
/// The HTTP port of Pilot and istiod that serves the debug endpoints; a setting of istiod closes them.
pub const DEBUG_PORT: u16 = 8080;
/// The port of istiod with its metrics, which serves the debug endpoints too.
pub const MONITORING_PORT: u16 = 15014;
/// The port of a pod with the metrics of its proxy, which the agent of the proxy serves.
pub(crate) const PROXY_METRICS_PORT: u16 = 15020;
/// The administration port of a proxy, which it serves on its own loopback address.
pub(crate) const PROXY_ADMIN_PORT: u16 = 15000;

/// The generation of an Istio control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IstioGeneration {
    /// Istio 1.0: Pilot, Mixer and Citadel.
    Mixer,
    /// Istio 1.5 and later: istiod.
    Istiod,
}

impl IstioGeneration {
    /// The generation as reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mixer => "mixer",
            Self::Istiod => "istiod",
        }
    }
}

impl fmt::Display for IstioGeneration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Mixer => "Istio 1.0",
            Self::Istiod => "istiod",
        })
    }
}

/// Whether an API group belongs to Istio.
pub(crate) fn is_istio_group(group: &str) -> bool {
    group == "istio.io" || group.ends_with(".istio.io")
}

/// Whether a label or an annotation belongs to Istio, such as `istio-injection` or `topology.istio.io/network`.
pub(crate) fn is_istio_key(key: &str) -> bool {
    match key.split_once('/') {
        Some((group, _)) => is_istio_group(group),
        None => key == INJECTION_LABEL,
    }
}

/// The cluster IDs in a value of [`CONTROL_PLANE_CLUSTERS_ANNOTATION`] such as `east, west`.
pub(crate) fn control_plane_clusters(annotation: Option<&str>) -> Vec<String> {
    let names = annotation.unwrap_or_default().split(',');
    let names = names.map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_end_in_istio_io_belong_to_istio() {
        assert!(is_istio_group("networking.istio.io") && is_istio_group("istio.io"));
        assert!(!is_istio_group("notistio.io") && !is_istio_group("istio.io.example.org"));
        assert!(!is_istio_group("gateway.networking.k8s.io"));
    }

    #[test]
    fn the_control_plane_clusters_are_a_list() {
        assert_eq!(
            control_plane_clusters(Some("east, west,")),
            ["east", "west"]
        );
        assert!(control_plane_clusters(None).is_empty());
    }
}
