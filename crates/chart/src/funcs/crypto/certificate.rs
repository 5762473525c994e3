//! Sprig's certificate functions: CA, self-signed and signed certificates for servers and clients.
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use gotmpl::{Evaluator, FunctionError, Functions, List, Object, Parameter, Signature, Value};
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SanType, SerialNumber,
};

use super::key::Key;
use super::random::SeededRandom;
use super::{B64, int, text};
use crate::funcs::{CallResult, arg};
use Parameter::{Int, Str};

const TYPE: &str = "sprig.certificate";
const CA: Parameter = Parameter::Object(TYPE);
/// The first parameters of the certificate functions: name, IP addresses, DNS names, days.
const NAMED: [Parameter; 4] = [Str, Parameter::List, Parameter::List, Int];

/// A certificate and its key, as PEM.
#[derive(Debug)]
struct Certificate {
    cert: String,
    key: String,
}

impl Certificate {
    fn value(cert: String, key: String) -> Value {
        Value::Object(Arc::new(Self { cert, key }))
    }
}

impl Object for Certificate {
    fn type_name(&self) -> &'static str {
        TYPE
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(self.cert.as_str().into()),
            "Key" => Some(self.key.as_str().into()),
            _ => None,
        }
    }

    fn json_fields(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(vec![
            ("Cert", self.cert.as_str().into()),
            ("Key", self.key.as_str().into()),
        ])
    }

    fn display(&self) -> String {
        format!("{{{} {}}}", self.cert, self.key)
    }
}

/// The inputs of a certificate: the random source and the current time.
#[derive(Clone)]
struct CertificateBuilder {
    random: SeededRandom,
    now: Timestamp,
}

pub(super) fn add(table: &mut Functions, random: &SeededRandom, now: Timestamp) {
    let shared = CertificateBuilder {
        random: random.clone(),
        now,
    };
    let builder = shared.clone();
    table.add_with_evaluator(
        "genPrivateKey",
        Signature::exact(&[Str]),
        move |evaluator, a| {
            Ok(
                match Key::generate(text(a, 0), evaluator, &builder.random)? {
                    Some(key) => key.encode_pem().into(),
                    None => format!("Unknown type {}", text(a, 0)).into(),
                },
            )
        },
    );
    let builder = shared.clone();
    table.add_with_evaluator(
        "genCA",
        Signature::exact(&[Str, Int]),
        move |evaluator, a| builder.certificate_authority(&builder.key(evaluator)?, a),
    );
    let builder = shared.clone();
    table.add(
        "genCAWithKey",
        Signature::exact(&[Str, Int, Str]),
        move |a| builder.certificate_authority(&parse_key(text(a, 2))?, a),
    );
    let builder = shared.clone();
    table.add_with_evaluator(
        "genSelfSignedCert",
        Signature::exact(&NAMED),
        move |evaluator, a| builder.self_signed(&builder.key(evaluator)?, a),
    );
    let builder = shared.clone();
    const WITH_KEY: [Parameter; 5] = [Str, Parameter::List, Parameter::List, Int, Str];
    table.add(
        "genSelfSignedCertWithKey",
        Signature::exact(&WITH_KEY),
        move |a| builder.self_signed(&parse_key(text(a, 4))?, a),
    );
    let builder = shared.clone();
    const WITH_CA: [Parameter; 5] = [Str, Parameter::List, Parameter::List, Int, CA];
    table.add_with_evaluator(
        "genSignedCert",
        Signature::exact(&WITH_CA),
        move |evaluator, a| builder.signed(&builder.key(evaluator)?, a),
    );
    let builder = shared;
    const WITH_BOTH: [Parameter; 6] = [Str, Parameter::List, Parameter::List, Int, CA, Str];
    table.add(
        "genSignedCertWithKey",
        Signature::exact(&WITH_BOTH),
        move |a| builder.signed(&parse_key(text(a, 5))?, a),
    );
    table.add("buildCustomCert", Signature::exact(&[Str, Str]), |a| {
        custom_certificate(text(a, 0), text(a, 1))
    });
}

fn parse_key(pem: &str) -> Result<Key, FunctionError> {
    Key::read(pem).map_err(|reason| FunctionError::new(format!("parsing private key: {reason}")))
}

fn custom_certificate(cert: &str, key: &str) -> CallResult {
    let decoded = |text: &str, name: &str| {
        B64.decode(text)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .map_err(|_| FunctionError::new(format!("unable to decode base64 {name}")))
    };
    let (cert, key) = (decoded(cert, "certificate")?, decoded(key, "private key")?);
    if super::der::decode_pem(&cert).is_none_or(|(name, _)| name != "CERTIFICATE") {
        return Err(FunctionError::new("unable to decode certificate"));
    }
    let read = Key::read(&key).and_then(|key| key.pair());
    let pair =
        read.map_err(|reason| FunctionError::new(format!("error parsing private key: {reason}")))?;
    issuer(&cert, pair).map_err(|reason| {
        FunctionError::new(format!(
            "error parsing certificate: decodedCert.Bytes: {reason}"
        ))
    })?;
    Ok(Certificate::value(cert, key))
}

fn issuer(cert: &str, pair: KeyPair) -> Result<Issuer<'static, KeyPair>, String> {
    let unreadable = |_| "it is not an X.509 certificate".to_owned();
    Issuer::from_ca_cert_pem(cert, pair).map_err(unreadable)
}

impl CertificateBuilder {
    /// Generates the key of a certificate.
    fn key(&self, evaluator: &Evaluator) -> Result<Key, FunctionError> {
        Key::rsa(2048, evaluator, &self.random)
    }

    fn certificate_authority(&self, key: &Key, a: &[Value]) -> CallResult {
        let mut params = self.params(text(a, 0), int(a, 1));
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages.push(KeyUsagePurpose::KeyCertSign);
        sign_certificate(key, |pair| params.self_signed(pair))
    }

    fn self_signed(&self, key: &Key, a: &[Value]) -> CallResult {
        let params = self.with_names(a)?;
        sign_certificate(key, |pair| params.self_signed(pair))
    }

    fn signed(&self, key: &Key, a: &[Value]) -> CallResult {
        let field = |name: &str| match arg(a, 4) {
            Value::Object(object) => object.field(name).map(|value| gotmpl::text(&value)),
            _ => None,
        };
        let (cert, signer_key) = (
            field("Cert").unwrap_or_default(),
            field("Key").unwrap_or_default(),
        );
        if super::der::decode_pem(&cert).is_none() {
            return Err(FunctionError::new("unable to decode certificate"));
        }
        let read = Key::read(&signer_key).and_then(|key| key.pair());
        let pair = read
            .map_err(|reason| FunctionError::new(format!("error parsing private key: {reason}")))?;
        let issuer = issuer(&cert, pair).map_err(|reason| {
            let before = "error parsing certificate: decodedSignerCert.Bytes";
            FunctionError::new(format!("{before}: {reason}"))
        })?;
        let mut params = self.with_names(a)?;
        params.use_authority_key_identifier_extension = true;
        sign_certificate(key, |pair| params.signed_by(pair, &issuer))
    }

    fn params(&self, name: &str, days: i64) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        let begin = u64::try_from(self.now.as_second()).unwrap_or(0);
        let end = begin.saturating_add(u64::try_from(days).unwrap_or(0).saturating_mul(86_400));
        // The maximum date is in the year 9999.
        let at = |seconds: u64| {
            rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds.min(253_402_300_799))
        };
        (params.not_before, params.not_after) = (at(begin), at(end));
        params.is_ca = IsCa::ExplicitNoCa;
        params.serial_number = Some(SerialNumber::from_slice(&self.serial()));
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
        ];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        params
    }

    fn serial(&self) -> [u8; 16] {
        let mut serial = self.random.array::<16>();
        serial[0] &= 0x7f;
        serial
    }

    /// The certificate parameters with DNS names and IP addresses.
    fn with_names(&self, a: &[Value]) -> Result<CertificateParams, FunctionError> {
        let mut params = self.params(text(a, 0), int(a, 3));
        let list = |index: usize| match arg(a, index) {
            Value::List(items) => items.clone(),
            _ => List::default(),
        };
        for item in list(1).iter() {
            let address = item.as_str().ok_or_else(|| {
                let printed = gotmpl::text(item);
                FunctionError::new(format!("error parsing ip: {printed} is not a string"))
            })?;
            let address: IpAddr = address
                .parse()
                .map_err(|_| FunctionError::new(format!("error parsing ip: {address}")))?;
            params.subject_alt_names.push(SanType::IpAddress(address));
        }
        for item in list(2).iter() {
            let printed = || gotmpl::text(item);
            let name = item.as_str().ok_or_else(|| {
                let before = "error processing alternate dns name";
                FunctionError::new(format!("{before}: {} is not a string", printed()))
            })?;
            let name = name.try_into().map_err(|_| {
                FunctionError::new(format!(
                    "error creating certificate: bad name {}",
                    printed()
                ))
            })?;
            params.subject_alt_names.push(SanType::DnsName(name));
        }
        Ok(params)
    }
}

fn sign_certificate(
    key: &Key,
    sign: impl FnOnce(&KeyPair) -> Result<rcgen::Certificate, rcgen::Error>,
) -> CallResult {
    let failed =
        |reason: String| FunctionError::new(format!("error creating certificate: {reason}"));
    let pair = key.pair().map_err(failed)?;
    let cert = sign(&pair).map_err(|_| failed("the key cannot sign it".to_owned()))?;
    Ok(Certificate::value(
        super::der::encode_pem("CERTIFICATE", cert.der()),
        key.encode_pem(),
    ))
}
