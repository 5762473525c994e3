//! A small client of an API server over HTTPS, as a control plane has for each of its remotes.
//!
//! It trusts the authority of the kubeconfig alone, sends its token, keeps one connection and
//! bounds every request in time. Start at [`Remote::of`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use super::kubeconfig::Kubeconfig;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The largest answer that is read.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Why a request had no answer to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// No connection, no trust, or no end in time.
    Unreached,
    /// The server said no.
    Refused,
}

/// An API server, as its kubeconfig leads to it.
pub(super) struct Remote {
    url: Url,
    name: ServerName<'static>,
    tls: TlsConnector,
    token: String,
    open: Option<Open>,
}

/// A connection, and the task that carries it.
struct Open {
    sender: SendRequest<Empty<Bytes>>,
    _carried: AbortOnDropHandle<()>,
}

impl fmt::Debug for Remote {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Remote({})", self.url)
    }
}

impl Remote {
    /// A client, unless the kubeconfig cannot lead to one.
    pub(super) fn of(config: &Kubeconfig) -> Option<Self> {
        let url = Url::parse(&config.server).ok()?;
        let expected = if config.server_name.is_empty() {
            url.host_str()?.trim_matches(['[', ']']).to_owned()
        } else {
            config.server_name.clone()
        };
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&config.ca_pem) {
            roots.add(certificate.ok()?).ok()?;
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .ok()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Some(Self {
            name: ServerName::try_from(expected).ok()?,
            tls: TlsConnector::from(Arc::new(tls)),
            token: config.token.clone(),
            open: None,
            url,
        })
    }

    /// Reads a path.
    pub(super) async fn get(&mut self, path: &str) -> Result<Value, Failure> {
        let mut open = self.open.take();
        let asked = tokio::time::timeout(PATIENCE, self.ask(&mut open, path)).await;
        let (code, body) = asked.ok().flatten().ok_or(Failure::Unreached)?;
        self.open = open;
        if code != StatusCode::OK {
            return Err(Failure::Refused);
        }
        serde_json::from_slice(&body).map_err(|_| Failure::Refused)
    }

    async fn ask(&self, open: &mut Option<Open>, path: &str) -> Option<(StatusCode, Bytes)> {
        if open.as_ref().is_none_or(|open| open.sender.is_closed()) {
            *open = Some(self.connect().await?);
        }
        let sender = &mut open.as_mut()?.sender;
        sender.ready().await.ok()?;
        let base = self.url.path().trim_end_matches('/');
        let request = Request::get(format!("{base}{path}"))
            .header(header::HOST, self.url.host_str()?)
            .header(header::USER_AGENT, "pilot-discovery")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Empty::new())
            .ok()?;
        let response = sender.send_request(request).await.ok()?;
        let code = response.status();
        let body = Limited::new(response.into_body(), MOST_BYTES);
        Some((code, body.collect().await.ok()?.to_bytes()))
    }

    async fn connect(&self) -> Option<Open> {
        let host = self.url.host_str()?.trim_matches(['[', ']']);
        let port = self.url.port_or_known_default()?;
        let stream = TcpStream::connect((host, port)).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let stream = self.tls.connect(self.name.clone(), stream).await.ok()?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        let carried = tokio::spawn(async move {
            // Its end is seen by the next request.
            let _ = connection.await;
        });
        Some(Open {
            sender,
            _carried: AbortOnDropHandle::new(carried),
        })
    }
}
