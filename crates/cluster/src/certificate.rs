//! Certificates: subject, issuer, names, validity, and their SHA-256.
//!
//! Parsing is all or nothing: a bundle with one malformed certificate is an error. Start at
//! [`Certificate::read`].

use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use x509_parser::{extensions::GeneralName, prelude::*};

/// One certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The subject, such as `CN=kube-apiserver`.
    pub subject: String,
    /// The subject of the issuer.
    pub issuer: String,
    /// The host names and addresses of its subject alternative names.
    pub names: Vec<String>,
    /// The start of its validity, in seconds since 1970.
    pub not_before: i64,
    /// The end of its validity, in seconds since 1970.
    pub not_after: i64,
    /// Whether it is a CA certificate.
    pub is_ca: bool,
    /// SHA-256 of its DER form, in hexadecimal.
    pub sha256: String,
}

/// A certificate that cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid certificate: {0}")]
pub struct CertificateError(pub String);

impl Certificate {
    /// Parses every certificate of a PEM text, in its order.
    ///
    /// # Errors
    /// [`CertificateError`] when one of them cannot be parsed, or there is none.
    pub fn read(pem: &str) -> Result<Vec<Self>, CertificateError> {
        let ders = pem_to_der(pem)?;
        ders.iter().map(|der| Self::read_der(der)).collect()
    }

    /// Parses one certificate in DER form.
    ///
    /// # Errors
    /// [`CertificateError`] when it cannot be parsed.
    pub fn read_der(der: &[u8]) -> Result<Self, CertificateError> {
        let parsed = parse(der)?;
        let names = parsed.subject_alternative_name().ok().flatten();
        let names = names.map(|found| found.value.general_names.iter().filter_map(general_name));
        Ok(Self {
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            names: names.into_iter().flatten().collect(),
            not_before: parsed.validity().not_before.timestamp(),
            not_after: parsed.validity().not_after.timestamp(),
            is_ca: parsed.is_ca(),
            sha256: hexadecimal(&Sha256::digest(der)),
        })
    }

    /// Whole days until it expires, at a time in seconds since 1970; negative once it has expired.
    pub fn days_left(&self, now: i64) -> i64 {
        (self.not_after - now).div_euclid(86_400)
    }
}

/// Whether the first certificate of `chain` is signed by one of `root`, directly or through the
/// intermediates that follow it in `chain`.
///
/// # Errors
/// [`CertificateError`] when one of them cannot be parsed.
pub fn signed_by(chain: &str, root: &str) -> Result<bool, CertificateError> {
    let (chain, roots) = (pem_to_der(chain)?, pem_to_der(root)?);
    let chain: Vec<X509Certificate<'_>> = chain
        .iter()
        .map(|der| parse(der))
        .collect::<Result<_, _>>()?;
    let roots: Vec<X509Certificate<'_>> = roots
        .iter()
        .map(|der| parse(der))
        .collect::<Result<_, _>>()?;
    let is_signed = |certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>| {
        let same_name = certificate.issuer() == issuer.subject();
        same_name
            && certificate
                .verify_signature(Some(issuer.public_key()))
                .is_ok()
    };
    let mut next = chain.first();
    for index in 1..=chain.len() {
        let Some(current) = next else { break };
        if roots.iter().any(|root| is_signed(current, root)) {
            return Ok(true);
        }
        next = chain.get(index).filter(|issuer| is_signed(current, issuer));
    }
    Ok(false)
}

fn pem_to_der(pem: &str) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let found = found.map_err(|_| CertificateError("it is not valid PEM".into()))?;
    if found.is_empty() {
        return Err(CertificateError("it contains no PEM certificate".into()));
    }
    Ok(found)
}

fn parse(der: &[u8]) -> Result<X509Certificate<'_>, CertificateError> {
    let parsed = X509Certificate::from_der(der);
    parsed
        .map(|(_, certificate)| certificate)
        .map_err(|_| CertificateError("it is not an X.509 certificate".into()))
}

fn general_name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::URI(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes)
                .ok()
                .map(|octets| std::net::Ipv4Addr::from(octets).to_string()),
            16 => <[u8; 16]>::try_from(*bytes)
                .ok()
                .map(|octets| std::net::Ipv6Addr::from(octets).to_string()),
            _ => None,
        },
        _ => None,
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
