//! One line of a finding: a code with named arguments, worded by the page.
//!
//! Each code declares its arguments once, below. [`DetailCode`] lists them for the texts, and a struct
//! with the name of the code carries them for the checks, so that no check can forget one. Object names
//! and messages of a cluster are arguments; English sentences are not. Start at [`Detail`].

use serde::{Deserialize, Serialize};

/// One line of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The cluster that the line is about, when it is about one.
    pub cluster: Option<String>,
    /// What was found.
    pub code: DetailCode,
    /// The values, by the names of [`DetailCode::arguments`]; an absent value is "".
    pub args: Vec<(String, String)>,
}

impl Detail {
    /// The same line about this cluster.
    pub fn on(self, cluster: impl ToString) -> Self {
        Self {
            cluster: Some(cluster.to_string()),
            ..self
        }
    }

    /// The value of an argument, or "".
    pub fn arg(&self, name: &str) -> &str {
        let found = self.args.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

macro_rules! details {
    ($($(#[$doc:meta])* $name:ident { $($argument:ident),* $(,)? })*) => {
        /// What one line of a finding says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum DetailCode {
            $($(#[$doc])* $name,)*
        }

        impl DetailCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The names of the arguments, in their order.
            pub fn arguments(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$(stringify!($argument)),*],)*
                }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Clone, Debug)]
            pub struct $name {
                $(
                    #[doc = concat!("Argument `", stringify!($argument), "`.")]
                    pub $argument: String,
                )*
            }

            impl From<$name> for Detail {
                fn from(detail: $name) -> Self {
                    let $name { $($argument),* } = detail;
                    Self {
                        cluster: None,
                        code: DetailCode::$name,
                        args: vec![$((stringify!($argument).to_owned(), $argument)),*],
                    }
                }
            }
        )*
    };
}

details! {
    /// A fact could not be read.
    Unknown { subject, reason }
    /// The facts of a cluster are unknown because of the finding of another check.
    SkippedBecause { check }

    // P01 to P07: addresses.
    /// Pod ranges of two clusters overlap.
    PodRangesOverlap { cluster, range, source, other_cluster, other_range, other_source }
    /// The pod ranges of a cluster are known only in part.
    PodRangesIncomplete { source }
    /// A running pod has an address outside of the ranges that an operator typed.
    PodOutsideRanges { pod, address, source }
    /// Two clusters use the same address.
    DuplicateAddress { address, cluster, object, other_cluster, other_object }
    /// Service ranges of two clusters overlap.
    ServiceRangesOverlap { cluster, range, source, other_cluster, other_range, other_source }
    /// A pod range of one cluster overlaps a Service range of another one.
    PodRangeInServiceRange { cluster, range, other_cluster, other_range }
    /// No address of the API server is chosen.
    ServerAddressMissing {}
    /// The address of the API server is loopback.
    ServerAddressLoopback { server }
    /// The address of the API server resolves only inside its own cluster.
    ServerAddressInternal { server }
    /// A connection failed.
    ConnectionFailed { from, to, reason }
    /// No connection was tested between two clusters.
    ConnectionUntested { from, to }
    /// The certificate of the API server is not trusted under its address.
    CertificateRejected { host, reason }
    /// The certificate that the API server presents.
    CertificatePresented { subject, issuer, names }

    // P08 to P18: the reader and the remote Secret.
    /// The reader's ServiceAccount does not exist.
    ReaderMissing { account }
    /// The reader has no token Secret.
    ReaderWithoutToken { account }
    /// A token Secret is still empty.
    TokenEmpty { secret }
    /// A token belongs to another account.
    TokenOfOtherAccount { secret, subject }
    /// A token has expired.
    TokenExpired { secret }
    /// A token expires.
    TokenExpires { secret, hours }
    /// The reader has several token Secrets.
    TokenSecrets { secrets }
    /// The binding refers to a ClusterRole that does not exist.
    RoleMissing { role }
    /// The reader has no ClusterRoleBinding.
    RoleNotBound { account }
    /// The reader lacks a permission.
    PermissionMissing { account, permission }
    /// The reader has a permission that the control plane does not need.
    PermissionExcessive { account, permission }
    /// A cluster ID is empty.
    NameEmpty {}
    /// A cluster ID is too long.
    NameTooLong { name, limit }
    /// A cluster ID contains an invalid character.
    NameCharacters { name }
    /// The name of the remote begins or ends with a hyphen; in reports of earlier versions.
    NameHyphen { name }
    /// The remote has the cluster ID of the control plane.
    NameOfControlPlane { name, primary }
    /// Two registered clusters are the same.
    SameCluster { cluster, other_cluster }
    /// Two remote Secrets contain the same key.
    DuplicateKey { key, secret, other_secret }
    /// A remote Secret adds a cluster that is already in the mesh.
    SameClusterInSecret { secret, key, other_cluster }
    /// A remote Secret has no cluster annotation.
    SecretWithoutAnnotation { secret }
    /// The cluster annotation of a remote Secret differs from its key.
    SecretAnnotationDiffers { secret, annotation, key }
    /// A remote Secret lacks the label that the control plane selects.
    SecretWithoutLabel { secret }
    /// A remote Secret is not in the namespace of the control plane.
    SecretInOtherNamespace { secret, namespace }
    /// No remote Secret contains the key.
    SecretMissing { namespace, key }
    /// The control plane rejects a stored kubeconfig.
    KubeconfigRejected { secret, key, reason }

    // P19 to P36: conflicts and the cluster.
    /// A namespace is terminating.
    NamespaceTerminating { namespace }
    /// A condition that delays the deletion of a namespace.
    NamespaceBlocked { namespace, reason }
    /// A webhook calls a Service without a ready endpoint.
    WebhookWithoutEndpoint { webhook, service, release }
    /// A Deployment of a control plane has no ready pod.
    NoReadyPod { deployment, desired }
    /// A CRD does not serve the versions that the chart requires.
    CrdVersionsMissing { crd, served, missing, release }
    /// A CRD stores objects in a version that the chart's CRD lacks.
    CrdStoredVersionsDropped { crd, stored, release }
    /// A CRD is terminating.
    CrdTerminating { crd }
    /// An object belongs to a Helm release.
    OwnedByRelease { object, release, namespace }
    /// An object belongs to no Helm release.
    OwnedByManager { object, manager }
    /// An object belongs to a join and is part of a chart too.
    OwnedByJoin { object }
    /// Kubernetes is newer than the images support.
    KubernetesTooNew { version, newest }
    /// Kubernetes is older than Istio supports.
    KubernetesTooOld { version, istio, oldest }
    /// The nodes have too little free capacity.
    CapacityExceeded { cpu, memory, cpu_free, memory_free }
    /// No Service of type LoadBalancer exists.
    LoadBalancerUntested {}
    /// A Service of type LoadBalancer has no address.
    LoadBalancerPending { service }
    /// The API server could not call the injection webhook.
    WebhookCallFailed { reason }
    /// The API server rejected the dry run of a pod for another reason.
    DryRunRejected { reason }
    /// A namespace enforces a pod security level that forbids sidecars.
    PodSecurityEnforced { namespace, level }
    /// A namespace matches no discovery selector.
    NamespaceNotSelected { namespace, primary }
    /// Another tool manages an object.
    ManagedByTool { object, tool }
    /// The control plane reads its clusters from a file.
    KubeconfigPathSet { variable, path }
    /// The API server does not answer, or rejects the console.
    ApiServerUnavailable { reason }
    /// Kubernetes is older than the versions with which Istio was tested.
    KubernetesUntested { version, istio, oldest, newest }
    /// Pods have images of a host that is switched off.
    ImageHostRetired { host, count, pod }
    /// The support of a minor version of Istio has ended.
    IstioSupportEnded { version, ends, as_of }
    /// A version of Istio has no support for long.
    IstioUnsupported { version, as_of }
    /// A version of Istio lacks the fix of a published vulnerability.
    IstioVulnerable { version, fixed, advisory, as_of }
    /// A CRD of the Gateway API is too old for istiod.
    GatewayApiTooOld { crd, bundle, istio, oldest }
    /// A CRD of the Gateway API is of a newer bundle than istiod is built with.
    GatewayApiTooNew { crd, bundle, istio, newest }
    /// A key of a remote Secret leads to no member of the mesh.
    RemoteNotRegistered { secret, key, server }
    /// Another tool wrote a remote Secret, and the console has not adopted its join.
    JoinNotAdopted { secret, account }

    // D01 to D08: sync and addresses.
    /// A cluster has no control plane.
    ControlPlaneMissing {}
    /// No pod of the control plane was queried.
    ControlPlaneNotQueried {}
    /// A pod of the control plane syncs a remote for the first time.
    RemoteSyncing { pod, remote }
    /// A pod of the control plane has not synced a remote.
    RemoteNotSynced { pod, remote, state }
    /// A pod of the control plane does not know a remote.
    RemoteUnregistered { pod, remote }
    /// The control plane knows no endpoint of a remote.
    EndpointsUnregistered { remote }
    /// A pod of istiod has synced a remote, and has registered none of its endpoints.
    RemoteWithoutEndpoints { pod, remote, ready }
    /// A pod of istiod has not registered ready endpoints of a Service; one of them.
    EndpointsMissing { pod, remote, service, missing, ready, address }
    /// The number of further Services whose endpoints are not registered.
    MoreEndpointsMissing { pod, remote, services }
    /// A pod of istiod has registered endpoints of a Service that are not ready any more; one of them.
    EndpointsStale { pod, remote, service, stale, address }
    /// Endpoints that differ in the latest reading only.
    EndpointsUnconfirmed { pod, remote, count }
    /// The number of Services after the end of a response that is too long.
    EndpointsNotCompared { pod, remote, services }
    /// A remote uses a loopback address.
    AddressLoopback { purpose, address }
    /// A remote uses a host name.
    AddressHostname { purpose, address }
    /// A remote uses a public address without allowed source ranges.
    AddressPublic { purpose, address }
    /// A remote uses the address of a pod.
    AddressOfPod { purpose, address, primary }
    /// A remote uses an address that the control plane no longer has.
    AddressStale { purpose, address, primary, current }
    /// No proxy of a remote is ready.
    ProxiesNotReady { count, pod, discovery }
    /// A gateway waits for an address.
    GatewayPending { service }
    /// A gateway has a host name and no address.
    GatewayHostname { service, hostname }
    /// Other clusters cannot reach a gateway.
    GatewayInternal { service, service_type }
    /// A cluster has no east-west gateway.
    GatewayMissing {}
    /// A gateway lacks the network label.
    GatewayLabelMissing { service, label }
    /// A gateway has the label of another network.
    GatewayLabelDiffers { service, label, network }
    /// A gateway lacks a port.
    GatewayPortMissing { service, port }
    /// No Gateway object opens the port.
    GatewayRouteMissing { service, port }
    /// Several mesh IDs are configured.
    MeshIdsDiffer { mesh_ids }
    /// A planned join sets the network label.
    NetworkLabelPlanned { network }
    /// The network label of a namespace differs from the network of the cluster.
    NamespaceNetworkDiffers { namespace, label, network }
    /// The network of a proxy differs from the network of its cluster.
    ProxyNetworkDiffers { pod, proxy_network, network }
    /// The cluster ID of a proxy differs from the one that the control plane knows.
    ProxyClusterIdDiffers { pod, proxy_cluster, expected }

    // D09 to D12: certificates and clocks.
    /// Two clusters trust different roots.
    RootsDiffer { cluster, roots, other_cluster, other_roots }
    /// The root did not sign the intermediate certificate.
    SignerNotSignedByRoot { object, signer, root }
    /// The intermediate certificate is no CA.
    SignerNotCa { object, signer }
    /// The private key does not belong to the intermediate certificate.
    SignerKeyMismatch { object }
    /// A certificate has expired.
    CertificateExpired { object, subject, days }
    /// A certificate expires soon.
    CertificateExpires { object, subject, days }
    /// Two control planes have different trust domains.
    TrustDomainsDiffer { cluster, trust_domain, other_cluster, other_trust_domain }
    /// A clock is ahead.
    ClockAhead { component, seconds }
    /// A clock is behind.
    ClockBehind { component, seconds }

    // D13 to D18: workloads.
    /// Two control planes are more than one minor version apart.
    ControlPlaneVersionsDiffer { cluster, version, other_cluster, other_version }
    /// A proxy is newer than its control plane.
    ProxyNewer { pod, version, control_plane_version }
    /// A proxy is more than one minor version older than its control plane.
    ProxyOlder { pod, version, minors, control_plane_version }
    /// A Service exists only in the remote.
    ServiceMissing { service, remote }
    /// The types of a Service differ.
    ServiceTypeDiffers { service, cluster, service_type, other_cluster, other_service_type }
    /// The ports of a Service differ.
    ServicePortsDiffer { service, cluster, ports, other_cluster, other_ports }
    /// A namespace has both injection labels.
    NamespaceLabelledTwice { namespace }
    /// A namespace has no injection label.
    NamespaceNotLabelled { namespace }
    /// A pod has no sidecar.
    SidecarMissing { pod }
    /// The control plane does not serve remote clusters.
    ExternalIstiodUnset {}
    /// The namespace of a remote does not name its control plane.
    ControlPlaneNotAnnotated { namespace, cluster_id, primary, annotation }
    /// A namespace lacks the root certificate.
    RootCertificateMissing { namespace }

    // D19 to D25: webhooks, tokens, policy and traffic.
    /// A webhook has no CA bundle.
    CaBundleEmpty { webhook }
    /// A webhook does not trust the root of the control plane.
    CaBundleUntrusted { webhook, primary }
    /// The remote rejects a token.
    TokenRejected { secret, reason }
    /// The remote treats a token as anonymous.
    TokenAnonymous { secret }
    /// A token could not be checked.
    TokenNotChecked { reason }
    /// Mixer policy has no ready replica.
    PolicyNotReady { deployment, replicas }
    /// Mixer policy does not exist.
    PolicyMissing { deployment }
    /// The mesh-wide modes of mutual TLS differ.
    MutualTlsDiffersInMesh { modes }
    /// The modes of mutual TLS of a namespace differ.
    MutualTlsDiffersInNamespace { namespace, modes }
    /// A rule prefers nearby endpoints.
    LocalityRule { object, host, remote }
    /// The product page fails: the caller's cluster has no Service details.
    ProductServiceMissing { status }
    /// The product page fails: the control plane knows no endpoint of details.
    ProductEndpointUnregistered { status }
    /// The product page fails: the endpoint of details cannot be reached.
    ProductEndpointUnreachable { status }
    /// The product page fails although every step is complete.
    ProductPropagating { status }
    /// The product page fails and the cause is unknown.
    ProductCauseUnknown { status }
    /// The stored CA bundle does not verify the API server.
    ServerCaChanged { secret, reason }

    // U1 to U4: removal.
    /// Custom resources that a deletion of their CRD deletes.
    CustomResources { kind, count }
    /// Workloads have a sidecar and no control plane.
    WorkloadsWithoutControlPlane { count }
    /// A step of the removal: workloads with a sidecar.
    RemoveWorkloads { step, count }
    /// A step of the removal: remote Secrets.
    RemoveRemoteSecrets { step, count }
    /// A step of the removal: webhooks.
    RemoveWebhooks { step, count }
    /// A step of the removal: gateways.
    RemoveGateways { step, count }
    /// A step of the removal: the control plane.
    RemoveControlPlane { step }
    /// The control plane is still installed.
    ControlPlaneInstalled {}
    /// An object that is left.
    Leftover { object }
    /// Only the remote has endpoints of a host.
    OnlyRemoteServes { host, remote }

    // W02 and W03: the installation.
    /// The credentials lack a permission.
    PermissionDenied { permission }
    /// A revision of a release that has the name.
    ReleaseRevision { revision, chart, status }
    /// The record of a release cannot be read.
    ReleaseUnreadable { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_carries_every_argument_of_its_code() {
        let detail = Detail::from(TokenExpires {
            secret: "Secret istio-system/token".into(),
            hours: "2".into(),
        });
        let names: Vec<&str> = detail.args.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, DetailCode::TokenExpires.arguments());
        assert_eq!(detail.arg("hours"), "2");
        assert_eq!(detail.on("west").cluster.as_deref(), Some("west"));
    }
}
