//! Facts about root certificates and CAs.

use cluster::Certificate;

/// A root certificate that the workloads of a cluster trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootFacts {
    /// The object that contains it, such as `ConfigMap istio-system/istio-ca-root-cert`.
    pub source: String,
    /// The certificate.
    pub certificate: Certificate,
}

/// The CA that is plugged into a control plane, from Secret `cacerts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaFacts {
    /// The object that contains it.
    pub source: String,
    /// The certificate that signs workloads.
    pub signer: Certificate,
    /// The root.
    pub root: Certificate,
    /// Whether the root signed it, directly or through the chain.
    pub signed_by_root: bool,
    /// Whether the private key matches; none when the key was not read.
    pub key_fits: Option<bool>,
}
