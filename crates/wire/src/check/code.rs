//! Every check by its code and its ID: `P` before a join, `D` afterwards, `U` for a removal, `W` in the
//! installation wizard only.
//!
//! A page shows the ID, and the page of docs/checks has its name; the meaning of an ID never changes.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        /// The code of a check; the page words it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum CheckCode {
            $($(#[$doc])* $name,)*
        }

        impl CheckCode {
            /// Every code, in the order of the IDs.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The ID, such as `P01`.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }
        }
    };
}

codes! {
    /// The API server responds. `version`.
    ApiServerReachable = "W01",
    /// The credentials may write every kind of the manifest. `kinds`, `missing`.
    Permissions = "W02",
    /// No release has the name. `release`.
    ReleaseNameAvailable = "W03",
    /// The release that is upgraded is at the revision that the upgrade was prepared for, and no operation on it
    /// is pending. `release`, `revision`.
    ReleaseUpgradable = "W04",

    /// Pod ranges of two clusters do not overlap. `count`.
    PodRanges = "P01",
    /// No address is used in two clusters. `count`.
    AddressCollision = "P02",
    /// Service ranges of two clusters do not overlap. `count`.
    ServiceRanges = "P03",
    /// Pod ranges of a cluster do not overlap Service ranges of another one. `count`.
    PodAndServiceRanges = "P04",
    /// The address of the remote's API server is no loopback and no cluster-local name. `count`.
    ServerAddress = "P05",
    /// Pods of the primary reach the remote's API server. `count`.
    ServerReachable = "P06",
    /// The server certificate is valid for its address under the CA bundle. `count`.
    ServerCertificate = "P07",
    /// The reader has a token Secret. `count`.
    ReaderToken = "P08",
    /// The token is filled, belongs to the reader and does not expire. `count`.
    TokenValid = "P09",
    /// The reader has one token Secret. `count`.
    SeveralTokens = "P10",
    /// The reader's ClusterRole exists. `count`.
    ReaderRole = "P11",
    /// The reader may read what the control plane reads. `count`.
    ReaderPermissions = "P12",
    /// The reader may read no more than that. `count`.
    ReaderLeastPrivilege = "P13",
    /// The name of the remote in the mesh is a DNS label. `count`.
    ValidClusterName = "P14",
    /// The name of the remote differs from the cluster ID of the control plane. `count`.
    DistinctClusterName = "P15",
    /// No cluster joins twice, no name is used twice. `count`.
    DuplicateCluster = "P16",
    /// The control plane finds the remote Secret. `count`.
    RemoteSecretLocation = "P17",
    /// The stored kubeconfig uses a bearer token and inline data. `count`.
    KubeconfigCredentials = "P18",
    /// The namespace is absent, present or terminating. `namespace`, `state`, `count`.
    NamespaceState = "P19",
    /// No left-over webhook rejects pods. `webhooks`, `count`.
    LeftoverWebhooks = "P20",
    /// No CRD conflicts with the CRDs of the charts. `crds`, `count`.
    LeftoverCrds = "P21",
    /// No CRD is terminating. `crds`, `count`.
    TerminatingCrds = "P22",
    /// No object of the manifest has another owner. `objects`, `count`.
    Ownership = "P23",
    /// The images support this version of Kubernetes. `version`, `newest`, `count`.
    KubernetesVersion = "P24",
    /// The requests fit on the nodes. `cpu`, `memory`, `cpu_free`, `memory_free`, `count`.
    Capacity = "P25",
    /// A Service of type LoadBalancer gets an address. `count`.
    LoadBalancers = "P26",
    /// The API server reaches the webhook. `count`.
    WebhookPort = "P27",
    /// Pod security admission allows sidecars. `count`.
    PodSecurity = "P28",
    /// Discovery selectors match every namespace of the mesh. `count`.
    DiscoverySelectors = "P29",
    /// No other tool manages the objects of the mesh. `count`.
    OtherManagers = "P30",
    /// The control plane reads remote Secrets. `count`.
    KubeconfigPath = "P31",
    /// The API server of each cluster answers the console. `count`.
    ClusterReachable = "P32",
    /// No image comes from a host that is switched off. `count`.
    ImageHosts = "P33",
    /// Istio supports this version, and it has the fixes of published vulnerabilities. `count`.
    IstioSupported = "P34",
    /// The CRDs of the Gateway API fit istiod. `count`.
    GatewayApi = "P35",
    /// Every remote Secret leads to a member, and the join belongs to the console. `count`.
    JoinOwnership = "P36",

    /// The control plane has synced the remote. `count`.
    ClusterSynced = "D01",
    /// The address that remotes connect to is stable and not public. `count`.
    RemoteAddress = "D02",
    /// That address still belongs to the control plane. `count`.
    RemoteAddressStale = "D03",
    /// Pods of the remote reach the control plane. `count`.
    ControlPlaneReachable = "D04",
    /// Gateways have an address. `count`.
    GatewayAddress = "D05",
    /// Gateways have the network label, the port and the route. `count`.
    GatewayExposed = "D06",
    /// Network and mesh ID are consistent. `count`.
    NetworkAndMeshId = "D07",
    /// Proxies use the cluster ID of the remote Secret. `count`.
    ProxyClusterId = "D08",
    /// All clusters trust the same root. `count`.
    SharedRoot = "D09",
    /// The certificate chain is valid and does not expire soon. `count`.
    CertificateChain = "D10",
    /// The trust domains are consistent. `count`.
    TrustDomain = "D11",
    /// The clocks are synchronized. `count`.
    ClockSkew = "D12",
    /// The versions of control planes and proxies are compatible. `count`.
    VersionSkew = "D13",
    /// Each Service of the remote exists in the caller's cluster. `count`.
    ServiceForCallers = "D14",
    /// A Service is the same in each cluster. `count`.
    ServiceSameness = "D15",
    /// Namespaces of workloads have one injection label. `count`.
    InjectionLabel = "D16",
    /// Pods of labelled namespaces have a sidecar. `count`.
    PodsWithoutSidecar = "D17",
    /// Every injected namespace has the root certificate. `count`.
    RootCertificateMaps = "D18",
    /// The injection webhook trusts the control plane. `count`.
    WebhookBundle = "D19",
    /// The remote accepts the stored token. `count`.
    TokenAccepted = "D20",
    /// Mixer policy is reachable. `count`.
    PolicyReachable = "D21",
    /// The modes of mutual TLS are consistent. `count`.
    MutualTls = "D22",
    /// Locality rules do not keep traffic in one cluster. `count`.
    LocalityBalancing = "D23",
    /// The product page shows the details. `status`, `count`.
    ProductPage = "D24",
    /// The stored CA bundle verifies the remote's API server. `count`.
    RemoteCaChanged = "D25",
    /// Each istiod has registered the ready endpoints of the remotes. `count`, `ports`.
    EndpointsRegistered = "D26",
    /// Each control plane has a ready pod. `count`.
    ControlPlaneReady = "D27",

    /// Custom resources that are deleted with their CRDs. `count`.
    ConfigurationLost = "U1",
    /// The components are removed in order. `count`.
    RemovalOrder = "U2",
    /// No object is left. `count`.
    Leftovers = "U3",
    /// No Service depends on the remote alone. `count`.
    EndpointLoss = "U4",
}
