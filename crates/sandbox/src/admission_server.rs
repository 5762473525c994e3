//! Programs that serve admission webhooks, their certificates, and what they may read.
//!
//! Start at [`AdmissionServer`] and [`AdmissionContext`].

use std::fmt;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::CertificateDer;
use serde_json::Value;

use crate::cluster::{Cluster, State};

/// The state of the cluster that admission plugins and webhooks may read.
#[derive(Debug)]
pub struct AdmissionContext<'a> {
    cluster: &'a Cluster,
    state: &'a State,
}

impl<'a> AdmissionContext<'a> {
    pub(crate) fn new(cluster: &'a Cluster, state: &'a State) -> Self {
        Self { cluster, state }
    }

    /// An object, by plural and group such as `deployments.apps`.
    pub fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.state.objects.get(kind, namespace, name)
    }

    /// The objects of a kind, in one namespace or in all.
    pub fn list(&self, kind: &str, namespace: Option<&str>) -> Vec<Arc<Value>> {
        self.state.objects.list(kind, namespace)
    }

    /// Whether an address of the pod network accepts connections, in any cluster.
    pub fn is_reachable(&self, address: &str) -> bool {
        self.cluster.network().is_reachable(address)
    }
}

/// A program that serves admission webhooks over TLS.
pub trait AdmissionServer: Send + Sync {
    /// The port on which it serves.
    fn port(&self) -> u16;

    /// The certificate that it presents.
    fn certificate(&self) -> &ServingCertificate;

    /// Reviews the `request` of an `AdmissionReview` that was sent to a path with a query, and
    /// returns the `response` without its UID.
    ///
    /// The cluster is locked while this function is called: the program reads it by the context
    /// only.
    fn review(&self, context: &AdmissionContext<'_>, path: &str, request: &Value) -> Value;
}

/// A certificate authority for programs that serve admission webhooks.
pub struct ServingCa {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl ServingCa {
    /// A new authority.
    ///
    /// # Errors
    /// The message of the generator, when the system has no random numbers.
    pub fn generate() -> Result<Self, String> {
        let generate = || -> Result<Self, rcgen::Error> {
            let mut parameters = CertificateParams::new(Vec::new())?;
            parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            parameters
                .distinguished_name
                .push(DnType::OrganizationName, "cluster.local");
            parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            let key = KeyPair::generate()?;
            Ok(Self {
                pem: parameters.self_signed(&key)?.pem(),
                issuer: Issuer::new(parameters, key),
            })
        };
        generate().map_err(|error| error.to_string())
    }

    /// The certificate of the authority, in PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// A certificate for a server with these DNS names.
    ///
    /// # Errors
    /// The message of the generator, when a name is invalid.
    pub fn issue(&self, names: &[String]) -> Result<ServingCertificate, String> {
        let issue = || -> Result<ServingCertificate, rcgen::Error> {
            let mut parameters = CertificateParams::new(names.to_vec())?;
            parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            let certificate = parameters.signed_by(&KeyPair::generate()?, &self.issuer)?;
            Ok(ServingCertificate {
                certificate: certificate.der().clone(),
                names: names.to_vec(),
                ca_pem: self.pem.clone(),
            })
        };
        issue().map_err(|error| error.to_string())
    }
}

impl fmt::Debug for ServingCa {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ServingCa")
    }
}

/// A certificate for a server.
#[derive(Clone)]
pub struct ServingCertificate {
    certificate: CertificateDer<'static>,
    names: Vec<String>,
    ca_pem: String,
}

impl ServingCertificate {
    /// The certificate of the authority that signed it, in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The names that the certificate is valid for.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn der(&self) -> &CertificateDer<'static> {
        &self.certificate
    }
}

impl fmt::Debug for ServingCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ServingCertificate({:?})", self.names)
    }
}
