//! The API of a sandbox over HTTPS, for clients in other processes.
//!
//! Start at [`HttpsServer`].

pub(crate) mod ca;

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::RunningCluster;
use crate::service::ApiService;

/// The time between two attempts to open the port again.
const REBIND_DELAY: std::time::Duration = std::time::Duration::from_millis(100);

/// An HTTPS server for the API of a sandbox; it stops when this value is dropped.
#[derive(Debug)]
pub struct HttpsServer {
    /// The address it listens on.
    pub address: SocketAddr,
    /// The CA certificate, in PEM.
    pub ca_pem: String,
    /// The token of the cluster's administrator.
    pub admin_token: String,
    cluster_name: String,
    _stop: DropGuard,
}

/// Why the server could not start.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is in use or not available.
    #[error("could not listen on {address}")]
    Bind {
        /// The requested address.
        address: String,
        /// The error of the operating system.
        #[source]
        source: std::io::Error,
    },
    /// No certificate could be created for the address.
    #[error("could not create a certificate for {address}")]
    Certificate {
        /// The requested address.
        address: String,
        /// The error of the certificate library.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl HttpsServer {
    pub(crate) async fn start(
        running: Arc<RunningCluster>,
        requested: &str,
    ) -> Result<Self, ListenError> {
        let bind = |source| ListenError::Bind {
            address: requested.to_owned(),
            source,
        };
        let listener = TcpListener::bind(requested).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let config = running
            .cluster
            .ca
            .server_config(address.ip())
            .map_err(|source| ListenError::Certificate {
                address: requested.to_owned(),
                source,
            })?;
        let ended = running.cluster.ended.child_token();
        let server = Self {
            address,
            ca_pem: running.cluster.ca.ca_pem().to_owned(),
            admin_token: running.cluster.lock().tokens.admin().to_owned(),
            cluster_name: running.cluster.config.name.clone(),
            _stop: ended.clone().drop_guard(),
        };
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(accept(listener, address, acceptor, running, ended));
        Ok(server)
    }

    /// A kubeconfig with the token of the administrator and inline certificates.
    pub fn kubeconfig(&self) -> String {
        kubeconfig(&[self])
    }
}

/// Accepts connections until the cluster ends, except while a client requests that the server is
/// gone: then the port is closed.
async fn accept(
    listener: TcpListener,
    address: SocketAddr,
    acceptor: TlsAcceptor,
    running: Arc<RunningCluster>,
    ended: CancellationToken,
) {
    let mut gone = running.cluster.gone.subscribe();
    let mut listener = Some(listener);
    while !ended.is_cancelled() {
        let Some(open) = listener.take() else {
            tokio::select! {
                () = ended.cancelled() => return,
                _ = gone.wait_for(|gone| !gone) => {}
            }
            match TcpListener::bind(address).await {
                Ok(bound) => listener = Some(bound),
                // Another socket has the port for a moment.
                Err(_) => tokio::time::sleep(REBIND_DELAY).await,
            }
            continue;
        };
        // The upgraded connections end with this round.
        let round = ended.child_token();
        let _end = round.clone().drop_guard();
        let service = ApiService::from_header(running.clone(), round);
        tokio::select! {
            () = serve(open, &acceptor, &service) => {}
            () = ended.cancelled() => {}
            _ = gone.wait_for(|gone| *gone) => {}
        }
    }
}

/// Accepts connections; they end when this is dropped, and so does the listener.
async fn serve(listener: TcpListener, acceptor: &TlsAcceptor, service: &ApiService) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let (acceptor, service) = (acceptor.clone(), service.clone());
                connections.spawn(async move {
                    let _ = stream.set_nodelay(true);
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    // A broken connection is of no interest to the server.
                    let _ = auto::Builder::new(TokioExecutor::new())
                        .serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service))
                        .await;
                });
            }
        }
    }
}

/// One kubeconfig with a context per server; the first context is the current one.
pub fn kubeconfig(servers: &[&HttpsServer]) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("apiVersion: v1\nkind: Config\nclusters:\n");
    // Writing to a String cannot fail.
    for server in servers {
        let ca = STANDARD.encode(&server.ca_pem);
        let _ = write!(
            text,
            "- name: {0}\n  cluster:\n    server: https://{1}\n    \
             certificate-authority-data: {ca}\n",
            server.cluster_name, server.address
        );
    }
    text += "users:\n";
    for server in servers {
        let _ = write!(
            text,
            "- name: {0}-admin\n  user:\n    token: {1}\n",
            server.cluster_name, server.admin_token
        );
    }
    text += "contexts:\n";
    for server in servers {
        let _ = write!(
            text,
            "- name: {0}\n  context:\n    cluster: {0}\n    user: {0}-admin\n",
            server.cluster_name
        );
    }
    if let Some(first) = servers.first() {
        let _ = writeln!(text, "current-context: {}", first.cluster_name);
    }
    text
}
