//! The certificates and keys of one cluster, generated when it starts.
//!
//! Start at [`CertificateAuthority::new`]; [`CertificateAuthority::write`] writes the files of a control
//! plane.

use crate::Error;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use std::{fs, net::IpAddr, path::Path};

/// The certificate authority of one cluster.
pub(crate) struct CertificateAuthority {
    issuer: Issuer<'static, KeyPair>,
    /// The certificate of the CA.
    pub(crate) pem: String,
    key: String,
}

/// A certificate and its private key, as PEM.
#[derive(Clone, Debug)]
pub(crate) struct CertificatePair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl CertificateAuthority {
    pub(crate) fn new(subject: &str) -> Result<Self, Error> {
        let create = || {
            let mut params = CertificateParams::new(Vec::new())?;
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.distinguished_name.push(DnType::CommonName, subject);
            params.key_usages = vec![
                KeyUsagePurpose::KeyCertSign,
                KeyUsagePurpose::CrlSign,
                KeyUsagePurpose::DigitalSignature,
            ];
            let key = KeyPair::generate()?;
            let pem = params.self_signed(&key)?.pem();
            let text = key.serialize_pem();
            Ok(Self {
                issuer: Issuer::new(params, key),
                pem,
                key: text,
            })
        };
        create().map_err(|source| failed(subject, source))
    }

    /// The serving certificate of the API server, for its addresses and the names in the cluster.
    fn server(&self, addresses: &[IpAddr]) -> Result<CertificatePair, Error> {
        let mut names: Vec<String> = [
            "localhost",
            "kubernetes",
            "kubernetes.default",
            "kubernetes.default.svc",
            "kubernetes.default.svc.cluster.local",
            "127.0.0.1",
        ]
        .map(str::to_owned)
        .to_vec();
        names.extend(addresses.iter().map(IpAddr::to_string));
        self.leaf(
            "kube-apiserver",
            None,
            names,
            ExtendedKeyUsagePurpose::ServerAuth,
        )
    }

    /// A client certificate.
    pub(crate) fn client(&self, name: &str, group: Option<&str>) -> Result<CertificatePair, Error> {
        self.leaf(name, group, Vec::new(), ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn leaf(
        &self,
        name: &str,
        group: Option<&str>,
        names: Vec<String>,
        usage: ExtendedKeyUsagePurpose,
    ) -> Result<CertificatePair, Error> {
        let create = || {
            let mut params = CertificateParams::new(names)?;
            params.distinguished_name.push(DnType::CommonName, name);
            if let Some(group) = group {
                params
                    .distinguished_name
                    .push(DnType::OrganizationName, group);
            }
            params.extended_key_usages = vec![usage];
            params.key_usages = vec![
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::KeyEncipherment,
            ];
            let key = KeyPair::generate()?;
            let certificate = params.signed_by(&key, &self.issuer)?;
            Ok(CertificatePair {
                certificate: certificate.pem(),
                key: key.serialize_pem(),
            })
        };
        create().map_err(|source| failed(name, source))
    }

    /// Writes the files of a control plane: `ca.crt`, `ca.key`, `apiserver.*`, `kubelet-client.*`, `sa.*`.
    pub(crate) fn write(&self, folder: &Path, addresses: &[IpAddr]) -> Result<(), Error> {
        let server = self.server(addresses)?;
        let client = self.client("kube-apiserver-kubelet-client", Some("system:masters"))?;
        let accounts = KeyPair::generate().map_err(|source| failed("service accounts", source))?;
        for (name, text) in [
            ("ca.crt", &self.pem),
            ("ca.key", &self.key),
            ("apiserver.crt", &server.certificate),
            ("apiserver.key", &server.key),
            ("kubelet-client.crt", &client.certificate),
            ("kubelet-client.key", &client.key),
            ("sa.key", &accounts.serialize_pem()),
            ("sa.pub", &accounts.public_key_pem()),
        ] {
            write_private(&folder.join(name), text)?;
        }
        Ok(())
    }
}

/// Writes a file that only this user may read.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|source| Error::Write {
        path: path.to_owned(),
        source,
    })
}

fn failed(subject: &str, source: rcgen::Error) -> Error {
    Error::Certificate {
        subject: subject.to_owned(),
        source,
    }
}
