//! Certificates as a person sees them: subject, names, how long, and their SHA-256.
//!
//! Reading never fails halfway: a bundle is read whole or not at all. Start at [`Certificate::read`].

use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use x509_parser::{extensions::GeneralName, prelude::*};

/// One certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is, `CN=kube-apiserver`.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The host names and addresses it is for.
    pub names: Vec<String>,
    /// From when, in seconds since 1970.
    pub not_before: i64,
    /// Until when, in seconds since 1970.
    pub not_after: i64,
    /// Whether it may sign others.
    pub authority: bool,
    /// SHA-256 of the whole, in hexadecimal.
    pub sha256: String,
}

/// A certificate that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no certificate: {0}")]
pub struct Unreadable(pub String);

impl Certificate {
    /// Reads every certificate of a PEM text, in its order.
    ///
    /// # Errors
    /// [`Unreadable`] when one of them cannot be read, or there is none.
    pub fn read(pem: &str) -> Result<Vec<Self>, Unreadable> {
        ders(pem)?.iter().map(|der| Self::read_der(der)).collect()
    }

    /// Reads one certificate as it stands on the wire.
    ///
    /// # Errors
    /// [`Unreadable`] when it cannot be read.
    pub fn read_der(der: &[u8]) -> Result<Self, Unreadable> {
        let read = parse(der)?;
        let names = read.subject_alternative_name().ok().flatten();
        let names = names.map(|found| found.value.general_names.iter().filter_map(name_of));
        Ok(Self {
            subject: read.subject().to_string(),
            issuer: read.issuer().to_string(),
            names: names.into_iter().flatten().collect(),
            not_before: read.validity().not_before.timestamp(),
            not_after: read.validity().not_after.timestamp(),
            authority: read.is_ca(),
            sha256: hexadecimal(&Sha256::digest(der)),
        })
    }

    /// Whole days until it ends, at a time in seconds since 1970; negative when it ended.
    pub fn days_left(&self, now: i64) -> i64 {
        (self.not_after - now).div_euclid(86_400)
    }
}

/// Whether the first certificate of `chain` is signed by the first of `root`, through those that follow
/// it in `chain` where need be.
///
/// # Errors
/// [`Unreadable`] when one of them cannot be read.
pub fn signed_by(chain: &str, root: &str) -> Result<bool, Unreadable> {
    let (chain, roots) = (ders(chain)?, ders(root)?);
    let chain: Vec<X509Certificate<'_>> = chain
        .iter()
        .map(|der| parse(der))
        .collect::<Result<_, _>>()?;
    let roots: Vec<X509Certificate<'_>> = roots
        .iter()
        .map(|der| parse(der))
        .collect::<Result<_, _>>()?;
    let signed = |what: &X509Certificate<'_>, by: &X509Certificate<'_>| {
        what.issuer() == by.subject() && what.verify_signature(Some(by.public_key())).is_ok()
    };
    let mut at = chain.first();
    for step in 1..=chain.len() {
        let Some(current) = at else { break };
        if roots.iter().any(|root| signed(current, root)) {
            return Ok(true);
        }
        at = chain.get(step).filter(|next| signed(current, next));
    }
    Ok(false)
}

fn ders(pem: &str) -> Result<Vec<CertificateDer<'static>>, Unreadable> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let found = found.map_err(|error| Unreadable(error.to_string()))?;
    if found.is_empty() {
        return Err(Unreadable("it holds no PEM certificate".into()));
    }
    Ok(found)
}

fn parse(der: &[u8]) -> Result<X509Certificate<'_>, Unreadable> {
    let read = X509Certificate::from_der(der);
    read.map(|(_, certificate)| certificate)
        .map_err(|error| Unreadable(error.to_string()))
}

fn name_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::URI(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes)
                .ok()
                .map(|four| std::net::Ipv4Addr::from(four).to_string()),
            16 => <[u8; 16]>::try_from(*bytes)
                .ok()
                .map(|all| std::net::Ipv6Addr::from(all).to_string()),
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
