//! Certificates and keys of one cluster, made anew with it.
//!
//! Start at [`Authority::new`]; what an API server needs as files is written by [`Authority::write`].

use crate::Error;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use std::{fs, net::IpAddr, path::Path};

/// The certificate authority of one cluster.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate.
    pub(crate) pem: String,
    key: String,
}

/// A certificate and its key, as PEM.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new(subject: &str) -> Result<Self, Error> {
        let make = || {
            let mut wanted = CertificateParams::new(Vec::new())?;
            wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            wanted.distinguished_name.push(DnType::CommonName, subject);
            wanted.key_usages = vec![
                KeyUsagePurpose::KeyCertSign,
                KeyUsagePurpose::CrlSign,
                KeyUsagePurpose::DigitalSignature,
            ];
            let key = KeyPair::generate()?;
            let pem = wanted.self_signed(&key)?.pem();
            let text = key.serialize_pem();
            Ok(Self {
                issuer: Issuer::new(wanted, key),
                pem,
                key: text,
            })
        };
        make().map_err(|source| failed(subject, source))
    }

    /// The API server's certificate, for loopback and the cluster's own names.
    pub(crate) fn server(&self, service: IpAddr) -> Result<Pair, Error> {
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
        names.push(service.to_string());
        self.leaf(
            "kube-apiserver",
            None,
            names,
            ExtendedKeyUsagePurpose::ServerAuth,
        )
    }

    /// A client's certificate.
    pub(crate) fn client(&self, name: &str, group: Option<&str>) -> Result<Pair, Error> {
        self.leaf(name, group, Vec::new(), ExtendedKeyUsagePurpose::ClientAuth)
    }

    fn leaf(
        &self,
        name: &str,
        group: Option<&str>,
        names: Vec<String>,
        usage: ExtendedKeyUsagePurpose,
    ) -> Result<Pair, Error> {
        let make = || {
            let mut wanted = CertificateParams::new(names)?;
            wanted.distinguished_name.push(DnType::CommonName, name);
            if let Some(group) = group {
                wanted
                    .distinguished_name
                    .push(DnType::OrganizationName, group);
            }
            wanted.extended_key_usages = vec![usage];
            wanted.key_usages = vec![
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::KeyEncipherment,
            ];
            let key = KeyPair::generate()?;
            let certificate = wanted.signed_by(&key, &self.issuer)?;
            Ok(Pair {
                certificate: certificate.pem(),
                key: key.serialize_pem(),
            })
        };
        make().map_err(|source| failed(name, source))
    }

    /// Writes what the programs of a control plane read: `ca.crt`, `ca.key`, `apiserver.*`, `sa.*`.
    pub(crate) fn write(&self, folder: &Path, service: IpAddr) -> Result<(), Error> {
        let server = self.server(service)?;
        let accounts = KeyPair::generate().map_err(|source| failed("service accounts", source))?;
        for (name, text) in [
            ("ca.crt", &self.pem),
            ("ca.key", &self.key),
            ("apiserver.crt", &server.certificate),
            ("apiserver.key", &server.key),
            ("sa.key", &accounts.serialize_pem()),
            ("sa.pub", &accounts.public_key_pem()),
        ] {
            secret(&folder.join(name), text)?;
        }
        Ok(())
    }
}

/// Writes a file that only we may read.
pub(crate) fn secret(path: &Path, text: &str) -> Result<(), Error> {
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
