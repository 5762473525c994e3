//! The certificate authority of one cluster.
//!
//! Its key is made anew with every sandbox and never leaves it. Start at [`Authority::server`].

use std::net::IpAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The certificate authority of one cluster.
#[derive(Debug)]
pub(crate) struct Authority {
    /// What is missing when the system's source of chance failed.
    made: Option<Made>,
}

#[derive(Debug)]
struct Made {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    pub(crate) fn new(cluster: &str) -> Self {
        Self {
            made: make(cluster).ok(),
        }
    }

    /// The authority's certificate.
    pub(crate) fn ca_pem(&self) -> &str {
        self.made.as_ref().map_or("", |made| &made.pem)
    }

    /// How to serve TLS at an address.
    pub(crate) fn server(&self, address: IpAddr) -> Result<ServerConfig, Failure> {
        let made = self
            .made
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
        let mut wanted = CertificateParams::new(names)?;
        wanted
            .distinguished_name
            .push(DnType::CommonName, "kube-apiserver");
        wanted.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        wanted.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate()?;
        let certificate = wanted.signed_by(&key, &made.issuer)?;
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

fn make(cluster: &str) -> Result<Made, rcgen::Error> {
    let mut wanted = CertificateParams::new(Vec::new())?;
    wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    wanted
        .distinguished_name
        .push(DnType::CommonName, format!("{cluster}-ca"));
    wanted.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let key = KeyPair::generate()?;
    let certificate = wanted.self_signed(&key)?;
    Ok(Made {
        pem: certificate.pem(),
        issuer: Issuer::new(wanted, key),
    })
}
