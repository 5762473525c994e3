//! The remedies of a finding: codes that the page words.

use serde::{Deserialize, Serialize};

/// The next step for an operator. Several checks share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Put the clusters on separate networks with east-west gateways, or change a range.
    SeparateNetworks,
    /// Change the ranges of a cluster.
    ChangeRanges,
    /// Enter the ranges that the console cannot read.
    EnterRanges,
    /// Set an address that pods of the primary can reach.
    SetReachableAddress,
    /// Open the firewall between one cluster's pods and the other cluster's port.
    OpenFirewall,
    /// Set the CA bundle that signed the certificate, or another name.
    SetCaBundle,
    /// Create a token Secret for the reader.
    CreateToken,
    /// Rotate the reader's token.
    RotateToken,
    /// Create the reader's ClusterRole.
    CreateRole,
    /// Add the missing rules.
    ExtendRole,
    /// Remove the rules that the control plane does not need.
    RestrictRole,
    /// Choose another name for the cluster.
    RenameCluster,
    /// Remove the duplicate Secret or registration.
    RemoveDuplicate,
    /// Correct namespace, label and key of the remote Secret.
    FixRemoteSecret,
    /// Write the kubeconfig with a bearer token.
    UseBearerToken,
    /// Wait for the deletion to complete.
    WaitForDeletion,
    /// Delete the webhook configuration once its owner is known.
    DeleteWebhook,
    /// Remove the conflicting CRDs first, or use another cluster.
    RemoveConflictingCrds,
    /// Adopt the objects.
    Adopt,
    /// Adopt the join of another tool.
    AdoptJoin,
    /// Register the cluster, or delete its remote Secret.
    RegisterRemote,
    /// Choose a compatible version of Istio, or accept objects without traffic.
    ChooseVersion,
    /// Lower the requests, or add nodes.
    AddCapacity,
    /// Install a load balancer, or set addresses of the Services.
    ProvideLoadBalancer,
    /// Relax pod security in the namespace, or use the CNI plugin.
    RelaxPodSecurity,
    /// Extend the selectors to the namespace.
    ExtendSelectors,
    /// Change the object in the source of the other tool.
    ChangeAtSource,
    /// Remove the setting from the control plane.
    UnsetKubeconfigPath,
    /// Start the API server, open the way to it, or renew the credential of the console.
    RestoreApiServer,
    /// Take images and charts from the current hosts of Istio, then restart the workloads.
    ChangeImageHost,
    /// Upgrade Istio to a supported version with its fixes.
    UpgradeIstio,
    /// Update the CRDs of the Gateway API.
    UpdateGatewayApi,
    /// Find out why the control plane cannot read the remote.
    CheckRemoteAccess,
    /// Bring a pod of the control plane up again.
    RepairControlPlane,
    /// Restart the istiod that lacks endpoints, once the remote answers it.
    RestartIstiod,
    /// Wait for the next reading of the endpoints.
    WaitForEndpoints,
    /// Limit the namespaces that the control plane discovers.
    NarrowDiscovery,
    /// Point the remotes to a stable address.
    UseStableAddress,
    /// Make the address internal, or restrict its source ranges.
    RestrictAddress,
    /// Upgrade the remote release with the current addresses and restart injected workloads.
    UpgradeRemote,
    /// Wait for the load balancer, or set an address of the Service.
    SetGatewayAddress,
    /// Set the label of the gateway and open its port.
    FixGateway,
    /// Set the same network and mesh ID everywhere, then restart the workloads.
    AlignNetworkAndMeshId,
    /// Issue the certificates of all clusters from one root.
    ShareRoot,
    /// Renew the certificates.
    RenewCertificates,
    /// Use one trust domain, or list the other ones as aliases.
    AlignTrustDomain,
    /// Synchronize the clocks.
    SynchronizeClocks,
    /// Upgrade to compatible versions.
    AlignVersions,
    /// Create the Service, without workloads, in the caller's cluster.
    CreateService,
    /// Align the Services.
    AlignServices,
    /// Label the namespace and restart its workloads.
    LabelNamespace,
    /// Restart the workloads.
    RestartWorkloads,
    /// Annotate the namespace, then change the stored kubeconfig so that it is read again.
    AnnotateAndReload,
    /// Repair policy, or let its checks fail open.
    FixPolicy,
    /// Set the same mode of mutual TLS.
    AlignMutualTls,
    /// Store the remote's current CA bundle.
    UpdateCaBundle,
    /// Back up the custom resources before their CRDs are deleted.
    BackUpConfiguration,
    /// Remove the components in order.
    RemoveInOrder,
    /// Delete the listed objects.
    DeleteLeftovers,
    /// Move the traffic first.
    MoveTraffic,
}
