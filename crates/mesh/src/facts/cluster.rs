//! One cluster: what it is, which addresses it uses, what is planned for it.

use super::{
    CaFacts, ControlPlaneFacts, CrdFacts, EndpointFacts, Fact, GatewayFacts, LocalityFacts,
    ManagedFacts, MutualTlsFacts, NamespaceFacts, OwnershipFacts, PodFacts, RemoteSecretFacts,
    RootFacts, ServiceFacts, Unknown, WebhookFacts,
};
use ipnet::IpNet;
use std::{borrow::Cow, collections::BTreeSet};

/// A cluster's part in the mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Its control plane leads the mesh.
    Primary,
    /// It is led from another cluster.
    Remote,
    /// It has a control plane and is read by others too.
    Both,
}

/// Where a range was read, the surest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RangeSource {
    /// This person typed it.
    Operator(String),
    /// A pool of the network plugin.
    CniPool,
    /// A flag of the controller manager or of kubeadm's configuration.
    ClusterCidr,
    /// `ServiceCIDR` objects.
    ServiceObjects,
    /// What the API server says when an address outside of it is asked for.
    Refusal,
    /// What a node has of it: a lower bound.
    NodeCidr,
    /// Addresses of live pods: a witness.
    LivePods,
}

impl RangeSource {
    /// How a person calls it.
    pub fn word(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Operator(by) => return Cow::Owned(format!("typed by {by}")),
            Self::CniPool => "pool of the network plugin",
            Self::ClusterCidr => "cluster-cidr",
            Self::ServiceObjects => "ServiceCIDR objects",
            Self::Refusal => "what the API server says of addresses outside of it",
            Self::NodeCidr => "a node's podCIDR, a part of the whole",
            Self::LivePods => "addresses of live pods",
        })
    }

    /// Whether it shows a part of the range only: then a person is asked for the whole.
    pub fn is_partial(&self) -> bool {
        matches!(self, Self::NodeCidr | Self::LivePods)
    }
}

/// A range of addresses and where it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeFacts {
    /// The range.
    pub range: IpNet,
    /// Where it was read.
    pub source: RangeSource,
}

/// One node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFacts {
    /// Its name.
    pub name: String,
    /// Whether it is Ready.
    pub ready: bool,
    /// Its parts of the pod range.
    pub pod_ranges: Vec<IpNet>,
    /// Millicores it offers.
    pub cpu: u64,
    /// Bytes it offers.
    pub memory: u64,
    /// `topology.kubernetes.io/region`.
    pub region: String,
    /// `topology.kubernetes.io/zone`.
    pub zone: String,
}

/// Clocks against ours, in seconds; positive is ahead.
#[derive(Clone, Debug)]
pub struct ClockFacts {
    /// The API server's `Date`.
    pub server: Fact<i64>,
    /// How long ago each node last renewed its lease; negative is in the future.
    pub leases: Fact<Vec<(String, i64)>>,
}

/// What is about to come to a cluster.
#[derive(Clone, Debug, Default)]
pub struct PlannedChanges {
    /// Namespaces that are used or made.
    pub namespaces: Vec<String>,
    /// Namespaces whose pods are to be injected.
    pub injected: Vec<String>,
    /// Millicores and bytes that its pods ask for.
    pub requests: Option<(u64, u64)>,
    /// Definitions it brings.
    pub crds: Vec<CrdFacts>,
    /// Whether its charts make the reader's objects themselves.
    pub creates_reader: bool,
    /// Whether a gateway of type LoadBalancer comes.
    pub load_balancer: bool,
    /// The newest Kubernetes that its images can talk to, `1.21`.
    pub newest_kubernetes: Option<String>,
    /// The Istio version, `1.30.3`.
    pub istio: Option<String>,
    /// What is taken away: the definitions too.
    pub removes_crds: bool,
}

/// One cluster of the mesh.
#[derive(Clone, Debug)]
pub struct ClusterFacts {
    /// Its name in the console.
    pub name: String,
    /// Its part.
    pub role: Role,
    /// The network it is to be on, "" when it has no name.
    pub network: String,
    /// The namespace of the control plane.
    pub istio_namespace: String,
    /// What comes to it.
    pub planned: PlannedChanges,
    /// The UID of kube-system, which says which cluster it is.
    pub uid: Fact<String>,
    /// Its version, `v1.36.3`.
    pub version: Fact<String>,
    /// Its nodes.
    pub nodes: Fact<Vec<NodeFacts>>,
    /// Millicores and bytes that its pods request.
    pub requested: Fact<(u64, u64)>,
    /// Where its pods get addresses from.
    pub pod_ranges: Fact<Vec<RangeFacts>>,
    /// Where its Services get addresses from.
    pub service_ranges: Fact<Vec<RangeFacts>>,
    /// Its pods.
    pub pods: Fact<Vec<PodFacts>>,
    /// Its Services.
    pub services: Fact<Vec<ServiceFacts>>,
    /// Their endpoints.
    pub endpoints: Fact<Vec<EndpointFacts>>,
    /// Its namespaces.
    pub namespaces: Fact<Vec<NamespaceFacts>>,
    /// Its webhooks.
    pub webhooks: Fact<Vec<WebhookFacts>>,
    /// A pod tried in an injected namespace, by a dry run: whether it was taken, else what was said; none
    /// where no namespace is injected.
    pub injection_dry_run: Fact<Option<Result<(), String>>>,
    /// Istio's definitions in it.
    pub crds: Fact<Vec<CrdFacts>>,
    /// Objects that a join and a chart both make, and whose they are.
    pub owned: Fact<Vec<OwnershipFacts>>,
    /// Istio's objects that other tools manage.
    pub managed: Fact<Vec<ManagedFacts>>,
    /// Remote Secrets in it.
    pub remote_secrets: Fact<Vec<RemoteSecretFacts>>,
    /// Its control plane, when it has one.
    pub control_plane: Fact<Option<ControlPlaneFacts>>,
    /// Gateway objects of networking.istio.io.
    pub gateways: Fact<Vec<GatewayFacts>>,
    /// What its policies say of mutual TLS.
    pub mutual_tls: Fact<Vec<MutualTlsFacts>>,
    /// What its destination rules say of locality.
    pub locality: Fact<Vec<LocalityFacts>>,
    /// The roots that its workloads trust.
    pub roots: Fact<Vec<RootFacts>>,
    /// The chain that was plugged in, when there is one.
    pub ca: Fact<Option<CaFacts>>,
    /// Namespaces that have `istio-ca-root-cert`.
    pub root_cert_namespaces: Fact<BTreeSet<String>>,
    /// Clocks.
    pub clock: ClockFacts,
    /// How many objects there are of each Istio kind, made by people.
    pub configuration: Fact<Vec<(String, u64)>>,
    /// What an earlier mesh left behind, a line each.
    pub leftovers: Fact<Vec<String>>,
}

impl ClusterFacts {
    /// A cluster of which nothing is known yet.
    pub fn new(name: &str, role: Role) -> Self {
        Self::unknown(name, role, &Unknown::because("it was not asked"))
    }

    /// A cluster of which nothing could be had, and why.
    pub fn unknown(name: &str, role: Role, why: &Unknown) -> Self {
        Self {
            name: name.to_owned(),
            role,
            network: String::new(),
            istio_namespace: "istio-system".to_owned(),
            planned: PlannedChanges::default(),
            uid: Err(why.clone()),
            version: Err(why.clone()),
            nodes: Err(why.clone()),
            requested: Err(why.clone()),
            pod_ranges: Err(why.clone()),
            service_ranges: Err(why.clone()),
            pods: Err(why.clone()),
            services: Err(why.clone()),
            endpoints: Err(why.clone()),
            namespaces: Err(why.clone()),
            webhooks: Err(why.clone()),
            injection_dry_run: Err(why.clone()),
            crds: Err(why.clone()),
            owned: Err(why.clone()),
            managed: Err(why.clone()),
            remote_secrets: Err(why.clone()),
            control_plane: Err(why.clone()),
            gateways: Err(why.clone()),
            mutual_tls: Err(why.clone()),
            locality: Err(why.clone()),
            roots: Err(why.clone()),
            ca: Err(why.clone()),
            root_cert_namespaces: Err(why.clone()),
            clock: ClockFacts {
                server: Err(why.clone()),
                leases: Err(why.clone()),
            },
            configuration: Err(why.clone()),
            leftovers: Err(why.clone()),
        }
    }

    /// Its control plane, when it is known and there.
    pub fn installed_control_plane(&self) -> Option<&ControlPlaneFacts> {
        self.control_plane.as_ref().ok()?.as_ref()
    }

    /// Its pods, when they are known.
    pub fn known_pods(&self) -> &[PodFacts] {
        self.pods.as_deref().unwrap_or_default()
    }

    /// The namespace of that name, when it is known and there.
    pub fn namespace(&self, name: &str) -> Option<&super::NamespaceFacts> {
        let all = self.namespaces.as_deref().unwrap_or_default();
        all.iter().find(|one| one.name == name)
    }

    /// Whether one of its pods, or its pod ranges, has that address.
    pub fn is_pod_address(&self, address: std::net::IpAddr) -> bool {
        let of_a_pod = |pod: &PodFacts| !pod.host_network && pod.address == Some(address);
        let ranges = self.pod_ranges.as_deref().unwrap_or_default();
        self.known_pods().iter().any(of_a_pod)
            || ranges.iter().any(|one| one.range.contains(&address))
    }
}
