//! A real HTTP server on loopback: files by path, faults, authentication, TLS. It records its requests.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use futures::StreamExt as _;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{net::TcpListener, net::TcpStream, task::JoinHandle};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// The response of a path.
#[derive(Clone, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) after: Duration,
    /// Whether the body never ends.
    pub(crate) endless: bool,
}

impl Reply {
    pub(crate) fn of(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            body: body.into(),
            ..Self::default()
        }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::default()
        }
    }

    pub(crate) fn to(location: impl Into<String>) -> Self {
        Self::status(302).with("location", location)
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// The authentication of the server.
#[derive(Clone, Default)]
pub(crate) enum Authentication {
    #[default]
    Open,
    /// Requests with this `Authorization`.
    Needs(String),
    /// Requests with this token, fetched at `/token` with this `Authorization`; "" for none.
    Tokens {
        token: String,
        login: String,
        realm: String,
    },
}

/// One recorded request.
#[derive(Clone, Debug)]
pub(crate) struct RecordedRequest {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
}

impl RecordedRequest {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

#[derive(Default)]
struct Shared {
    replies: Mutex<BTreeMap<String, Reply>>,
    door: Mutex<Authentication>,
    asked: Mutex<Vec<RecordedRequest>>,
}

/// A running server.
pub(crate) struct Site {
    pub(crate) url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Site {
    /// Serves in plain.
    pub(crate) async fn plain() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::<Shared>::default();
        let router = router(shared.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, task }
    }

    /// Serves over TLS; returns the CA certificate as PEM.
    pub(crate) async fn secure() -> (Self, String) {
        let (config, authority) = certificates();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let shared = Arc::<Shared>::default();
        let router = router(shared.clone());
        let listener = Tls {
            listener,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        };
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (Self { url, shared, task }, authority)
    }

    pub(crate) fn put(&self, path: &str, reply: Reply) {
        self.shared
            .replies
            .lock()
            .unwrap()
            .insert(path.to_owned(), reply);
    }

    pub(crate) fn lock(&self, door: Authentication) {
        *self.shared.door.lock().unwrap() = door;
    }

    /// The requests since the last call.
    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        std::mem::take(&mut *self.shared.asked.lock().unwrap())
    }

    /// The host and its port.
    pub(crate) fn host(&self) -> &str {
        self.url.split_once("://").unwrap().1
    }
}

struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl axum::serve::Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, from)) = self.listener.accept().await else {
                continue;
            };
            // A client that does not trust the certificate closes the connection here.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

fn certificates() -> (tokio_rustls::rustls::ServerConfig, String) {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).unwrap();
    let own = KeyPair::generate().unwrap();
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let issuer = Issuer::from_params(&params, &key);
    let certificate = CertificateParams::new(names)
        .unwrap()
        .signed_by(&own, &issuer)
        .unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = tokio_rustls::rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], own.into())
        .unwrap();
    (config, authority.pem())
}

fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(answer).with_state(shared)
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path_and_query().unwrap().to_string();
    let asked = RecordedRequest {
        path: path.clone(),
        headers: request.headers().clone(),
    };
    let login = asked.header("authorization").unwrap_or_default().to_owned();
    shared.asked.lock().unwrap().push(asked);
    let door = shared.door.lock().unwrap().clone();
    if let Some(refusal) = refused(&door, &path, &login) {
        return refusal;
    }
    let reply = {
        let replies = shared.replies.lock().unwrap();
        let bare = path.split('?').next().unwrap_or_default();
        replies.get(&path).or_else(|| replies.get(bare)).cloned()
    };
    let Some(reply) = reply else {
        return status(404);
    };
    tokio::time::sleep(reply.after).await;
    let etag = reply
        .headers
        .iter()
        .find(|(name, _)| *name == "etag")
        .map(|(_, value)| value.as_str());
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    if etag.is_some() && etag == known {
        return status(304);
    }
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    // A body that is shorter than announced is interrupted, or never ends.
    let announced = reply
        .headers
        .iter()
        .any(|(name, _)| *name == "content-length");
    let start = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(reply.body.clone()))]);
    let body = match (announced, reply.endless) {
        (false, _) => Body::from(reply.body),
        (true, false) => Body::from_stream(start),
        (true, true) => Body::from_stream(start.chain(futures::stream::pending())),
    };
    response.body(body).unwrap()
}

fn refused(door: &Authentication, path: &str, login: &str) -> Option<Response> {
    match door {
        Authentication::Open => None,
        Authentication::Needs(wanted) if login == wanted => None,
        Authentication::Needs(_) => Some(challenge("Basic realm=\"charts\"")),
        Authentication::Tokens {
            login: wanted,
            token,
            ..
        } if path.starts_with("/token") => {
            let body = format!(r#"{{"token":"{token}","expires_in":300}}"#);
            let allowed = wanted.is_empty() || login == wanted;
            Some(if allowed {
                Response::new(Body::from(body))
            } else {
                status(401)
            })
        }
        Authentication::Tokens { token, .. } if login == format!("Bearer {token}") => None,
        Authentication::Tokens { realm, .. } => Some(challenge(&format!(
            "Bearer realm=\"{realm}\",service=\"registry\",scope=\"repository:shop:pull\""
        ))),
    }
}

fn challenge(wants: &str) -> Response {
    let mut response = status(401);
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, wants.parse().unwrap());
    response
}

fn status(status: u16) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}
