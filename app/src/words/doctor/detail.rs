//! The texts of the lines of a finding, by their codes.

use super::{fill, text};
use wire::check::{CheckView, Detail, DetailCode, RangeOrigin};

/// The lines of a finding.
pub fn details(check: &CheckView) -> Vec<String> {
    check.details.iter().map(line).collect()
}

fn line(detail: &Detail) -> String {
    let text = fill(text_of(detail.code), |name| argument(detail, name));
    let Some(cluster) = &detail.cluster else {
        return text;
    };
    fill(text!(doctor.on_cluster), |name| match name {
        "cluster" => Some(cluster.clone()),
        "detail" => Some(text.clone()),
        _ => None,
    })
}

/// The value of an argument as a text; none when the code has no such argument.
fn argument(detail: &Detail, name: &str) -> Option<String> {
    if !detail.code.arguments().contains(&name) {
        return None;
    }
    let value = detail.arg(name);
    Some(match RangeOrigin::parse(value) {
        _ if value.is_empty() => text!(doctor.none).to_owned(),
        Some(origin) if name == "source" || name == "other_source" => source(&origin),
        _ => value.to_owned(),
    })
}

/// The source of an address range.
fn source(origin: &RangeOrigin) -> String {
    match origin {
        RangeOrigin::Operator(operator) => {
            return fill(text!(doctor.source.operator), |_| Some(operator.clone()));
        }
        RangeOrigin::NetworkPlugin => text!(doctor.source.network_plugin),
        RangeOrigin::ClusterCidr => text!(doctor.source.cluster_cidr),
        RangeOrigin::ServiceCidr => text!(doctor.source.service_cidr),
        RangeOrigin::ApiServer => text!(doctor.source.api_server),
        RangeOrigin::Nodes => text!(doctor.source.nodes),
        RangeOrigin::Pods => text!(doctor.source.pods),
    }
    .to_owned()
}

macro_rules! texts {
    ($($code:ident = $key:ident,)*) => {
        fn text_of(code: DetailCode) -> &'static str {
            match code {
                $(DetailCode::$code => text!(doctor.detail.$key),)*
            }
        }
    };
}

texts! {
    Unknown = unknown,
    SkippedBecause = skipped_because,
    PodRangesOverlap = pod_ranges_overlap,
    PodRangesIncomplete = pod_ranges_incomplete,
    PodOutsideRanges = pod_outside_ranges,
    DuplicateAddress = duplicate_address,
    ServiceRangesOverlap = service_ranges_overlap,
    PodRangeInServiceRange = pod_range_in_service_range,
    ServerAddressMissing = server_address_missing,
    ServerAddressLoopback = server_address_loopback,
    ServerAddressInternal = server_address_internal,
    ConnectionFailed = connection_failed,
    ConnectionUntested = connection_untested,
    CertificateRejected = certificate_rejected,
    CertificatePresented = certificate_presented,
    ReaderMissing = reader_missing,
    ReaderWithoutToken = reader_without_token,
    TokenEmpty = token_empty,
    TokenOfOtherAccount = token_of_other_account,
    TokenExpired = token_expired,
    TokenExpires = token_expires,
    TokenSecrets = token_secrets,
    RoleMissing = role_missing,
    RoleNotBound = role_not_bound,
    PermissionMissing = permission_missing,
    PermissionExcessive = permission_excessive,
    NameEmpty = name_empty,
    NameTooLong = name_too_long,
    NameCharacters = name_characters,
    NameHyphen = name_hyphen,
    NameOfControlPlane = name_of_control_plane,
    SameCluster = same_cluster,
    DuplicateKey = duplicate_key,
    SameClusterInSecret = same_cluster_in_secret,
    SecretWithoutAnnotation = secret_without_annotation,
    SecretAnnotationDiffers = secret_annotation_differs,
    SecretWithoutLabel = secret_without_label,
    SecretInOtherNamespace = secret_in_other_namespace,
    SecretMissing = secret_missing,
    KubeconfigRejected = kubeconfig_rejected,
    NamespaceTerminating = namespace_terminating,
    NamespaceBlocked = namespace_blocked,
    WebhookWithoutEndpoint = webhook_without_endpoint,
    NoReadyPod = no_ready_pod,
    CrdVersionsMissing = crd_versions_missing,
    CrdStoredVersionsDropped = crd_stored_versions_dropped,
    CrdTerminating = crd_terminating,
    OwnedByRelease = owned_by_release,
    OwnedByManager = owned_by_manager,
    OwnedByJoin = owned_by_join,
    KubernetesTooNew = kubernetes_too_new,
    KubernetesTooOld = kubernetes_too_old,
    CapacityExceeded = capacity_exceeded,
    LoadBalancerUntested = load_balancer_untested,
    LoadBalancerPending = load_balancer_pending,
    WebhookCallFailed = webhook_call_failed,
    DryRunRejected = dry_run_rejected,
    PodSecurityEnforced = pod_security_enforced,
    NamespaceNotSelected = namespace_not_selected,
    ManagedByTool = managed_by_tool,
    KubeconfigPathSet = kubeconfig_path_set,
    ApiServerUnavailable = api_server_unavailable,
    KubernetesUntested = kubernetes_untested,
    ImageHostRetired = image_host_retired,
    IstioSupportEnded = istio_support_ended,
    IstioUnsupported = istio_unsupported,
    IstioVulnerable = istio_vulnerable,
    GatewayApiTooOld = gateway_api_too_old,
    GatewayApiTooNew = gateway_api_too_new,
    RemoteNotRegistered = remote_not_registered,
    JoinNotAdopted = join_not_adopted,
    ControlPlaneMissing = control_plane_missing,
    ControlPlaneNotQueried = control_plane_not_queried,
    RemoteSyncing = remote_syncing,
    RemoteNotSynced = remote_not_synced,
    RemoteUnregistered = remote_unregistered,
    EndpointsUnregistered = endpoints_unregistered,
    RemoteWithoutEndpoints = remote_without_endpoints,
    EndpointsMissing = endpoints_missing,
    MoreEndpointsMissing = more_endpoints_missing,
    EndpointsStale = endpoints_stale,
    EndpointsUnconfirmed = endpoints_unconfirmed,
    EndpointsNotCompared = endpoints_not_compared,
    AddressLoopback = address_loopback,
    AddressHostname = address_hostname,
    AddressPublic = address_public,
    AddressOfPod = address_of_pod,
    AddressStale = address_stale,
    ProxiesNotReady = proxies_not_ready,
    GatewayPending = gateway_pending,
    GatewayHostname = gateway_hostname,
    GatewayInternal = gateway_internal,
    GatewayMissing = gateway_missing,
    GatewayLabelMissing = gateway_label_missing,
    GatewayLabelDiffers = gateway_label_differs,
    GatewayPortMissing = gateway_port_missing,
    GatewayRouteMissing = gateway_route_missing,
    MeshIdsDiffer = mesh_ids_differ,
    NetworkLabelPlanned = network_label_planned,
    NamespaceNetworkDiffers = namespace_network_differs,
    ProxyNetworkDiffers = proxy_network_differs,
    ProxyClusterIdDiffers = proxy_cluster_id_differs,
    RootsDiffer = roots_differ,
    SignerNotSignedByRoot = signer_not_signed_by_root,
    SignerNotCa = signer_not_ca,
    SignerKeyMismatch = signer_key_mismatch,
    CertificateExpired = certificate_expired,
    CertificateExpires = certificate_expires,
    TrustDomainsDiffer = trust_domains_differ,
    ClockAhead = clock_ahead,
    ClockBehind = clock_behind,
    ControlPlaneVersionsDiffer = control_plane_versions_differ,
    ProxyNewer = proxy_newer,
    ProxyOlder = proxy_older,
    ServiceMissing = service_missing,
    ServiceTypeDiffers = service_type_differs,
    ServicePortsDiffer = service_ports_differ,
    NamespaceLabelledTwice = namespace_labelled_twice,
    NamespaceNotLabelled = namespace_not_labelled,
    SidecarMissing = sidecar_missing,
    ExternalIstiodUnset = external_istiod_unset,
    ControlPlaneNotAnnotated = control_plane_not_annotated,
    RootCertificateMissing = root_certificate_missing,
    CaBundleEmpty = ca_bundle_empty,
    CaBundleUntrusted = ca_bundle_untrusted,
    TokenRejected = token_rejected,
    TokenAnonymous = token_anonymous,
    TokenNotChecked = token_not_checked,
    PolicyNotReady = policy_not_ready,
    PolicyMissing = policy_missing,
    MutualTlsDiffersInMesh = mutual_tls_differs_in_mesh,
    MutualTlsDiffersInNamespace = mutual_tls_differs_in_namespace,
    LocalityRule = locality_rule,
    ProductServiceMissing = product_service_missing,
    ProductEndpointUnregistered = product_endpoint_unregistered,
    ProductEndpointUnreachable = product_endpoint_unreachable,
    ProductPropagating = product_propagating,
    ProductCauseUnknown = product_cause_unknown,
    ServerCaChanged = server_ca_changed,
    CustomResources = custom_resources,
    WorkloadsWithoutControlPlane = workloads_without_control_plane,
    RemoveWorkloads = remove_workloads,
    RemoveRemoteSecrets = remove_remote_secrets,
    RemoveWebhooks = remove_webhooks,
    RemoveGateways = remove_gateways,
    RemoveControlPlane = remove_control_plane,
    ControlPlaneInstalled = control_plane_installed,
    Leftover = leftover,
    OnlyRemoteServes = only_remote_serves,
    PermissionDenied = permission_denied,
    ReleaseRevision = release_revision,
    ReleaseUnreadable = release_unreadable,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use wire::check::detail::{AddressStale, PodRangesIncomplete};

    /// The names of the places in a text.
    fn places(text: &str) -> BTreeSet<&str> {
        let places = text.split('{').skip(1);
        places
            .filter_map(|rest| Some(rest.split_once('}')?.0))
            .collect()
    }

    #[test]
    fn every_text_uses_the_arguments_of_its_code() {
        for code in DetailCode::ALL {
            let arguments: BTreeSet<&str> = code.arguments().iter().copied().collect();
            assert_eq!(places(text_of(*code)), arguments, "{code:?}");
        }
    }

    #[test]
    fn a_line_begins_with_its_cluster_and_shows_an_absent_value() {
        let detail = Detail::from(AddressStale {
            purpose: "pilot".into(),
            address: "10.0.1.5".into(),
            primary: "east".into(),
            current: String::new(),
        });
        assert_eq!(
            line(&detail.on("west")),
            "west: pilot: 10.0.1.5 is stale (current addresses in east: none)"
        );
    }

    #[test]
    fn the_source_of_a_range_is_a_text() {
        let line = |source: &str| {
            let source = source.to_owned();
            line(&Detail::from(PodRangesIncomplete { source }))
        };
        assert!(line("operator:ann").ends_with("(source: set by ann)"));
        assert!(line("nodes").ends_with("(source: podCIDRs of the nodes)"));
    }
}
