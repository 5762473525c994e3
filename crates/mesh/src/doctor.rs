//! The doctor: the checks of a mesh by their IDs, one per file, each a pure function over [`MeshFacts`].
//!
//! `P` checks precede a join, `D` checks run afterwards and periodically, `U` checks belong to a removal. A
//! check that does not apply, or whose facts are unknown, is skipped with the reason. Start at
//! [`examine`]; the table is [`CHECKS`].

mod d01_cluster_synced;
mod d02_remote_address;
mod d03_remote_address_stale;
mod d04_control_plane_reachable;
mod d05_gateway_address;
mod d06_gateway_exposed;
mod d07_network_and_mesh_id;
mod d08_proxy_cluster_id;
mod d09_shared_root;
mod d10_certificate_chain;
mod d11_trust_domain;
mod d12_clock_skew;
mod d13_version_skew;
mod d14_service_for_callers;
mod d15_service_sameness;
mod d16_injection_label;
mod d17_pods_without_sidecar;
mod d18_root_certificate_maps;
mod d19_webhook_bundle;
mod d20_token_accepted;
mod d21_policy_reachable;
mod d22_mutual_tls;
mod d23_locality_balancing;
mod d24_product_page;
mod d25_remote_ca_changed;
mod d26_endpoints_registered;
mod d27_control_plane_ready;
mod gateway;
mod joins;
mod p01_pod_ranges;
mod p02_address_collision;
mod p03_service_ranges;
mod p04_pod_and_service_ranges;
mod p05_server_address;
mod p06_server_reachable;
mod p07_server_certificate;
mod p08_reader_token;
mod p09_token_valid;
mod p10_several_tokens;
mod p11_reader_role;
mod p12_reader_permissions;
mod p13_reader_least_privilege;
mod p14_valid_cluster_name;
mod p15_distinct_cluster_name;
mod p16_duplicate_cluster;
mod p17_remote_secret_location;
mod p18_kubeconfig_credentials;
pub(crate) mod p19_namespace_state;
pub(crate) mod p20_leftover_webhooks;
pub(crate) mod p21_leftover_crds;
pub(crate) mod p22_terminating_crds;
pub(crate) mod p23_ownership;
pub(crate) mod p24_kubernetes_version;
pub(crate) mod p25_capacity;
mod p26_load_balancers;
mod p27_webhook_port;
mod p28_pod_security;
mod p29_discovery_selectors;
mod p30_other_managers;
mod p31_kubeconfig_path;
mod p32_cluster_reachable;
mod p33_image_hosts;
mod p34_istio_supported;
mod p35_gateway_api;
mod p36_join_ownership;
mod ranges;
#[cfg(test)]
mod tests;
mod u1_configuration_lost;
mod u2_removal_order;
mod u3_leftovers;
mod u4_endpoint_loss;

#[cfg(test)]
pub(crate) use tests::samples;

use crate::{
    facts::{Intent, IstioGeneration, MeshFacts},
    finding::Finding,
};
use std::time::Instant;
use wire::check::{CheckCode, CheckView, DoctorView, Group, SkipReason, Stage};

/// The generations of Istio that a check applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generations {
    /// Every generation.
    Any,
    /// Istio 1.0 with Mixer.
    Mixer,
    /// Istio with istiod.
    Istiod,
}

/// The condition for a check to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// None.
    Nothing,
    /// A remote that joins or has joined.
    Join,
    /// A join, and clusters on several networks.
    Networks,
    /// A removal.
    Removal,
}

/// A check.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The code.
    pub code: CheckCode,
    /// The group on a page.
    pub group: Group,
    /// The generations of Istio that it applies to.
    pub generations: Generations,
    /// The condition for it to apply.
    pub requires: Requirement,
    /// The last stage whose facts it reads.
    pub stage: Stage,
    /// The check itself, a pure function over the facts.
    pub check: fn(&MeshFacts) -> Finding,
}

macro_rules! checks {
    ($($code:ident, $module:ident, $group:ident, $generations:ident, $requires:ident, $stage:ident;)*) => {
        /// Every check, in the order of a page.
        pub const CHECKS: &[Check] = &[$(
            Check {
                code: CheckCode::$code,
                group: Group::$group,
                generations: Generations::$generations,
                requires: Requirement::$requires,
                stage: Stage::$stage,
                check: $module::check,
            },
        )*];
    };
}

checks! {
    // code, module, group, generations, requirement, last stage
    PodRanges,             p01_pod_ranges,              Network,      Any,    Nothing,  Clusters;
    AddressCollision,      p02_address_collision,       Network,      Any,    Nothing,  Clusters;
    ServiceRanges,         p03_service_ranges,          Network,      Any,    Nothing,  Clusters;
    PodAndServiceRanges,   p04_pod_and_service_ranges,  Network,      Any,    Nothing,  Clusters;
    ServerAddress,         p05_server_address,          Network,      Any,    Join,     Remotes;
    ServerReachable,       p06_server_reachable,        Network,      Any,    Join,     Connectivity;
    ServerCertificate,     p07_server_certificate,      Network,      Any,    Join,     Remotes;
    ReaderToken,           p08_reader_token,            Identity,     Any,    Join,     Remotes;
    TokenValid,            p09_token_valid,             Identity,     Any,    Join,     Remotes;
    SeveralTokens,         p10_several_tokens,          Identity,     Any,    Join,     Remotes;
    ReaderRole,            p11_reader_role,             Identity,     Any,    Join,     Remotes;
    ReaderPermissions,     p12_reader_permissions,      Identity,     Any,    Join,     Remotes;
    ReaderLeastPrivilege,  p13_reader_least_privilege,  Identity,     Any,    Join,     Remotes;
    ValidClusterName,      p14_valid_cluster_name,      Identity,     Any,    Join,     Remotes;
    DistinctClusterName,   p15_distinct_cluster_name,   Identity,     Any,    Join,     Remotes;
    DuplicateCluster,      p16_duplicate_cluster,       Identity,     Any,    Nothing,  Remotes;
    RemoteSecretLocation,  p17_remote_secret_location,  Identity,     Any,    Join,     Remotes;
    KubeconfigCredentials, p18_kubeconfig_credentials,  Identity,     Any,    Join,     Remotes;
    NamespaceState,        p19_namespace_state,         Conflicts,    Any,    Nothing,  Clusters;
    LeftoverWebhooks,      p20_leftover_webhooks,       Conflicts,    Any,    Nothing,  Clusters;
    LeftoverCrds,          p21_leftover_crds,           Conflicts,    Any,    Nothing,  Clusters;
    TerminatingCrds,       p22_terminating_crds,        Conflicts,    Any,    Nothing,  Clusters;
    Ownership,             p23_ownership,               Conflicts,    Any,    Nothing,  Clusters;
    KubernetesVersion,     p24_kubernetes_version,      Cluster,      Any,    Nothing,  Clusters;
    Capacity,              p25_capacity,                Cluster,      Any,    Nothing,  Clusters;
    LoadBalancers,         p26_load_balancers,          Cluster,      Any,    Nothing,  Clusters;
    WebhookPort,           p27_webhook_port,            Network,      Any,    Nothing,  Clusters;
    PodSecurity,           p28_pod_security,            Workloads,    Any,    Nothing,  Clusters;
    DiscoverySelectors,    p29_discovery_selectors,     Workloads,    Istiod, Nothing,  Remotes;
    OtherManagers,         p30_other_managers,          Conflicts,    Any,    Nothing,  Clusters;
    KubeconfigPath,        p31_kubeconfig_path,         Identity,     Istiod, Join,     Remotes;
    ClusterReachable,      p32_cluster_reachable,       Cluster,      Any,    Nothing,  Clusters;
    ImageHosts,            p33_image_hosts,             Workloads,    Any,    Nothing,  Clusters;
    IstioSupported,        p34_istio_supported,         Cluster,      Istiod, Nothing,  Clusters;
    GatewayApi,            p35_gateway_api,             Cluster,      Istiod, Nothing,  Clusters;
    JoinOwnership,         p36_join_ownership,          Identity,     Any,    Nothing,  Remotes;
    ClusterSynced,         d01_cluster_synced,          Sync,         Any,    Join,     ControlPlanes;
    RemoteAddress,         d02_remote_address,          Addresses,    Any,    Join,     Remotes;
    RemoteAddressStale,    d03_remote_address_stale,    Addresses,    Any,    Join,     Remotes;
    ControlPlaneReachable, d04_control_plane_reachable, Addresses,    Any,    Join,     Connectivity;
    GatewayAddress,        d05_gateway_address,         Addresses,    Any,    Nothing,  Clusters;
    GatewayExposed,        d06_gateway_exposed,         Addresses,    Istiod, Networks, Remotes;
    NetworkAndMeshId,      d07_network_and_mesh_id,     Sync,         Istiod, Nothing,  Clusters;
    ProxyClusterId,        d08_proxy_cluster_id,        Sync,         Istiod, Join,     Remotes;
    SharedRoot,            d09_shared_root,             Certificates, Any,    Nothing,  Clusters;
    CertificateChain,      d10_certificate_chain,       Certificates, Any,    Nothing,  Clusters;
    TrustDomain,           d11_trust_domain,            Certificates, Istiod, Nothing,  Clusters;
    ClockSkew,             d12_clock_skew,              Certificates, Any,    Nothing,  Clusters;
    VersionSkew,           d13_version_skew,            Workloads,    Any,    Nothing,  Remotes;
    ServiceForCallers,     d14_service_for_callers,     Workloads,    Any,    Join,     Remotes;
    ServiceSameness,       d15_service_sameness,        Workloads,    Any,    Join,     Remotes;
    InjectionLabel,        d16_injection_label,         Workloads,    Any,    Nothing,  Clusters;
    PodsWithoutSidecar,    d17_pods_without_sidecar,    Workloads,    Any,    Nothing,  Clusters;
    RootCertificateMaps,   d18_root_certificate_maps,   Sync,         Istiod, Join,     Remotes;
    WebhookBundle,         d19_webhook_bundle,          Sync,         Istiod, Join,     Remotes;
    TokenAccepted,         d20_token_accepted,          Sync,         Any,    Join,     Remotes;
    PolicyReachable,       d21_policy_reachable,        Sync,         Mixer,  Nothing,  Clusters;
    MutualTls,             d22_mutual_tls,              Certificates, Any,    Nothing,  Clusters;
    LocalityBalancing,     d23_locality_balancing,      Workloads,    Istiod, Join,     Remotes;
    ProductPage,           d24_product_page,            Sync,         Any,    Join,     ControlPlanes;
    RemoteCaChanged,       d25_remote_ca_changed,       Sync,         Any,    Join,     Remotes;
    EndpointsRegistered,   d26_endpoints_registered,    Sync,         Istiod, Join,     ControlPlanes;
    ControlPlaneReady,     d27_control_plane_ready,     Sync,         Any,    Nothing,  Clusters;
    ConfigurationLost,     u1_configuration_lost,       Removal,      Any,    Removal,  Remotes;
    RemovalOrder,          u2_removal_order,            Removal,      Any,    Removal,  Remotes;
    Leftovers,             u3_leftovers,                Removal,      Any,    Removal,  Remotes;
    EndpointLoss,          u4_endpoint_loss,            Removal,      Any,    Removal,  ControlPlanes;
}

impl Check {
    /// Why the check does not apply to this mesh; none when it applies.
    fn skip_reason(&self, facts: &MeshFacts) -> Option<SkipReason> {
        match (self.generations, facts.generation) {
            (Generations::Mixer, IstioGeneration::Istiod) => return Some(SkipReason::MixerOnly),
            (Generations::Istiod, IstioGeneration::Mixer) => return Some(SkipReason::IstiodOnly),
            _ => {}
        }
        match self.requires {
            Requirement::Nothing => None,
            Requirement::Join | Requirement::Networks if facts.joins.is_empty() => {
                Some(SkipReason::NoRemote)
            }
            Requirement::Networks if !facts.spans_networks() => Some(SkipReason::OneNetwork),
            Requirement::Join | Requirement::Networks => None,
            Requirement::Removal => {
                (facts.intent != Intent::Remove).then_some(SkipReason::RemovalOnly)
            }
        }
    }

    /// Runs the check, or skips it with the reason.
    pub fn run(&self, facts: &MeshFacts) -> Finding {
        if let Some(reason) = self.skip_reason(facts) {
            return Finding::skipped(reason).with("count", 0);
        }
        let finding = (self.check)(facts);
        #[cfg(test)]
        tests::assert_reads_no_later_stage(self, facts, &finding);
        finding
    }

    fn view(&self, facts: &MeshFacts) -> CheckView {
        let start = Instant::now();
        let finding = self.run(facts);
        CheckView {
            code: self.code,
            group: self.group,
            status: finding.status,
            skipped: finding.skipped,
            args: finding.args,
            details: finding.details,
            remedies: finding.remedies,
            problem: None,
            took: u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX),
        }
    }
}

/// Runs the checks whose last facts come with a stage.
pub fn examine_at(facts: &MeshFacts, stage: Stage) -> impl Iterator<Item = CheckView> {
    let checks = CHECKS.iter().filter(move |check| check.stage == stage);
    checks.map(|check| check.view(facts))
}

/// The position of a check on a page.
pub fn position(code: CheckCode) -> usize {
    let found = CHECKS.iter().position(|check| check.code == code);
    found.unwrap_or(CHECKS.len())
}

/// Runs every check, each one when the iterator reaches it.
pub fn examine(facts: &MeshFacts) -> impl Iterator<Item = CheckView> {
    CHECKS.iter().map(|check| check.view(facts))
}

/// The complete report about a mesh.
pub fn report(facts: &MeshFacts) -> DoctorView {
    report_with(facts, examine(facts).collect())
}

/// The report about a mesh with the results of checks that have already run.
pub fn report_with(facts: &MeshFacts, checks: Vec<CheckView>) -> DoctorView {
    let clusters = facts.primaries().chain(facts.remotes());
    DoctorView {
        clusters: clusters.map(|cluster| cluster.name.to_string()).collect(),
        generation: facts.generation.as_str().to_owned(),
        at: facts.now.as_second(),
        checks,
    }
}
