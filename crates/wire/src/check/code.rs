//! Every check by its code and its id: `P` before joining, `D` afterwards, `U` before and after a
//! removal, `W` of the installation wizard alone.
//!
//! An id is what a person reads and a page of docs/checks is called after; it never changes its meaning.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        /// Which check it is; the page words it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum CheckCode {
            $($(#[$doc])* $name,)*
        }

        impl CheckCode {
            /// Every code, in the order of their ids.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its id, such as `P01`.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)*
                }
            }
        }
    };
}

codes! {
    /// The API server answers. `version`.
    ServerAnswers = "W01",
    /// The credential may write every kind of the manifest. `kinds`, `missing`.
    Rights = "W02",
    /// No release has that name. `release`.
    NameFree = "W03",

    /// Pod ranges of two clusters do not overlap. `count`.
    PodRanges = "P01",
    /// No address is used in two clusters. `count`.
    AddressCollision = "P02",
    /// Service ranges of two clusters do not overlap. `count`.
    ServiceRanges = "P03",
    /// One cluster's pods do not lie in another's Service range. `count`.
    PodAndServiceRanges = "P04",
    /// The remote's address is no loopback and no private name. `count`.
    ServerAddress = "P05",
    /// The primary's pods reach the remote's API server. `count`.
    ServerReachable = "P06",
    /// The server's certificate fits its address and the given authority. `count`.
    ServerCertificate = "P07",
    /// The reader has a token Secret. `count`.
    ReaderToken = "P08",
    /// The token is filled and the reader's. `count`.
    TokenFilled = "P09",
    /// The reader has one token Secret. `count`.
    SeveralTokens = "P10",
    /// The reader's role is there. `count`.
    ReaderRole = "P11",
    /// The reader may read what the control plane reads. `count`.
    ReaderRights = "P12",
    /// The reader may read no more than that. `count`.
    ReaderRightsWide = "P13",
    /// The cluster's name in the mesh can be one. `count`.
    MeshClusterName = "P14",
    /// The name is not the control plane's own. `count`.
    OwnClusterName = "P15",
    /// No cluster joins twice, no name is used twice. `count`.
    ClusterTwice = "P16",
    /// The remote Secret is where and as the control plane looks for it. `count`.
    RemoteSecretPlace = "P17",
    /// The kubeconfig runs and reads nothing. `count`.
    KubeconfigPlain = "P18",
    /// The namespace is absent, present or Terminating. `namespace`, `state`, `count`.
    NamespaceState = "P19",
    /// No webhook is left over that would hold up pods. `webhooks`, `count`.
    LeftoverWebhooks = "P20",
    /// No CRD of another line stands in the way. `crds`, `count`.
    LeftoverCrds = "P21",
    /// No CRD is being deleted. `crds`, `count`.
    TerminatingCrds = "P22",
    /// No object that comes belongs to somebody else. `objects`, `count`.
    Ownership = "P23",
    /// These images can run on that Kubernetes. `version`, `newest`, `count`.
    RunsHere = "P24",
    /// Requests fit on the nodes. `cpu`, `memory`, `cpu_free`, `memory_free`, `count`.
    Capacity = "P25",
    /// A LoadBalancer gets an address here. `count`.
    LoadBalancers = "P26",
    /// The API server reaches the webhook. `count`.
    WebhookPort = "P27",
    /// Pod security lets sidecars start. `count`.
    PodSecurity = "P28",
    /// Discovery selectors hide no namespace that is needed. `count`.
    DiscoverySelectors = "P29",
    /// No other tool manages the mesh's objects. `count`.
    OtherManagers = "P30",
    /// The control plane looks at remote Secrets. `count`.
    KubeconfigPath = "P31",

    /// The control plane has the remote in sync. `count`.
    ClusterSynced = "D01",
    /// The address that remotes dial will last and is not public. `count`.
    RemoteAddress = "D02",
    /// That address is still the control plane's. `count`.
    RemoteAddressStale = "D03",
    /// The remote's pods reach the control plane. `count`.
    ControlPlaneReachable = "D04",
    /// Gateways have an address. `count`.
    GatewayAddress = "D05",
    /// Gateways carry their network, their ports and their routes. `count`.
    GatewayExposed = "D06",
    /// Network and mesh id are the same wherever they are said. `count`.
    NetworkAndMeshId = "D07",
    /// Proxies say the cluster name of the remote Secret. `count`.
    ProxyClusterId = "D08",
    /// All clusters trust the same root. `count`.
    SharedRoot = "D09",
    /// The plugged-in chain is sound and lasts. `count`.
    CertificateChain = "D10",
    /// Trust domains agree. `count`.
    TrustDomain = "D11",
    /// Clocks agree. `count`.
    ClockSkew = "D12",
    /// Versions of control planes and proxies fit. `count`.
    VersionSkew = "D13",
    /// Each Service called is in the caller's cluster. `count`.
    ServiceForCallers = "D14",
    /// A Service looks the same in each cluster. `count`.
    ServiceSameness = "D15",
    /// Namespaces of workloads are labelled for injection, once. `count`.
    InjectionLabel = "D16",
    /// Pods of labelled namespaces have a sidecar. `count`.
    PodsWithoutSidecar = "D17",
    /// Every namespace has the root certificate. `count`.
    RootCertificateMaps = "D18",
    /// The injection webhook trusts the control plane. `count`.
    WebhookBundle = "D19",
    /// The remote still knows the token. `count`.
    TokenAccepted = "D20",
    /// Policy is reachable. `count`.
    PolicyReachable = "D21",
    /// Mutual TLS is demanded alike. `count`.
    MutualTls = "D22",
    /// Locality keeps traffic at home. `count`.
    LocalityBalancing = "D23",
    /// The product page shows the details. `status`, `count`.
    ProductPage = "D24",
    /// The remote's authority is the one that was stored. `count`.
    RemoteAuthorityChanged = "D25",

    /// Configuration that would go with the definitions. `count`.
    ConfigurationLost = "U1",
    /// What stands is taken away in order. `count`.
    RemovalOrder = "U2",
    /// Nothing is left behind. `count`.
    Leftovers = "U3",
    /// No traffic depends on what goes. `count`.
    EndpointLoss = "U4",
}
