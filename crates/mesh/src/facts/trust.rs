//! Roots and chains.

use cluster::Certificate;

/// A root that a cluster's workloads trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootFacts {
    /// The object it was read from, such as `ConfigMap istio-system/istio-ca-root-cert`.
    pub source: String,
    /// The certificate.
    pub certificate: Certificate,
}

/// The chain that was plugged into a control plane, from Secret `cacerts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaFacts {
    /// The object it was read from.
    pub source: String,
    /// The certificate that signs workloads.
    pub signer: Certificate,
    /// The root.
    pub root: Certificate,
    /// Whether the root signed it, itself or through the chain.
    pub signed_by_root: bool,
    /// Whether the key belongs to it; none when the key was not read.
    pub key_fits: Option<bool>,
}
