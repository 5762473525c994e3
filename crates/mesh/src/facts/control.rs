//! A control plane: its pods, its settings, what it answers, and the objects that configure it.

use super::{Fact, IstioGeneration, Selector, not_asked};
use std::{collections::BTreeMap, net::IpAddr};

/// The mesh's configuration, from ConfigMap `istio`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeshConfigFacts {
    /// `trustDomain`.
    pub trust_domain: String,
    /// `trustDomainAliases`.
    pub trust_domain_aliases: Vec<String>,
    /// `defaultConfig.meshId`.
    pub mesh_id: String,
    /// What proxies dial, each purpose with its host: `pilot`, `policy`, `telemetry`, `zipkin`, `statsd`.
    pub proxy_addresses: Vec<(String, String)>,
    /// `defaultConfig.controlPlaneAuthPolicy` is MUTUAL_TLS.
    pub control_plane_mutual_tls: bool,
    /// `discoverySelectors`; a namespace is seen when one of them chooses it, or there is none.
    pub discovery_selectors: Vec<Selector>,
    /// `disablePolicyChecks`.
    pub policy_checks_off: bool,
    /// `policyCheckFailOpen`.
    pub policy_fails_open: bool,
}

/// A Deployment of the control plane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentFacts {
    /// Its name, `istio-policy`.
    pub name: String,
    /// Replicas that are ready.
    pub ready: u32,
    /// Replicas that are wanted.
    pub desired: u32,
}

/// What one remote cluster is to an istiod, from `/debug/clusterz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterState {
    /// Its name in the mesh.
    pub cluster: String,
    /// The Secret it came from; "" is its own.
    pub secret: String,
    /// `synced`, `syncing`, `timeout` or `closed`.
    pub state: String,
}

/// What one proxy runs, from `/debug/syncz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyState {
    /// Its name.
    pub proxy: String,
    /// The cluster it says it is in.
    pub cluster: String,
    /// Its Istio version.
    pub version: String,
}

/// An endpoint that the control plane knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredEndpoint {
    /// The Service's host name.
    pub host: String,
    /// The cluster that it comes from, where the answer says it.
    pub cluster: Option<String>,
    /// The address.
    pub address: IpAddr,
}

/// One pod of the control plane and what it answers.
#[derive(Clone, Debug)]
pub struct InstanceFacts {
    /// The pod.
    pub pod: String,
    /// The clusters it follows; today's line.
    pub clusters: Fact<Vec<ClusterState>>,
    /// The hosts it knows, with or without endpoints.
    pub hosts: Fact<Vec<String>>,
    /// The endpoints it knows.
    pub endpoints: Fact<Vec<RegisteredEndpoint>>,
}

/// What a control plane answers for debugging.
#[derive(Clone, Debug)]
pub struct DebugFacts {
    /// Each pod's answer.
    pub instances: Vec<InstanceFacts>,
    /// The endpoints that every pod knows: `/v1/registration` or `/debug/endpointShardz`.
    pub endpoints: Fact<Vec<RegisteredEndpoint>>,
    /// The hosts it knows, with or without endpoints.
    pub hosts: Fact<Vec<String>>,
    /// Its proxies.
    pub proxies: Fact<Vec<ProxyState>>,
}

impl Default for DebugFacts {
    fn default() -> Self {
        Self {
            instances: Vec::new(),
            endpoints: not_asked(),
            hosts: not_asked(),
            proxies: not_asked(),
        }
    }
}

/// A control plane.
#[derive(Clone, Debug)]
pub struct ControlPlaneFacts {
    /// Which Istio.
    pub generation: IstioGeneration,
    /// Its namespace.
    pub namespace: String,
    /// Its revision, "" for the default.
    pub revision: String,
    /// The tag of its image.
    pub version: String,
    /// What its Deployment is told: `CLUSTER_ID`, `EXTERNAL_ISTIOD` and the like.
    pub env: BTreeMap<String, String>,
    /// Its Deployments.
    pub deployments: Vec<DeploymentFacts>,
    /// The mesh's configuration.
    pub config: Fact<MeshConfigFacts>,
    /// What it answers.
    pub debug: DebugFacts,
}

impl ControlPlaneFacts {
    /// A setting of its Deployment, or "".
    pub fn env_var(&self, name: &str) -> &str {
        self.env.get(name).map_or("", String::as_str)
    }

    /// The name by which it knows its own cluster.
    pub fn cluster_id(&self) -> &str {
        match self.env_var("CLUSTER_ID") {
            "" => "Kubernetes",
            told => told,
        }
    }
}

/// One server of a Gateway object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayServer {
    /// Its port.
    pub port: u16,
    /// `PASSTHROUGH`, `AUTO_PASSTHROUGH`, …, or "".
    pub tls_mode: String,
}

/// A Gateway object of networking.istio.io.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayFacts {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Which pods serve it.
    pub selector: BTreeMap<String, String>,
    /// Its servers.
    pub servers: Vec<GatewayServer>,
}

/// What a policy says of mutual TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MutualTlsFacts {
    /// The object.
    pub object: String,
    /// The namespace it is for; "" is the whole mesh.
    pub scope: String,
    /// `STRICT`, `PERMISSIVE` or `DISABLE`.
    pub mode: String,
}

/// A destination rule that keeps traffic near.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalityFacts {
    /// The object.
    pub object: String,
    /// The host it is for.
    pub host: String,
}

/// What the sample's product page answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductPageFacts {
    /// Status of `/api/v1/products/0`.
    pub status: u16,
    /// Whether the page says "Book Details".
    pub shows_details: Fact<bool>,
    /// Whether Service details is in the caller's cluster.
    pub service_present: Fact<bool>,
    /// Whether the control plane knows an endpoint of it.
    pub endpoint_registered: Fact<bool>,
    /// Whether that endpoint answers from the caller's cluster.
    pub endpoint_reachable: Fact<bool>,
}
