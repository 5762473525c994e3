//! The doctor's checks, worded by their codes: title, what was found, why not, what to do.
//!
//! One table a noun, so that a new check is a line here and its words in `locales/`. Numbers and names
//! stand in the texts as `{count}` and are put in by [`fill`]. Start at [`title`].

use wire::check::{CheckCode, CheckView, Group, Remedy, SkipReason, Verdict};

/// A text of the catalogue without arguments, as it stands there.
macro_rules! text {
    ($($key:tt)*) => {
        leptos_i18n::td_string!($crate::i18n::Locale::default(), $($key)*)
    };
}

/// The words of one check.
struct Words {
    title: &'static str,
    passed: &'static str,
    found: &'static str,
}

macro_rules! checks {
    ($($code:ident = $id:ident,)*) => {
        fn words(code: CheckCode) -> Option<Words> {
            Some(match code {
                $(CheckCode::$code => Words {
                    title: text!(doctor.$id.title),
                    passed: text!(doctor.$id.passed),
                    found: text!(doctor.$id.found),
                },)*
                CheckCode::ServerAnswers | CheckCode::Rights | CheckCode::NameFree => return None,
            })
        }
    };
}

macro_rules! remedies {
    ($($code:ident = $key:ident,)*) => {
        /// What to do, as a sentence.
        pub fn remedy(remedy: Remedy) -> &'static str {
            match remedy {
                $(Remedy::$code => text!(doctor.remedy.$key),)*
            }
        }
    };
}

macro_rules! reasons {
    ($($code:ident = $key:ident,)*) => {
        /// Why a check was not carried out, as a sentence.
        pub fn reason(reason: SkipReason) -> &'static str {
            match reason {
                $(SkipReason::$code => text!(doctor.skip.$key),)*
            }
        }
    };
}

/// Where checks belong together.
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

/// How a check ended, in one or two words.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => text!(check.passed),
        Verdict::Skipped => text!(check.skipped),
        Verdict::Noted => text!(check.noted),
        Verdict::Warning => text!(check.warning),
        Verdict::Blocked => text!(check.blocked),
    }
}

/// What the check is about.
pub fn title(check: &CheckView) -> String {
    words(check.code).map_or("", |words| words.title).to_owned()
}

/// How it ended, in a few words.
pub fn detail(check: &CheckView) -> String {
    if let Some(why) = check.skipped {
        return reason(why).to_owned();
    }
    let Some(words) = words(check.code) else {
        return String::new();
    };
    match check.verdict {
        Verdict::Passed => fill(words.passed, check),
        _ => fill(words.found, check),
    }
}

/// What to do, first things first.
pub fn to_do(check: &CheckView) -> Vec<&'static str> {
    check.remedies.iter().map(|one| remedy(*one)).collect()
}

/// A text with the check's arguments in the places that name them.
fn fill(text: &str, check: &CheckView) -> String {
    let mut filled = text.to_owned();
    for (name, value) in &check.args {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
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
    TokenFilled = p09,
    SeveralTokens = p10,
    ReaderRole = p11,
    ReaderRights = p12,
    ReaderRightsWide = p13,
    MeshClusterName = p14,
    OwnClusterName = p15,
    ClusterTwice = p16,
    RemoteSecretPlace = p17,
    KubeconfigPlain = p18,
    NamespaceState = p19,
    LeftoverWebhooks = p20,
    LeftoverCrds = p21,
    TerminatingCrds = p22,
    Ownership = p23,
    RunsHere = p24,
    Capacity = p25,
    LoadBalancers = p26,
    WebhookPort = p27,
    PodSecurity = p28,
    DiscoverySelectors = p29,
    OtherManagers = p30,
    KubeconfigPath = p31,
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
    RemoteAuthorityChanged = d25,
    ConfigurationLost = u1,
    RemovalOrder = u2,
    Leftovers = u3,
    EndpointLoss = u4,
}

remedies! {
    SeparateNetworks = separate_networks,
    OtherRanges = other_ranges,
    TellRanges = tell_ranges,
    GiveReachableAddress = give_reachable_address,
    OpenFirewall = open_firewall,
    GiveAuthority = give_authority,
    MakeToken = make_token,
    RotateToken = rotate_token,
    MakeRole = make_role,
    WidenRole = widen_role,
    NarrowRole = narrow_role,
    RenameCluster = rename_cluster,
    RemoveDuplicate = remove_duplicate,
    MendRemoteSecret = mend_remote_secret,
    UseToken = use_token,
    WaitUntilGone = wait_until_gone,
    DeleteWebhook = delete_webhook,
    RemoveOtherLine = remove_other_line,
    Adopt = adopt,
    ChooseVersion = choose_version,
    MakeRoom = make_room,
    ProvideBalancer = provide_balancer,
    RelaxPodSecurity = relax_pod_security,
    WidenSelectors = widen_selectors,
    ChangeAtSource = change_at_source,
    UnsetKubeconfigPath = unset_kubeconfig_path,
    LookAtRemoteAccess = look_at_remote_access,
    UseStableAddress = use_stable_address,
    MakeInternal = make_internal,
    UpgradeRemote = upgrade_remote,
    GiveGatewayAddress = give_gateway_address,
    MendGateway = mend_gateway,
    AlignIdentity = align_identity,
    ShareRoot = share_root,
    RenewCertificates = renew_certificates,
    AlignTrustDomain = align_trust_domain,
    SetClocks = set_clocks,
    AlignVersions = align_versions,
    MakeService = make_service,
    AlignServices = align_services,
    LabelNamespace = label_namespace,
    RestartWorkloads = restart_workloads,
    AnnotateAndReread = annotate_and_reread,
    MendPolicy = mend_policy,
    AlignMutualTls = align_mutual_tls,
    StoreAuthority = store_authority,
    SaveConfiguration = save_configuration,
    RemoveInOrder = remove_in_order,
    DeleteLeftovers = delete_leftovers,
    MoveTraffic = move_traffic,
}

reasons! {
    Unknown = unknown,
    LegacyOnly = legacy_only,
    TodayOnly = today_only,
    NoRemote = no_remote,
    OneNetwork = one_network,
    NotInstalled = not_installed,
    NoMutualTls = no_mutual_tls,
    NothingThere = nothing_there,
    RemovalOnly = removal_only,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(code: CheckCode, verdict: Verdict) -> CheckView {
        CheckView {
            code,
            group: Group::Network,
            verdict,
            skipped: None,
            args: vec![
                ("count".into(), "2".into()),
                ("status".into(), "503".into()),
            ],
            found: Vec::new(),
            remedies: vec![Remedy::SeparateNetworks],
            problem: None,
            took: 0,
        }
    }

    #[test]
    fn every_check_of_the_doctor_is_worded_and_holds_no_open_place() {
        let doctors = CheckCode::ALL
            .iter()
            .filter(|code| !code.id().starts_with('W'));
        for code in doctors {
            for verdict in [Verdict::Passed, Verdict::Blocked] {
                let view = view(*code, verdict);
                assert!(!title(&view).is_empty(), "{}", code.id());
                let detail = detail(&view);
                assert!(
                    !detail.is_empty() && !detail.contains('{'),
                    "{}: {detail}",
                    code.id()
                );
            }
        }
    }

    #[test]
    fn a_finding_says_how_many_and_what_to_do() {
        let view = view(CheckCode::PodRanges, Verdict::Blocked);
        assert!(detail(&view).ends_with("in part: 2."));
        assert_eq!(to_do(&view).len(), 1);
    }

    #[test]
    fn a_skipped_check_says_why() {
        let mut view = view(CheckCode::PodRanges, Verdict::Skipped);
        view.skipped = Some(SkipReason::OneNetwork);
        assert_eq!(detail(&view), "All clusters are on one network.");
    }
}
