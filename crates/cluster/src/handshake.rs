//! What a server shows in a TLS handshake, and whether a given authority vouches for it.
//!
//! Nothing is sent and no credential is used: the certificate is looked at whether or not it is good,
//! so that a person can be told what is wrong with it. Start at [`handshake`].

use crate::{AddressPolicy, Certificate, address::Refused};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::net::TcpStream;

/// How long name, connection and handshake may take together.
const DEADLINE: Duration = Duration::from_secs(8);

/// What a server showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerCheck {
    /// Its certificates, its own first.
    pub chain: Vec<Certificate>,
    /// Whether the given authority vouches for it under the given name; else what is wrong.
    pub verified: Result<(), String>,
}

/// Why there was no handshake.
#[derive(Debug, thiserror::Error)]
pub enum NoHandshake {
    /// The URL names no host.
    #[error("{0} names no host")]
    NoHost(String),
    /// The authority cannot be read.
    #[error("the authority cannot be read: {0}")]
    Authority(String),
    /// The address may not be dialled.
    #[error("{0}")]
    Address(Refused),
    /// The name leads nowhere.
    #[error("the name {0} cannot be resolved")]
    Name(String),
    /// Nobody listens, or something in between refuses.
    #[error("no connection to {0}: {1}")]
    Connect(String, std::io::ErrorKind),
    /// What listens does not speak TLS.
    #[error("{0} does not speak TLS: {1}")]
    NoTls(String, String),
    /// It took too long.
    #[error("{0} did not answer in {1} s")]
    TimedOut(String, u64),
}

/// Looks at the certificate of the server at `url` and asks `authority` (PEM) about it.
///
/// # Errors
/// [`NoHandshake`], which says how far it came.
pub async fn handshake(
    url: &str,
    authority: &str,
    policy: AddressPolicy,
) -> Result<ServerCheck, NoHandshake> {
    handshake_as(url, None, authority, policy).await
}

/// The same, but the certificate is to have this name, whatever the address is.
///
/// # Errors
/// [`NoHandshake`], which says how far it came.
pub async fn handshake_as(
    url: &str,
    name: Option<&str>,
    authority: &str,
    policy: AddressPolicy,
) -> Result<ServerCheck, NoHandshake> {
    let read = url::Url::parse(url).map_err(|_| NoHandshake::NoHost(url.to_owned()))?;
    let host = read
        .host_str()
        .ok_or_else(|| NoHandshake::NoHost(url.to_owned()))?
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let port = read.port().unwrap_or(443);
    let all = look(&host, port, name.unwrap_or(&host), authority, policy);
    tokio::time::timeout(DEADLINE, all)
        .await
        .unwrap_or_else(|_| Err(NoHandshake::TimedOut(host.clone(), DEADLINE.as_secs())))
}

async fn look(
    host: &str,
    port: u16,
    name: &str,
    authority: &str,
    policy: AddressPolicy,
) -> Result<ServerCheck, NoHandshake> {
    policy.check_host(host).map_err(NoHandshake::Address)?;
    let found = tokio::net::lookup_host((host, port)).await;
    let found: Vec<SocketAddr> = found
        .map_err(|_| NoHandshake::Name(host.to_owned()))?
        .collect();
    for address in &found {
        policy.check(address.ip()).map_err(NoHandshake::Address)?;
    }
    let stream = TcpStream::connect(found.as_slice()).await;
    let stream =
        stream.map_err(|error| NoHandshake::Connect(format!("{host}:{port}"), error.kind()))?;
    let name =
        ServerName::try_from(name.to_owned()).map_err(|_| NoHandshake::NoHost(name.to_owned()))?;
    let onlooker = Arc::new(Onlooker::new(authority)?);
    let tls = ClientConfig::builder_with_provider(onlooker.provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| NoHandshake::NoTls(host.to_owned(), error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(onlooker.clone())
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(tls));
    let outcome = connector.connect(name, stream).await;
    let seen = onlooker.seen.lock().unwrap_or_else(PoisonError::into_inner);
    // A server that asks for a client certificate may end the handshake after it showed its own.
    match (seen.clone(), outcome) {
        (Some(seen), _) => Ok(seen),
        (None, Err(error)) => Err(NoHandshake::NoTls(
            format!("{host}:{port}"),
            error.to_string(),
        )),
        (None, Ok(_)) => Err(NoHandshake::NoTls(
            format!("{host}:{port}"),
            "it showed no certificate".into(),
        )),
    }
}

/// Takes every certificate, and keeps what the real verifier says of it. No request is ever sent over a
/// connection that it let through.
#[derive(Debug)]
struct Onlooker {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
    seen: Mutex<Option<ServerCheck>>,
}

impl Onlooker {
    fn new(authority: &str) -> Result<Self, NoHandshake> {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(authority.as_bytes()) {
            let certificate =
                certificate.map_err(|error| NoHandshake::Authority(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| NoHandshake::Authority(error.to_string()))?;
        }
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .map_err(|error| NoHandshake::Authority(error.to_string()))?;
        Ok(Self {
            provider,
            verifier,
            seen: Mutex::default(),
        })
    }
}

impl ServerCertVerifier for Onlooker {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self
            .verifier
            .verify_server_cert(own, others, name, ocsp, now);
        let verified = verified.map(|_| ()).map_err(|error| error.to_string());
        let all = std::iter::once(own).chain(others);
        let chain = all
            .filter_map(|der| Certificate::read_der(der).ok())
            .collect();
        let seen = ServerCheck { chain, verified };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let known = &self.provider.signature_verification_algorithms;
        known.supported_schemes()
    }
}
