//! The PEM texts of a kubeconfig: they are parsed before they are accepted, and no error repeats them.

use super::KubeconfigError;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};

/// The CA certificates in `certificate-authority-data`.
pub(super) fn ca_bundle(data: Option<&str>) -> Result<String, KubeconfigError> {
    let key = "certificate-authority-data";
    let data = data.ok_or(KubeconfigError::MissingField { key })?;
    certificates(key, data)
}

/// At least one certificate.
pub(super) fn certificates(key: &'static str, data: &str) -> Result<String, KubeconfigError> {
    let pem = decode(key, data)?;
    if are_certificates(&pem) {
        return Ok(pem);
    }
    Err(invalid(key, "it contains no PEM certificate"))
}

/// A private key.
pub(super) fn private_key(key: &'static str, data: &str) -> Result<String, KubeconfigError> {
    let pem = decode(key, data)?;
    if is_private_key(&pem) {
        return Ok(pem);
    }
    Err(invalid(key, "it contains no PEM private key"))
}

/// Whether a text contains certificates, all of them readable.
pub(crate) fn are_certificates(pem: &str) -> bool {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    certificates.is_ok_and(|certificates| !certificates.is_empty())
}

/// Whether a text contains a private key.
pub(crate) fn is_private_key(pem: &str) -> bool {
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).is_ok()
}

fn decode(key: &'static str, data: &str) -> Result<String, KubeconfigError> {
    let compact: String = data.split_whitespace().collect();
    let bytes = STANDARD
        .decode(compact)
        .map_err(|_| invalid(key, "it is not base64"))?;
    String::from_utf8(bytes).map_err(|_| invalid(key, "it is not PEM"))
}

fn invalid(key: &'static str, reason: &str) -> KubeconfigError {
    KubeconfigError::InvalidField {
        key,
        reason: reason.to_owned(),
    }
}
