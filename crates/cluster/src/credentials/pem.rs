//! The PEM texts of a kubeconfig: they are parsed before they are accepted, and no error repeats them.

use super::KubeconfigError;
use crate::crypto;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};

/// The CA certificates in `certificate-authority-data`; empty without any, for those of the system.
pub(super) fn ca_bundle(data: Option<&str>) -> Result<String, KubeconfigError> {
    match data.filter(|data| !data.is_empty()) {
        Some(data) => certificates("certificate-authority-data", data),
        None => Ok(String::new()),
    }
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
    if is_encrypted(&pem) {
        let reason = "it is encrypted: decrypt it with `openssl pkey` first";
        return Err(invalid(key, reason));
    }
    let Ok(parsed) = PrivateKeyDer::from_pem_slice(pem.as_bytes()) else {
        return Err(invalid(key, "it contains no PEM private key"));
    };
    if crypto::is_supported(parsed) {
        return Ok(pem);
    }
    let reason =
        "it is not of a supported type: RSA of 2048 to 8192 bits, P-256, P-384, P-521 or Ed25519";
    Err(invalid(key, reason))
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

/// Whether a PEM text is an encrypted private key, in PKCS #8 (RFC 7468) or in OpenSSL's older form.
fn is_encrypted(pem: &str) -> bool {
    pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        || pem
            .lines()
            .any(|line| line.starts_with("Proc-Type:") && line.contains("ENCRYPTED"))
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
