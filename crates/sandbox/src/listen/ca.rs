//! The certificate authority of one cluster.
//!
//! Each sandbox generates a new key, which never leaves it. Start at [`CertificateAuthority::server_config`].

use std::net::IpAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// The certificate authority of one cluster.
#[derive(Debug)]
pub(crate) struct CertificateAuthority {
    /// `None` when the random number generator of the system failed.
    certificate: Option<CaCertificate>,
}

/// The CA certificate with its key.
#[derive(Debug)]
struct CaCertificate {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl CertificateAuthority {
    pub(crate) fn new(cluster: &str) -> Self {
        Self {
            certificate: generate(cluster).ok(),
        }
    }

    /// The certificate of the CA, in PEM.
    pub(crate) fn ca_pem(&self) -> &str {
        self.certificate.as_ref().map_or("", |ca| &ca.pem)
    }

    /// The TLS configuration of a server at an address.
    pub(crate) fn server_config(&self, address: IpAddr) -> Result<ServerConfig, BoxedError> {
        let ca = self
            .certificate
            .as_ref()
            .ok_or("this sandbox has no certificate authority")?;
        let names = [
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
        ];
        let mut names = names.map(str::to_owned).to_vec();
        names.extend([address.to_string(), "127.0.0.1".to_owned()]);
        names.dedup();
        let mut parameters = CertificateParams::new(names)?;
        parameters
            .distinguished_name
            .push(DnType::CommonName, "kube-apiserver");
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate()?;
        let certificate = parameters.signed_by(&key, &ca.issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn generate(cluster: &str) -> Result<CaCertificate, rcgen::Error> {
    let mut parameters = CertificateParams::new(Vec::new())?;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters
        .distinguished_name
        .push(DnType::CommonName, format!("{cluster}-ca"));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let certificate = parameters.self_signed(&key)?;
    Ok(CaCertificate {
        pem: certificate.pem(),
        issuer: Issuer::new(parameters, key),
    })
}
