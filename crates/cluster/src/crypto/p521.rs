//! ECDSA with the curve P-521 (FIPS 186-5), for rustls.

use p521::{
    SecretKey,
    ecdsa::{
        DerSignature, Signature, SigningKey as Key, VerifyingKey,
        signature::{Signer as _, hazmat::PrehashVerifier as _},
    },
    pkcs8::DecodePrivateKey as _,
};
use rustls::{
    Error, SignatureAlgorithm, SignatureScheme,
    pki_types::{
        AlgorithmIdentifier, InvalidSignature, PrivateKeyDer, SignatureVerificationAlgorithm,
        alg_id,
    },
    sign::{Signer, SigningKey},
};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use std::sync::Arc;

/// The size of the field of P-521, in bytes.
const FIELD_BYTES: usize = 66;
/// The only scheme of P-521 in TLS (RFC 8446, section 4.2.3).
const SCHEME: SignatureScheme = SignatureScheme::ECDSA_NISTP521_SHA512;

static WITH_SHA256: Algorithm = Algorithm(Hash::Sha256);
static WITH_SHA384: Algorithm = Algorithm(Hash::Sha384);
static WITH_SHA512: Algorithm = Algorithm(Hash::Sha512);

/// The algorithms with which certificates are signed: OpenSSL signs with SHA-256, unless told otherwise.
pub(super) static ALGORITHMS: [&dyn SignatureVerificationAlgorithm; 3] =
    [&WITH_SHA512, &WITH_SHA384, &WITH_SHA256];

/// The algorithm of the scheme in TLS.
pub(super) static OF_SCHEME: [&dyn SignatureVerificationAlgorithm; 1] = [&WITH_SHA512];

#[derive(Clone, Copy, Debug)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The signatures of a key of P-521 over a hash.
#[derive(Debug)]
struct Algorithm(Hash);

impl SignatureVerificationAlgorithm for Algorithm {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let digest = match self.0 {
            Hash::Sha256 => Sha256::digest(message).to_vec(),
            Hash::Sha384 => Sha384::digest(message).to_vec(),
            Hash::Sha512 => Sha512::digest(message).to_vec(),
        };
        // A hash is a number: shorter ones have zeros before them.
        let mut number = vec![0; FIELD_BYTES - digest.len()];
        number.extend(digest);
        let key = VerifyingKey::from_sec1_bytes(public_key).map_err(|_| InvalidSignature)?;
        let signature = Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        key.verify_prehash(&number, &signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        match self.0 {
            Hash::Sha256 => alg_id::ECDSA_SHA256,
            Hash::Sha384 => alg_id::ECDSA_SHA384,
            Hash::Sha512 => alg_id::ECDSA_SHA512,
        }
    }
}

/// The key of a certificate of P-521, in PKCS #8 or SEC 1; none if it is another one.
pub(super) fn signing_key(key: &PrivateKeyDer<'_>) -> Option<P521Key> {
    let key = match key {
        PrivateKeyDer::Pkcs8(key) => SecretKey::from_pkcs8_der(key.secret_pkcs8_der()).ok(),
        PrivateKeyDer::Sec1(key) => SecretKey::from_sec1_der(key.secret_sec1_der()).ok(),
        _ => None,
    };
    let key = Key::from_bytes(&key?.to_bytes()).ok()?;
    Some(P521Key(Arc::new(key)))
}

/// A private key of P-521.
pub(super) struct P521Key(Arc<Key>);

impl std::fmt::Debug for P521Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("P521Key")
    }
}

impl SigningKey for P521Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let own = Self(self.0.clone());
        offered
            .contains(&SCHEME)
            .then(|| Box::new(own) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for P521Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        // With SHA-512.
        let signature: Signature = self
            .0
            .try_sign(message)
            .map_err(|_| Error::General("a signature of P-521 failed".into()))?;
        let der: DerSignature = signature.to_der();
        Ok(der.as_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SCHEME
    }
}
