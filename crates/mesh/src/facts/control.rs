//! Facts about a control plane: its Deployments, its settings, its debug endpoints, and the objects that
//! configure it.

use super::{Fact, IstioGeneration, Selector, ShardRead, not_requested};
use crate::istio::DEFAULT_CLUSTER_ID;
use std::{collections::BTreeMap, net::IpAddr};

/// The mesh configuration of ConfigMap `istio`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeshConfigFacts {
    /// `trustDomain`.
    pub trust_domain: String,
    /// `trustDomainAliases`.
    pub trust_domain_aliases: Vec<String>,
    /// `defaultConfig.meshId`.
    pub mesh_id: String,
    /// The hosts that proxies dial by component: `pilot`, `policy`, `telemetry`, `zipkin`, `statsd`.
    pub proxy_addresses: Vec<(String, String)>,
    /// `defaultConfig.controlPlaneAuthPolicy` is MUTUAL_TLS.
    pub control_plane_mutual_tls: bool,
    /// `discoverySelectors`; a namespace is discovered when one of them matches it, or when there are none.
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
    /// The ready replicas.
    pub ready: u32,
    /// The desired replicas.
    pub desired: u32,
}

/// The state of a cluster in `/debug/clusterz` of an istiod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterState {
    /// The ID of the cluster in the mesh.
    pub cluster: String,
    /// The remote Secret; "" for its own cluster.
    pub secret: String,
    /// `synced`, `syncing`, `timeout` or `closed`.
    pub state: String,
}

/// A proxy in `/debug/syncz`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyState {
    /// Its name.
    pub proxy: String,
    /// The ID of its cluster.
    pub cluster: String,
    /// Its Istio version.
    pub version: String,
}

/// An endpoint that the control plane has registered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RegisteredEndpoint {
    /// The host name of its Service.
    pub host: String,
    /// The ID of its cluster, if the response contains it.
    pub cluster: Option<String>,
    /// The address.
    pub address: IpAddr,
}

/// The debug endpoints of one pod of the control plane.
#[derive(Clone, Debug)]
pub struct InstanceFacts {
    /// The pod.
    pub pod: String,
    /// The port that answered; none when no port did.
    pub port: Option<u16>,
    /// The endpoint shards; istiod only.
    pub shards: Fact<ShardRead>,
    /// The clusters; istiod only.
    pub clusters: Fact<Vec<ClusterState>>,
    /// The registered hosts, with or without endpoints.
    pub hosts: Fact<Vec<String>>,
    /// The registered endpoints.
    pub endpoints: Fact<Vec<RegisteredEndpoint>>,
}

/// The debug endpoints of a control plane.
#[derive(Clone, Debug)]
pub struct DebugFacts {
    /// The answers of each pod.
    pub instances: Vec<InstanceFacts>,
    /// The endpoints that every pod has registered: `/v1/registration` or `/debug/endpointShardz`.
    pub endpoints: Fact<Vec<RegisteredEndpoint>>,
    /// The registered hosts, with or without endpoints.
    pub hosts: Fact<Vec<String>>,
    /// Its proxies.
    pub proxies: Fact<Vec<ProxyState>>,
}

impl Default for DebugFacts {
    fn default() -> Self {
        Self {
            instances: Vec::new(),
            endpoints: not_requested(),
            hosts: not_requested(),
            proxies: not_requested(),
        }
    }
}

/// A control plane.
#[derive(Clone, Debug)]
pub struct ControlPlaneFacts {
    /// Its generation.
    pub generation: IstioGeneration,
    /// Its namespace.
    pub namespace: String,
    /// Its revision, "" for the default.
    pub revision: String,
    /// The tag of its image.
    pub version: String,
    /// The environment of its Deployment: `CLUSTER_ID`, `EXTERNAL_ISTIOD` and others.
    pub env: BTreeMap<String, String>,
    /// Its Deployments.
    pub deployments: Vec<DeploymentFacts>,
    /// The mesh configuration.
    pub config: Fact<MeshConfigFacts>,
    /// Its debug endpoints.
    pub debug: DebugFacts,
}

impl ControlPlaneFacts {
    /// A variable of its environment, or "".
    pub fn env_var(&self, name: &str) -> &str {
        self.env.get(name).map_or("", String::as_str)
    }

    /// Whether it controls the remotes that name it as their control plane.
    pub fn controls_remotes(&self) -> bool {
        self.env_var("EXTERNAL_ISTIOD") == "true"
    }

    /// The ID that it gives its own cluster.
    pub fn cluster_id(&self) -> &str {
        match self.env_var("CLUSTER_ID") {
            "" => DEFAULT_CLUSTER_ID,
            id => id,
        }
    }
}

/// A server of a Gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayServer {
    /// Its port.
    pub port: u16,
    /// `PASSTHROUGH`, `AUTO_PASSTHROUGH`, …, or "".
    pub tls_mode: String,
}

/// A Gateway of networking.istio.io.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayFacts {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The selector of its pods.
    pub selector: BTreeMap<String, String>,
    /// Its servers.
    pub servers: Vec<GatewayServer>,
}

/// The mode of a mutual TLS policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MutualTlsFacts {
    /// The object.
    pub object: String,
    /// The namespace of the policy; "" for the whole mesh.
    pub scope: String,
    /// `STRICT`, `PERMISSIVE` or `DISABLE`.
    pub mode: String,
}

/// A destination rule with locality load balancing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalityFacts {
    /// The object.
    pub object: String,
    /// Its host.
    pub host: String,
}

/// The product page of the sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductPageFacts {
    /// The status of `/api/v1/products/0`.
    pub status: u16,
    /// Whether the page shows "Book Details".
    pub shows_details: Fact<bool>,
    /// Whether Service details exists in the caller's cluster.
    pub service_present: Fact<bool>,
    /// Whether the control plane has registered an endpoint of it.
    pub endpoint_registered: Fact<bool>,
    /// Whether the caller's cluster reaches that endpoint.
    pub endpoint_reachable: Fact<bool>,
}
