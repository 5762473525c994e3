//! Server and client with certificates of P-521 that OpenSSL made, signed with SHA-256 and SHA-384.

use super::provider;
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
    server::WebPkiClientVerifier,
};
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::{TlsAcceptor, TlsConnector};

const CA: &str = include_str!("fixtures/ca.pem");
const SERVER: &str = include_str!("fixtures/server.pem");
const SERVER_KEY: &str = include_str!("fixtures/server-key.pem");
const CLIENT: &str = include_str!("fixtures/client.pem");
const CLIENT_KEYS: [&str; 2] = [
    include_str!("fixtures/client-key.pem"),
    include_str!("fixtures/client-key-sec1.pem"),
];

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate")
}

fn key(pem: &str) -> PrivateKeyDer<'static> {
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).expect("a key")
}

fn roots() -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate(CA)).expect("a CA certificate");
    Arc::new(roots)
}

fn server() -> TlsAcceptor {
    let provider = Arc::new(provider());
    let clients = WebPkiClientVerifier::builder_with_provider(roots(), provider.clone());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(clients.build().expect("a verifier"))
        .with_single_cert(vec![certificate(SERVER)], key(SERVER_KEY))
        .expect("a certificate with its key");
    TlsAcceptor::from(Arc::new(config))
}

fn client(client_key: &str, version: &'static rustls::SupportedProtocolVersion) -> TlsConnector {
    let config = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[version])
        .expect("a version")
        .with_root_certificates(roots())
        .with_client_auth_cert(vec![certificate(CLIENT)], key(client_key))
        .expect("a certificate with its key");
    TlsConnector::from(Arc::new(config))
}

#[tokio::test]
async fn server_and_client_with_keys_of_p521_authenticate_each_other() {
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        for client_key in CLIENT_KEYS {
            let (near, far) = tokio::io::duplex(16_384);
            let name = ServerName::try_from("localhost").expect("a name");
            let connector = client(client_key, version);
            let asks = async {
                let mut stream = connector.connect(name, near).await?;
                stream.write_all(b"hello").await?;
                stream.shutdown().await?;
                // Until the server ends the connection.
                stream.read_to_end(&mut Vec::new()).await
            };
            let answers = async {
                let mut stream = server().accept(far).await?;
                let mut text = String::new();
                stream.read_to_string(&mut text).await?;
                stream.shutdown().await?;
                let chain = stream.get_ref().1.peer_certificates().map(<[_]>::to_vec);
                Ok((text, chain))
            };
            let ended: (std::io::Result<usize>, std::io::Result<_>) = tokio::join!(asks, answers);
            let (Ok(_), Ok((text, chain))) = ended else {
                panic!("{ended:?}");
            };
            assert_eq!(text, "hello");
            assert_eq!(chain, Some(vec![certificate(CLIENT)]));
        }
    }
}

#[test]
fn a_signature_of_another_message_is_refused() {
    let algorithms = provider().signature_verification_algorithms.all;
    let own = super::p521::signing_key(&key(CLIENT_KEYS[0])).expect("a key of P-521");
    let signer = rustls::sign::SigningKey::choose_scheme(
        &own,
        &[rustls::SignatureScheme::ECDSA_NISTP521_SHA512],
    )
    .expect("a signer");
    let signature = signer.sign(b"message").expect("a signature");
    let (_, parsed) = x509_parser::parse_x509_certificate(&certificate(CLIENT))
        .map(|(rest, parsed)| (rest, parsed.public_key().subject_public_key.data.to_vec()))
        .expect("a certificate");
    let verify = |message: &[u8]| {
        let mut own = algorithms.iter().filter(|algorithm| {
            algorithm.public_key_alg_id() == rustls::pki_types::alg_id::ECDSA_P521
                && algorithm.signature_alg_id() == rustls::pki_types::alg_id::ECDSA_SHA512
        });
        let algorithm = own.next().expect("an algorithm");
        algorithm.verify_signature(&parsed, message, &signature)
    };
    assert!(verify(b"message").is_ok());
    assert!(verify(b"massage").is_err());
}
