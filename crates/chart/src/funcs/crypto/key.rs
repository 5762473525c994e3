//! Generates, encodes and parses private keys.
use gotmpl::{Evaluator, FunctionError};
use num_bigint::BigUint;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use rcgen::KeyPair;
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::der;
use super::prime;
use super::random::SeededRandom;

/// Go's public exponent.
const EXPONENT: u32 = 65537;

/// A private key: its PEM label, the DER for that label, and the PKCS#8 form.
#[derive(Clone, Debug)]
pub(super) struct Key {
    name: &'static str,
    der: Vec<u8>,
    pkcs8: Vec<u8>,
}

impl Key {
    pub(super) fn encode_pem(&self) -> String {
        der::encode_pem(self.name, &self.der)
    }

    /// Generates a key of this type as Sprig's `genPrivateKey` does; `None` when the type is
    /// unknown.
    pub(super) fn generate(
        key_type: &str,
        evaluator: &Evaluator,
        random: &SeededRandom,
    ) -> Result<Option<Self>, FunctionError> {
        Ok(Some(match key_type {
            "" | "rsa" => Self::rsa(4096, evaluator, random)?,
            "ecdsa" => Self::ecdsa(random),
            "ed25519" => Self::ed25519(&random.array()),
            "dsa" => Self::dsa(evaluator, random)?,
            _ => return Ok(None),
        }))
    }

    pub(super) fn rsa(
        bits: u64,
        evaluator: &Evaluator,
        random: &SeededRandom,
    ) -> Result<Self, FunctionError> {
        let exponent = BigUint::from(EXPONENT);
        loop {
            evaluator.check_deadline()?;
            let (p, q) = prime::prime_pair(bits / 2, random, evaluator.deadline())?;
            let (less_p, less_q) = (&p - 1u32, &q - 1u32);
            let Some(private) = exponent.modinv(&(&less_p * &less_q)) else {
                continue;
            };
            let (p, q) = if p > q { (p, q) } else { (q, p) };
            let Some(inverse) = q.modinv(&p) else {
                continue;
            };
            let numbers = [
                &p * &q,
                exponent,
                private.clone(),
                p.clone(),
                q.clone(),
                &private % (&p - 1u32),
                &private % (&q - 1u32),
                inverse,
            ];
            let mut parts = vec![der::small_integer(0)];
            parts.extend(numbers.iter().map(der::integer));
            return Ok(Self::from_rsa(der::sequence(&parts)));
        }
    }

    fn from_rsa(der: Vec<u8>) -> Self {
        let pkcs8 = der::pkcs8(&[der::object_identifier(der::RSA), der::tlv(5, &[])], &der);
        Self {
            name: "RSA PRIVATE KEY",
            der,
            pkcs8,
        }
    }

    fn ecdsa(random: &SeededRandom) -> Self {
        loop {
            let bytes = random.array::<32>();
            let Ok(secret) = p256::SecretKey::from_slice(&bytes) else {
                continue;
            };
            let public = secret.public_key().to_encoded_point(false);
            let der = der::sequence(&[
                der::small_integer(1),
                der::octet_string(&bytes),
                der::tlv(0xa0, &der::object_identifier(der::P256)),
                der::tlv(0xa1, &der::bit_string(public.as_bytes())),
            ]);
            return Self::from_ec(der);
        }
    }

    fn from_ec(der: Vec<u8>) -> Self {
        let pkcs8 = der::pkcs8(
            &[
                der::object_identifier(der::EC),
                der::object_identifier(der::P256),
            ],
            &der,
        );
        Self {
            name: "EC PRIVATE KEY",
            der,
            pkcs8,
        }
    }

    fn ed25519(seed: &[u8; 32]) -> Self {
        let der = der::pkcs8(
            &[der::object_identifier(der::ED25519)],
            &der::octet_string(seed),
        );
        // The signing library requires the public key too.
        let pkcs8 = match Ed25519KeyPair::from_seed_unchecked(seed) {
            Ok(pair) => der::sequence(&[
                der::small_integer(1),
                der::sequence(&[der::object_identifier(der::ED25519)]),
                der::octet_string(&der::octet_string(seed)),
                der::tlv(0x81, &[&[0], pair.public_key().as_ref()].concat()),
            ]),
            Err(_) => der.clone(),
        };
        Self {
            name: "PRIVATE KEY",
            der,
            pkcs8,
        }
    }

    fn dsa(evaluator: &Evaluator, random: &SeededRandom) -> Result<Self, FunctionError> {
        let q = prime::prime(256, random, evaluator.deadline())?;
        let step = &q * 2u32;
        let p = loop {
            evaluator.check_deadline()?;
            let mut start = random.number(2048);
            start.set_bit(2047, true);
            let start = &start - &start % &step + 1u32;
            let found = prime::search(&start, &step, random, evaluator.deadline())?;
            if let Some(found) = found.filter(|p| p.bits() == 2048) {
                break found;
            }
        };
        let generator = BigUint::from(2u32).modpow(&((&p - 1u32) / &q), &p);
        let private = random.number(255) + 1u32;
        let public = generator.modpow(&private, &p);
        let mut parts = vec![der::small_integer(0)];
        parts.extend([p, q, generator, public, private].iter().map(der::integer));
        let der = der::sequence(&parts);
        Ok(Self {
            name: "DSA PRIVATE KEY",
            pkcs8: der.clone(),
            der,
        })
    }

    /// Parses a private key.
    ///
    /// # Errors
    /// Sprig's message.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let Some((name, der)) = der::decode_pem(text) else {
            return Err("no PEM data in input".to_owned());
        };
        match name {
            "PRIVATE KEY" => Ok(Self {
                name: "PRIVATE KEY",
                pkcs8: der.clone(),
                der,
            }),
            "RSA PRIVATE KEY" => Ok(Self::from_rsa(der)),
            "EC PRIVATE KEY" => Ok(Self::from_ec(der)),
            "DSA PRIVATE KEY" => Ok(Self {
                name: "DSA PRIVATE KEY",
                pkcs8: der.clone(),
                der,
            }),
            other => match other.strip_suffix(" PRIVATE KEY") {
                Some(kind) => Err(format!("invalid private key type {kind}")),
                None => Err(format!("no private key data in PEM block of type {other}")),
            },
        }
    }

    /// The key pair for signing.
    ///
    /// # Errors
    /// When the library does not support the key.
    pub(super) fn pair(&self) -> Result<KeyPair, String> {
        KeyPair::try_from(self.pkcs8.as_slice())
            .map_err(|_| "this kind of key cannot sign certificates".to_owned())
    }
}
