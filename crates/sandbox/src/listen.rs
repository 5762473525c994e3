//! The sandbox over HTTPS, for clients in other processes.
//!
//! Start at [`Listening`].

pub(crate) mod authority;

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

use crate::Running;
use crate::service::Service;

/// A sandbox that listens; it stops when this is dropped.
#[derive(Debug)]
pub struct Listening {
    /// The address it listens on.
    pub address: SocketAddr,
    /// The certificate of its authority.
    pub ca_pem: String,
    /// The token of the cluster's administrator.
    pub admin_token: String,
    name: String,
    _stop: DropGuard,
}

/// Why a sandbox cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is taken, or not ours.
    #[error("could not listen on {address}")]
    Bind {
        /// The address asked for.
        address: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// No certificate could be made for it.
    #[error("could not make a certificate for {address}")]
    Certificate {
        /// The address asked for.
        address: String,
        /// What the library said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Listening {
    pub(crate) async fn start(running: Arc<Running>, wanted: &str) -> Result<Self, ListenError> {
        let bind = |source| ListenError::Bind {
            address: wanted.to_owned(),
            source,
        };
        let listener = TcpListener::bind(wanted).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let config = running
            .world
            .authority
            .server(address.ip())
            .map_err(|source| ListenError::Certificate {
                address: wanted.to_owned(),
                source,
            })?;
        let ended = running.world.ended.child_token();
        let this = Self {
            address,
            ca_pem: running.world.authority.ca_pem().to_owned(),
            admin_token: running.world.lock().tokens.admin().to_owned(),
            name: running.world.shape.name.clone(),
            _stop: ended.clone().drop_guard(),
        };
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(accept(
            listener,
            acceptor,
            Service::of_header(running, ended.clone()),
            ended,
        ));
        Ok(this)
    }

    /// A kubeconfig with the administrator's token, everything inline.
    pub fn kubeconfig(&self) -> String {
        kubeconfig(&[self])
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    service: Service,
    ended: CancellationToken,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = ended.cancelled() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let (acceptor, service) = (acceptor.clone(), service.clone());
                connections.spawn(async move {
                    let _ = stream.set_nodelay(true);
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    // A connection that breaks is the client's affair.
                    let _ = auto::Builder::new(TokioExecutor::new())
                        .serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service))
                        .await;
                });
            }
        }
    }
    connections.shutdown().await;
}

/// One kubeconfig for several clusters, a context each, the first one current.
pub fn kubeconfig(several: &[&Listening]) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("apiVersion: v1\nkind: Config\nclusters:\n");
    // Writing to a String cannot fail.
    for one in several {
        let ca = STANDARD.encode(&one.ca_pem);
        let _ = write!(
            text,
            "- name: {0}\n  cluster:\n    server: https://{1}\n    \
             certificate-authority-data: {ca}\n",
            one.name, one.address
        );
    }
    text += "users:\n";
    for one in several {
        let _ = write!(
            text,
            "- name: {0}-admin\n  user:\n    token: {1}\n",
            one.name, one.admin_token
        );
    }
    text += "contexts:\n";
    for one in several {
        let _ = write!(
            text,
            "- name: {0}\n  context:\n    cluster: {0}\n    user: {0}-admin\n",
            one.name
        );
    }
    if let Some(first) = several.first() {
        let _ = writeln!(text, "current-context: {}", first.name);
    }
    text
}
