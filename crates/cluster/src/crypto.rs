//! The cryptography of TLS: that of ring, and P-521, which ring has not and kubeconfigs of some tools use.
//!
//! Start at [`provider`].

mod p521;
#[cfg(test)]
mod tests;

use rustls::{
    Error, SignatureScheme,
    crypto::{CryptoProvider, KeyProvider, WebPkiSupportedAlgorithms, ring},
    pki_types::{PrivateKeyDer, SignatureVerificationAlgorithm},
    sign::SigningKey,
};
use std::sync::{Arc, LazyLock};

/// Signature algorithms, each for some keys and one hash.
type Algorithms = Vec<&'static dyn SignatureVerificationAlgorithm>;

/// Every algorithm: those of ring first.
static ALL: LazyLock<Algorithms> = LazyLock::new(|| {
    let ring = ring::default_provider().signature_verification_algorithms;
    [ring.all, &p521::ALGORITHMS].concat()
});

/// The algorithms of each signature scheme of TLS.
static MAPPING: LazyLock<
    Vec<(
        SignatureScheme,
        &'static [&'static dyn SignatureVerificationAlgorithm],
    )>,
> = LazyLock::new(|| {
    let ring = ring::default_provider().signature_verification_algorithms;
    let p521 = (SignatureScheme::ECDSA_NISTP521_SHA512, &p521::OF_SCHEME[..]);
    ring.mapping.iter().copied().chain([p521]).collect()
});

/// The provider of ring, with keys and certificates of P-521.
pub(crate) fn provider() -> CryptoProvider {
    CryptoProvider {
        signature_verification_algorithms: WebPkiSupportedAlgorithms {
            all: &ALL,
            mapping: &MAPPING,
        },
        key_provider: &Keys,
        ..ring::default_provider()
    }
}

/// Makes the provider that of the process, which clients take that name none. Another one that is there stays.
pub(crate) fn install() {
    if CryptoProvider::get_default().is_none() {
        let _ = provider().install_default();
    }
}

/// Whether a client can authenticate itself with a private key.
pub(crate) fn is_supported(key: PrivateKeyDer<'static>) -> bool {
    Keys.load_private_key(key).is_ok()
}

/// The private keys of clients.
#[derive(Debug)]
struct Keys;

impl KeyProvider for Keys {
    fn load_private_key(&self, key: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        if let Some(key) = p521::signing_key(&key) {
            return Ok(Arc::new(key));
        }
        ring::default_provider().key_provider.load_private_key(key)
    }
}
