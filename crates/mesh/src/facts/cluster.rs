//! Facts about one cluster: its nodes and objects, its ranges, and the planned changes.

use super::{
    CaFacts, ControlPlaneFacts, CrdFacts, EndpointFacts, Fact, GatewayFacts, LocalityFacts,
    ManagedFacts, MutualTlsFacts, NamespaceFacts, OwnershipFacts, PodFacts, RemoteSecretFacts,
    RootFacts, ServiceFacts, Unknown, WebhookFacts,
};
use crate::istio::SYSTEM_NAMESPACE;
use ipnet::IpNet;
use std::{borrow::Cow, collections::BTreeSet, net::IpAddr};
use wire::ClusterName;

/// The role of a cluster in the mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The cluster has the control plane.
    Primary,
    /// The control plane of another cluster serves the cluster.
    Remote,
    /// The cluster has a control plane, and other control planes read it.
    Both,
}

/// The source of a range, the most reliable first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RangeSource {
    /// This operator typed it.
    Operator(String),
    /// A pool of the network plugin.
    CniPool,
    /// A flag of the controller manager or of kubeadm's configuration.
    ClusterCidr,
    /// `ServiceCIDR` objects.
    ServiceObjects,
    /// The error of the API server for an address outside of the range.
    Refusal,
    /// The podCIDR of a node: a lower bound.
    NodeCidr,
    /// The addresses of live pods: a lower bound.
    LivePods,
}

impl RangeSource {
    /// The name of the source.
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

    /// Whether the source shows only a part of the range: then the operator is asked for the full range.
    pub fn is_partial(&self) -> bool {
        matches!(self, Self::NodeCidr | Self::LivePods)
    }
}

/// A range of addresses and its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeFacts {
    /// The range.
    pub range: IpNet,
    /// Its source.
    pub source: RangeSource,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFacts {
    /// Its name.
    pub name: String,
    /// Whether it is Ready.
    pub ready: bool,
    /// Its pod CIDRs.
    pub pod_ranges: Vec<IpNet>,
    /// The allocatable millicores.
    pub cpu: u64,
    /// The allocatable bytes of memory.
    pub memory: u64,
    /// `topology.kubernetes.io/region`.
    pub region: String,
    /// `topology.kubernetes.io/zone`.
    pub zone: String,
}

/// The clocks of a cluster against the console, in seconds; positive is ahead.
#[derive(Clone, Debug)]
pub struct ClockFacts {
    /// The API server's `Date`.
    pub server: Fact<i64>,
    /// The seconds since each node last renewed its lease; negative is in the future.
    pub leases: Fact<Vec<(String, i64)>>,
}

/// The planned changes of a cluster.
#[derive(Clone, Debug, Default)]
pub struct PlannedChanges {
    /// The namespaces that are used or created.
    pub namespaces: Vec<String>,
    /// The namespaces whose pods get a sidecar.
    pub injected: Vec<String>,
    /// The millicores and bytes that the new pods request.
    pub requests: Option<(u64, u64)>,
    /// The CRDs that are installed.
    pub crds: Vec<CrdFacts>,
    /// Whether the charts create the reader's objects.
    pub creates_reader: bool,
    /// Whether a gateway of type LoadBalancer is installed.
    pub load_balancer: bool,
    /// The newest Kubernetes that the images support, `1.21`.
    pub newest_kubernetes: Option<String>,
    /// The Istio version, `1.30.3`.
    pub istio: Option<String>,
    /// Whether the removal deletes the CRDs too.
    pub removes_crds: bool,
}

/// A cluster of the mesh.
#[derive(Clone, Debug)]
pub struct ClusterFacts {
    /// Its name in the console.
    pub name: ClusterName,
    /// Its role.
    pub role: Role,
    /// Its network, "" when it has none.
    pub network: String,
    /// The namespace of the control plane.
    pub istio_namespace: String,
    /// The planned changes.
    pub planned: PlannedChanges,
    /// The UID of kube-system, which identifies the cluster.
    pub uid: Fact<String>,
    /// Its version, `v1.36.3`.
    pub version: Fact<String>,
    /// Its nodes.
    pub nodes: Fact<Vec<NodeFacts>>,
    /// The millicores and bytes that its pods request.
    pub requested: Fact<(u64, u64)>,
    /// The pod ranges.
    pub pod_ranges: Fact<Vec<RangeFacts>>,
    /// The Service ranges.
    pub service_ranges: Fact<Vec<RangeFacts>>,
    /// Its pods.
    pub pods: Fact<Vec<PodFacts>>,
    /// Its Services.
    pub services: Fact<Vec<ServiceFacts>>,
    /// The endpoints of its Services.
    pub endpoints: Fact<Vec<EndpointFacts>>,
    /// The addresses of its WorkloadEntries, which Services may select too.
    pub workload_entries: Fact<BTreeSet<IpAddr>>,
    /// Its namespaces.
    pub namespaces: Fact<Vec<NamespaceFacts>>,
    /// Its webhooks.
    pub webhooks: Fact<Vec<WebhookFacts>>,
    /// The dry run of a pod in a namespace with injection: accepted, or the error; none without such a
    /// namespace.
    pub injection_dry_run: Fact<Option<Result<(), String>>>,
    /// The CRDs of Istio.
    pub crds: Fact<Vec<CrdFacts>>,
    /// The objects that a join and a chart both create, with their owners.
    pub owned: Fact<Vec<OwnershipFacts>>,
    /// The objects of Istio that other tools manage.
    pub managed: Fact<Vec<ManagedFacts>>,
    /// The remote Secrets.
    pub remote_secrets: Fact<Vec<RemoteSecretFacts>>,
    /// The control plane; none without one.
    pub control_plane: Fact<Option<ControlPlaneFacts>>,
    /// The Gateways of networking.istio.io.
    pub gateways: Fact<Vec<GatewayFacts>>,
    /// The mutual TLS policies.
    pub mutual_tls: Fact<Vec<MutualTlsFacts>>,
    /// The destination rules with locality load balancing.
    pub locality: Fact<Vec<LocalityFacts>>,
    /// The roots that its workloads trust.
    pub roots: Fact<Vec<RootFacts>>,
    /// The plugged-in CA; none without one.
    pub ca: Fact<Option<CaFacts>>,
    /// The namespaces with `istio-ca-root-cert`.
    pub root_cert_namespaces: Fact<BTreeSet<String>>,
    /// The clocks.
    pub clock: ClockFacts,
    /// The number of custom resources of each Istio kind.
    pub configuration: Fact<Vec<(String, u64)>>,
    /// The objects that an earlier mesh left, a line each.
    pub leftovers: Fact<Vec<String>>,
}

impl ClusterFacts {
    /// A cluster without any facts yet.
    pub fn new(name: &ClusterName, role: Role) -> Self {
        Self::unknown(name, role, &Unknown::because("the fact was not requested"))
    }

    /// A cluster whose facts are all unknown, with the reason.
    pub fn unknown(name: &ClusterName, role: Role, reason: &Unknown) -> Self {
        Self {
            name: name.clone(),
            role,
            network: String::new(),
            istio_namespace: SYSTEM_NAMESPACE.to_owned(),
            planned: PlannedChanges::default(),
            uid: Err(reason.clone()),
            version: Err(reason.clone()),
            nodes: Err(reason.clone()),
            requested: Err(reason.clone()),
            pod_ranges: Err(reason.clone()),
            service_ranges: Err(reason.clone()),
            pods: Err(reason.clone()),
            services: Err(reason.clone()),
            endpoints: Err(reason.clone()),
            workload_entries: Err(reason.clone()),
            namespaces: Err(reason.clone()),
            webhooks: Err(reason.clone()),
            injection_dry_run: Err(reason.clone()),
            crds: Err(reason.clone()),
            owned: Err(reason.clone()),
            managed: Err(reason.clone()),
            remote_secrets: Err(reason.clone()),
            control_plane: Err(reason.clone()),
            gateways: Err(reason.clone()),
            mutual_tls: Err(reason.clone()),
            locality: Err(reason.clone()),
            roots: Err(reason.clone()),
            ca: Err(reason.clone()),
            root_cert_namespaces: Err(reason.clone()),
            clock: ClockFacts {
                server: Err(reason.clone()),
                leases: Err(reason.clone()),
            },
            configuration: Err(reason.clone()),
            leftovers: Err(reason.clone()),
        }
    }

    /// Why none of its facts is known: its API server does not answer.
    pub(crate) fn unreachable(&self) -> Option<&Unknown> {
        let unknown = self.uid.as_ref().err()?;
        unknown.unreachable.is_some().then_some(unknown)
    }

    /// The control plane, if it is known and installed.
    pub fn installed_control_plane(&self) -> Option<&ControlPlaneFacts> {
        self.control_plane.as_ref().ok()?.as_ref()
    }

    /// The pods, if they are known.
    pub fn known_pods(&self) -> &[PodFacts] {
        self.pods.as_deref().unwrap_or_default()
    }

    /// The namespace with this name, if it is known and exists.
    pub fn namespace(&self, name: &str) -> Option<&super::NamespaceFacts> {
        let all = self.namespaces.as_deref().unwrap_or_default();
        all.iter().find(|namespace| namespace.name == name)
    }

    /// Whether one of its pods, or its pod ranges, has that address.
    pub fn is_pod_address(&self, address: std::net::IpAddr) -> bool {
        let of_a_pod = |pod: &PodFacts| !pod.host_network && pod.address == Some(address);
        let ranges = self.pod_ranges.as_deref().unwrap_or_default();
        self.known_pods().iter().any(of_a_pod)
            || ranges.iter().any(|range| range.range.contains(&address))
    }
}
