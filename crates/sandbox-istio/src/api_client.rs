//! A small HTTPS client for the API server of a remote cluster.
//!
//! It trusts only the CA of the kubeconfig, sends the token of the kubeconfig, keeps one connection
//! and limits the time of every request. Start at [`ApiClient::new`].

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

use crate::kubeconfig::Kubeconfig;

/// How long one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// The maximum size of a response.
const MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

/// Why a request failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestError {
    /// No connection, no trusted certificate, or no response in time.
    Unreachable,
    /// The server returned an error.
    Rejected,
}

/// A client for the API server of a kubeconfig.
pub(crate) struct ApiClient {
    url: Url,
    server_name: ServerName<'static>,
    tls: TlsConnector,
    token: String,
    connection: Option<Connection>,
}

/// A connection and its background task.
struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    _task: AbortOnDropHandle<()>,
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ApiClient({})", self.url)
    }
}

impl ApiClient {
    /// A client, or `None` when the kubeconfig is not usable.
    pub(crate) fn new(config: &Kubeconfig) -> Option<Self> {
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
            server_name: ServerName::try_from(expected).ok()?,
            tls: TlsConnector::from(Arc::new(tls)),
            token: config.token.clone(),
            connection: None,
            url,
        })
    }

    /// Sends a GET request.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Value, RequestError> {
        let mut connection = self.connection.take();
        let response =
            tokio::time::timeout(REQUEST_TIMEOUT, self.send(&mut connection, path)).await;
        let (code, body) = response.ok().flatten().ok_or(RequestError::Unreachable)?;
        self.connection = connection;
        if code != StatusCode::OK {
            return Err(RequestError::Rejected);
        }
        serde_json::from_slice(&body).map_err(|_| RequestError::Rejected)
    }

    async fn send(
        &self,
        connection: &mut Option<Connection>,
        path: &str,
    ) -> Option<(StatusCode, Bytes)> {
        if connection
            .as_ref()
            .is_none_or(|open| open.sender.is_closed())
        {
            *connection = Some(self.connect().await?);
        }
        let sender = &mut connection.as_mut()?.sender;
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
        let body = Limited::new(response.into_body(), MAX_RESPONSE_BYTES);
        Some((code, body.collect().await.ok()?.to_bytes()))
    }

    async fn connect(&self) -> Option<Connection> {
        let host = self.url.host_str()?.trim_matches(['[', ']']);
        let port = self.url.port_or_known_default()?;
        let stream = TcpStream::connect((host, port)).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let stream = self
            .tls
            .connect(self.server_name.clone(), stream)
            .await
            .ok()?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        let task = tokio::spawn(async move {
            // The next request notices the end of the connection.
            let _ = connection.await;
        });
        Some(Connection {
            sender,
            _task: AbortOnDropHandle::new(task),
        })
    }
}
