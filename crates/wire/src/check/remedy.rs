//! What to do about a finding: a code that the page words, with the arguments of its check.

use serde::{Deserialize, Serialize};

/// The next thing to do. Several checks share one; the console may offer some of them as an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Put the clusters on networks of their own, with gateways, or give one other ranges.
    SeparateNetworks,
    /// Give a cluster other ranges.
    OtherRanges,
    /// Tell the console the ranges that it cannot read.
    TellRanges,
    /// Give an address that the primary's pods can dial.
    GiveReachableAddress,
    /// Open the way from one cluster's pods to the other's port.
    OpenFirewall,
    /// Give the authority that signed the certificate, or another name.
    GiveAuthority,
    /// Make a token Secret for the reader.
    MakeToken,
    /// Give the reader a new token and put it into the remote Secret.
    RotateToken,
    /// Make the reader's ClusterRole.
    MakeRole,
    /// Add the missing rules.
    WidenRole,
    /// Take away the rules that are not needed.
    NarrowRole,
    /// Choose another name for the cluster.
    RenameCluster,
    /// Remove the second Secret or the second name.
    RemoveDuplicate,
    /// Put the remote Secret right.
    MendRemoteSecret,
    /// Write the kubeconfig with a bearer token.
    UseToken,
    /// Wait until it is gone.
    WaitUntilGone,
    /// Delete the webhook configuration once its owner is known.
    DeleteWebhook,
    /// Remove the other line first, or go to another cluster.
    RemoveOtherLine,
    /// Take the objects over.
    Adopt,
    /// Choose the Istio version that fits, or go on with objects alone.
    ChooseVersion,
    /// Lower the requests, or add nodes.
    MakeRoom,
    /// Give the Services addresses by hand, or a balancer.
    ProvideBalancer,
    /// Relax pod security there, or use the CNI plugin.
    RelaxPodSecurity,
    /// Let the selectors name the namespace.
    WidenSelectors,
    /// Change it where the other tool takes it from.
    ChangeAtSource,
    /// Take the setting away from the control plane.
    UnsetKubeconfigPath,
    /// Ask why the control plane cannot read the remote.
    LookAtRemoteAccess,
    /// Point the remotes at an address that stays.
    UseStableAddress,
    /// Make the address internal, or restrict who may dial it.
    MakeInternal,
    /// Upgrade the remote release with fresh addresses and restart what was injected.
    UpgradeRemote,
    /// Wait for the balancer, or give the Service an address.
    GiveGatewayAddress,
    /// Label the gateway and open its ports.
    MendGateway,
    /// Say the same network and mesh id everywhere, then restart the workloads.
    AlignIdentity,
    /// Put the clusters under one root.
    ShareRoot,
    /// Renew the certificates.
    RenewCertificates,
    /// Name the other trust domain as an alias.
    AlignTrustDomain,
    /// Set the clocks.
    SetClocks,
    /// Bring the versions together.
    AlignVersions,
    /// Make the Service, without workloads, in the caller's cluster.
    MakeService,
    /// Make the Services alike.
    AlignServices,
    /// Label the namespace and restart its workloads.
    LabelNamespace,
    /// Restart the workloads.
    RestartWorkloads,
    /// Annotate the namespace, then touch the stored kubeconfig so that it is read again.
    AnnotateAndReread,
    /// Mend policy, or let checks fail open.
    MendPolicy,
    /// Demand mutual TLS alike.
    AlignMutualTls,
    /// Store the remote's new authority.
    StoreAuthority,
    /// Save the objects before their definitions go.
    SaveConfiguration,
    /// Take away what stands first.
    RemoveInOrder,
    /// Delete what is left.
    DeleteLeftovers,
    /// Move the traffic first.
    MoveTraffic,
}
