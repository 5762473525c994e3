//! The texts of the doctor's checks by their codes: title, summary, details, skip reason and remedies.
//!
//! One table per noun, so that a new check is a line here and its texts in `locales/`. Places in a text
//! such as `{count}` are arguments; [`fill`] inserts their values. Start at [`title`] and [`details`].

mod detail;

pub use detail::details;

use wire::check::{CheckCode, CheckStatus, CheckView, Group, Remedy, SkipReason};

/// A text of the catalogue without its arguments.
macro_rules! text {
    ($($key:tt)*) => {
        leptos_i18n::td_string!($crate::i18n::Locale::default(), $($key)*)
    };
}
use text;

/// The texts of a check.
struct Texts {
    title: &'static str,
    passed: &'static str,
    found: &'static str,
}

macro_rules! checks {
    ($($code:ident = $id:ident,)*) => {
        fn texts(code: CheckCode) -> Option<Texts> {
            Some(match code {
                $(CheckCode::$code => Texts {
                    title: text!(doctor.$id.title),
                    passed: text!(doctor.$id.passed),
                    found: text!(doctor.$id.found),
                },)*
                CheckCode::ApiServerReachable
                | CheckCode::Permissions
                | CheckCode::ReleaseNameAvailable
                | CheckCode::ReleaseUpgradable => return None,
            })
        }
    };
}

macro_rules! remedies {
    ($($code:ident = $key:ident,)*) => {
        /// The sentence of a remedy.
        pub fn remedy(remedy: Remedy) -> &'static str {
            match remedy {
                $(Remedy::$code => text!(doctor.remedy.$key),)*
            }
        }
    };
}

macro_rules! skip_reasons {
    ($($code:ident = $key:ident,)*) => {
        /// The sentence of a skip reason.
        pub fn skip_reason(reason: SkipReason) -> &'static str {
            match reason {
                $(SkipReason::$code => text!(doctor.skip.$key),)*
            }
        }
    };
}

/// The title of a group.
pub fn group(group: Group) -> &'static str {
    match group {
        Group::Access => text!(check.group_access),
        Group::Cluster => text!(check.group_cluster),
        Group::Conflicts => text!(check.group_conflicts),
        Group::Network => text!(check.group_network),
        Group::Identity => text!(check.group_identity),
        Group::Sync => text!(check.group_sync),
        Group::Addresses => text!(check.group_addresses),
        Group::Workloads => text!(check.group_workloads),
        Group::Certificates => text!(check.group_certificates),
        Group::Removal => text!(check.group_removal),
    }
}

/// The word of a status.
pub fn status(status: CheckStatus) -> &'static str {
    match status {
        CheckStatus::Passed => text!(check.passed),
        CheckStatus::Skipped => text!(check.skipped),
        CheckStatus::Info => text!(check.info),
        CheckStatus::Warning => text!(check.warning),
        CheckStatus::Failed => text!(check.failed),
    }
}

/// The title of a check.
pub fn title(check: &CheckView) -> String {
    texts(check.code).map_or("", |texts| texts.title).to_owned()
}

/// The result of a check in one sentence.
pub fn summary(check: &CheckView) -> String {
    if let Some(reason) = check.skipped {
        return skip_reason(reason).to_owned();
    }
    let Some(texts) = texts(check.code) else {
        return String::new();
    };
    let text = match check.status {
        CheckStatus::Passed => texts.passed,
        _ => texts.found,
    };
    fill(text, |name| Some(check.arg(name).to_owned()))
}

/// The remedies of a check, the most important first.
pub fn remedies(check: &CheckView) -> Vec<&'static str> {
    let remedies = check.remedies.iter();
    remedies.map(|code| remedy(*code)).collect()
}

/// A text with the value of each place; a place without a value stays as it is.
fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after.split_once('}');
        let inserted = place.and_then(|(name, after)| Some((value(name)?, after)));
        rest = if let Some((value, after)) = inserted {
            filled.push_str(&value);
            after
        } else {
            filled.push('{');
            after
        };
    }
    filled.push_str(rest);
    filled
}

checks! {
    PodRanges = p01,
    AddressCollision = p02,
    ServiceRanges = p03,
    PodAndServiceRanges = p04,
    ServerAddress = p05,
    ServerReachable = p06,
    ServerCertificate = p07,
    ReaderToken = p08,
    TokenValid = p09,
    SeveralTokens = p10,
    ReaderRole = p11,
    ReaderPermissions = p12,
    ReaderLeastPrivilege = p13,
    ValidClusterName = p14,
    DistinctClusterName = p15,
    DuplicateCluster = p16,
    RemoteSecretLocation = p17,
    KubeconfigCredentials = p18,
    NamespaceState = p19,
    LeftoverWebhooks = p20,
    LeftoverCrds = p21,
    TerminatingCrds = p22,
    Ownership = p23,
    KubernetesVersion = p24,
    Capacity = p25,
    LoadBalancers = p26,
    WebhookPort = p27,
    PodSecurity = p28,
    DiscoverySelectors = p29,
    OtherManagers = p30,
    KubeconfigPath = p31,
    ClusterReachable = p32,
    ImageHosts = p33,
    IstioSupported = p34,
    GatewayApi = p35,
    JoinOwnership = p36,
    ClusterSynced = d01,
    RemoteAddress = d02,
    RemoteAddressStale = d03,
    ControlPlaneReachable = d04,
    GatewayAddress = d05,
    GatewayExposed = d06,
    NetworkAndMeshId = d07,
    ProxyClusterId = d08,
    SharedRoot = d09,
    CertificateChain = d10,
    TrustDomain = d11,
    ClockSkew = d12,
    VersionSkew = d13,
    ServiceForCallers = d14,
    ServiceSameness = d15,
    InjectionLabel = d16,
    PodsWithoutSidecar = d17,
    RootCertificateMaps = d18,
    WebhookBundle = d19,
    TokenAccepted = d20,
    PolicyReachable = d21,
    MutualTls = d22,
    LocalityBalancing = d23,
    ProductPage = d24,
    RemoteCaChanged = d25,
    EndpointsRegistered = d26,
    ControlPlaneReady = d27,
    ConfigurationLost = u1,
    RemovalOrder = u2,
    Leftovers = u3,
    EndpointLoss = u4,
}

remedies! {
    SeparateNetworks = separate_networks,
    ChangeRanges = change_ranges,
    EnterRanges = enter_ranges,
    SetReachableAddress = set_reachable_address,
    OpenFirewall = open_firewall,
    SetCaBundle = set_ca_bundle,
    CreateToken = create_token,
    RotateToken = rotate_token,
    CreateRole = create_role,
    ExtendRole = extend_role,
    RestrictRole = restrict_role,
    RenameCluster = rename_cluster,
    RemoveDuplicate = remove_duplicate,
    FixRemoteSecret = fix_remote_secret,
    UseBearerToken = use_bearer_token,
    WaitForDeletion = wait_for_deletion,
    DeleteWebhook = delete_webhook,
    RemoveConflictingCrds = remove_conflicting_crds,
    Adopt = adopt,
    AdoptJoin = adopt_join,
    RegisterRemote = register_remote,
    ChooseVersion = choose_version,
    AddCapacity = add_capacity,
    ProvideLoadBalancer = provide_load_balancer,
    RelaxPodSecurity = relax_pod_security,
    ExtendSelectors = extend_selectors,
    ChangeAtSource = change_at_source,
    UnsetKubeconfigPath = unset_kubeconfig_path,
    RestoreApiServer = restore_api_server,
    ChangeImageHost = change_image_host,
    UpgradeIstio = upgrade_istio,
    UpdateGatewayApi = update_gateway_api,
    CheckRemoteAccess = check_remote_access,
    RepairControlPlane = repair_control_plane,
    RestartIstiod = restart_istiod,
    WaitForEndpoints = wait_for_endpoints,
    NarrowDiscovery = narrow_discovery,
    UseStableAddress = use_stable_address,
    RestrictAddress = restrict_address,
    UpgradeRemote = upgrade_remote,
    SetGatewayAddress = set_gateway_address,
    FixGateway = fix_gateway,
    AlignNetworkAndMeshId = align_network_and_mesh_id,
    ShareRoot = share_root,
    RenewCertificates = renew_certificates,
    AlignTrustDomain = align_trust_domain,
    SynchronizeClocks = synchronize_clocks,
    AlignVersions = align_versions,
    CreateService = create_service,
    AlignServices = align_services,
    LabelNamespace = label_namespace,
    RestartWorkloads = restart_workloads,
    AnnotateAndReload = annotate_and_reload,
    FixPolicy = fix_policy,
    AlignMutualTls = align_mutual_tls,
    UpdateCaBundle = update_ca_bundle,
    BackUpConfiguration = back_up_configuration,
    RemoveInOrder = remove_in_order,
    DeleteLeftovers = delete_leftovers,
    MoveTraffic = move_traffic,
}

skip_reasons! {
    Unknown = unknown,
    ClusterUnreachable = cluster_unreachable,
    MixerOnly = mixer_only,
    IstiodOnly = istiod_only,
    NoRemote = no_remote,
    OneNetwork = one_network,
    MutualTlsOff = mutual_tls_off,
    NotApplicable = not_applicable,
    RemovalOnly = removal_only,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(code: CheckCode, status: CheckStatus) -> CheckView {
        CheckView {
            code,
            group: Group::Network,
            status,
            skipped: None,
            args: vec![
                ("count".into(), "2".into()),
                ("status".into(), "503".into()),
            ],
            details: Vec::new(),
            remedies: vec![Remedy::SeparateNetworks],
            problem: None,
            took: 0,
        }
    }

    #[test]
    fn every_check_of_the_doctor_has_texts_without_an_unknown_argument() {
        let codes = CheckCode::ALL
            .iter()
            .filter(|code| !code.id().starts_with('W'));
        for code in codes {
            let texts = texts(*code).unwrap_or_else(|| panic!("{}", code.id()));
            assert!(!texts.title.is_empty(), "{}", code.id());
            for text in [texts.passed, texts.found] {
                let known = ["count", "status", "ports"];
                let value = |name: &str| known.contains(&name).then(String::new);
                let filled = fill(text, value);
                assert!(
                    !filled.is_empty() && !filled.contains('{'),
                    "{}: {text}",
                    code.id()
                );
            }
        }
    }

    #[test]
    fn a_summary_counts_and_a_remedy_is_a_sentence() {
        let view = view(CheckCode::PodRanges, CheckStatus::Failed);
        assert_eq!(summary(&view), "Overlapping or incomplete pod CIDRs: 2.");
        assert_eq!(remedies(&view), [remedy(Remedy::SeparateNetworks)]);
    }

    #[test]
    fn the_summary_of_a_skipped_check_is_its_reason() {
        let mut view = view(CheckCode::PodRanges, CheckStatus::Skipped);
        view.skipped = Some(SkipReason::OneNetwork);
        assert_eq!(summary(&view), "All clusters are on one network.");
    }

    #[test]
    fn a_value_with_braces_is_inserted_as_it_is() {
        let value = |name: &str| (name == "a").then(|| "{b}".to_owned());
        assert_eq!(fill("{a} {b} {", value), "{b} {b} {");
    }
}
