//! A TLS handshake with a server, to inspect its certificates and verify them against a CA bundle.
//!
//! No request is sent and no credential is used. The certificates are read whether or not they verify,
//! so that the console can say what is wrong with them. Start at [`handshake`].

use crate::{AddressPolicy, Certificate, address::Refused, crypto};
use parking_lot::Mutex;
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpStream;
use wire::error_chain::find_in_chain;

/// How long name resolution, connection and handshake may take together.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(8);

/// The certificates of a server and their verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerCheck {
    /// The certificates of the server, its own first.
    pub chain: Vec<Certificate>,
    /// Whether the CA bundle verifies them for the given name; else the reason.
    pub verified: Result<(), String>,
}

/// The reason why the handshake failed.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// The URL has no host.
    #[error("{0} has no host")]
    NoHost(String),
    /// The CA bundle cannot be parsed.
    #[error("invalid CA bundle: {0}")]
    CaBundle(String),
    /// The address policy refuses the address.
    #[error("{0}")]
    Address(Refused),
    /// The host name cannot be resolved.
    #[error("the host name {0} cannot be resolved")]
    Resolve(String),
    /// The connection failed: nothing listens, or a firewall refuses it.
    #[error("no connection to {0}: {1}")]
    Connect(String, std::io::ErrorKind),
    /// The server does not speak TLS.
    #[error("{0} does not speak TLS: {1}")]
    Tls(String, String),
    /// The handshake did not finish in time.
    #[error("{0} did not answer in {1} s")]
    TimedOut(String, u64),
}

/// Reads the certificates of the server at `url` and verifies them against `ca_bundle` (PEM), or against the CA
/// certificates of the system when it is empty.
///
/// # Errors
/// [`HandshakeError`], which names the step that failed.
pub async fn handshake(
    url: &str,
    ca_bundle: &str,
    policy: AddressPolicy,
) -> Result<ServerCheck, HandshakeError> {
    handshake_with_name(url, None, ca_bundle, policy).await
}

/// As [`handshake`], but verifies the certificate for `name` instead of the host of the URL.
///
/// # Errors
/// [`HandshakeError`], which names the step that failed.
pub async fn handshake_with_name(
    url: &str,
    name: Option<&str>,
    ca_bundle: &str,
    policy: AddressPolicy,
) -> Result<ServerCheck, HandshakeError> {
    let parsed = url::Url::parse(url).map_err(|_| HandshakeError::NoHost(url.to_owned()))?;
    let host = parsed
        .host_str()
        .ok_or_else(|| HandshakeError::NoHost(url.to_owned()))?
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let port = parsed.port().unwrap_or(443);
    let inspection = inspect(&host, port, name.unwrap_or(&host), ca_bundle, policy);
    tokio::time::timeout(HANDSHAKE_TIMEOUT, inspection)
        .await
        .unwrap_or_else(|_| {
            Err(HandshakeError::TimedOut(
                host.clone(),
                HANDSHAKE_TIMEOUT.as_secs(),
            ))
        })
}

async fn inspect(
    host: &str,
    port: u16,
    name: &str,
    ca_bundle: &str,
    policy: AddressPolicy,
) -> Result<ServerCheck, HandshakeError> {
    policy.check_host(host).map_err(HandshakeError::Address)?;
    let resolved = tokio::net::lookup_host((host, port)).await;
    let addresses: Vec<SocketAddr> = resolved
        .map_err(|_| HandshakeError::Resolve(host.to_owned()))?
        .collect();
    for address in &addresses {
        policy
            .check(address.ip())
            .map_err(HandshakeError::Address)?;
    }
    let stream = TcpStream::connect(addresses.as_slice()).await;
    let stream =
        stream.map_err(|error| HandshakeError::Connect(format!("{host}:{port}"), error.kind()))?;
    let name = ServerName::try_from(name.to_owned())
        .map_err(|_| HandshakeError::NoHost(name.to_owned()))?;
    let verifier = Arc::new(RecordingVerifier::new(ca_bundle)?);
    let tls = ClientConfig::builder_with_provider(verifier.provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| HandshakeError::Tls(host.to_owned(), tls_error::describe(&error)))?
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone())
        .with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(Arc::new(tls));
    let outcome = connector.connect(name, stream).await;
    let recorded = verifier.recorded.lock().clone();
    // A server that requires a client certificate may abort the handshake after it sent its own.
    match (recorded, outcome) {
        (Some(check), _) => Ok(check),
        (None, Err(error)) => Err(HandshakeError::Tls(
            format!("{host}:{port}"),
            failure(&error),
        )),
        (None, Ok(_)) => Err(HandshakeError::Tls(
            format!("{host}:{port}"),
            "it sent no certificate".into(),
        )),
    }
}

/// Why the server did not complete the handshake.
fn failure(error: &std::io::Error) -> String {
    match find_in_chain::<rustls::Error>(error) {
        Some(error) => tls_error::describe(error),
        None => format!(
            "the connection ended during the handshake ({})",
            error.kind()
        ),
    }
}

/// Accepts every certificate and records the result of the real verifier. No request is ever sent over a
/// connection that it accepted.
#[derive(Debug)]
struct RecordingVerifier {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
    recorded: Mutex<Option<ServerCheck>>,
}

impl RecordingVerifier {
    fn new(ca_bundle: &str) -> Result<Self, HandshakeError> {
        let provider = Arc::new(crypto::provider());
        let mut roots = RootCertStore::empty();
        if ca_bundle.is_empty() {
            let system = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(system.certs);
        }
        let invalid = |reason: String| HandshakeError::CaBundle(reason);
        for (index, certificate) in CertificateDer::pem_slice_iter(ca_bundle.as_bytes()).enumerate()
        {
            let certificate = certificate.map_err(|_| invalid("it is not valid PEM".to_owned()))?;
            let unreadable = |_| invalid(format!("certificate {} cannot be parsed", index + 1));
            roots.add(certificate).map_err(unreadable)?;
        }
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .map_err(|_| invalid("it contains no certificate".to_owned()))?;
        Ok(Self {
            provider,
            verifier,
            recorded: Mutex::default(),
        })
    }
}

impl ServerCertVerifier for RecordingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self
            .verifier
            .verify_server_cert(end_entity, intermediates, name, ocsp, now);
        let verified = verified
            .map(|_| ())
            .map_err(|error| tls_error::describe(&error));
        let ders = std::iter::once(end_entity).chain(intermediates);
        let chain = ders
            .filter_map(|der| Certificate::read_der(der).ok())
            .collect();
        *self.recorded.lock() = Some(ServerCheck { chain, verified });
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
