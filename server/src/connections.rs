//! The limits of connections: how long a client may take, and how many connections there are.
//!
//! A connection that sends no complete head in time, is idle for too long, or does not read its response
//! is closed, so that silent clients cannot occupy all file descriptors. A request in progress, such as an
//! event stream, has no limit here. Start at [`LimitedListener`].

mod activity;
mod peers;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use activity::{Connection, track_request};

use axum::serve::Listener;
use peers::Peers;
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use stream::LimitedStream;
use tokio::{net::TcpListener, sync::Semaphore, time::Instant};

/// The number of connections of one peer by default.
pub(crate) const MAX_PER_PEER: usize = 512;

/// The limits of connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// From the accepted connection, or the first byte of a request, to the end of the request's head.
    pub(crate) head: Duration,
    /// Between two requests.
    pub(crate) idle: Duration,
    /// How long a client may accept no byte of a response.
    pub(crate) stalled: Duration,
    /// All connections.
    pub(crate) total: usize,
    /// The connections of one peer that is not on this machine.
    pub(crate) per_peer: usize,
}

impl Limits {
    /// The limits of a server that may open `files` files: four fifths of them are for connections.
    pub(crate) fn new(files: u64, per_peer: usize) -> Self {
        let total = usize::try_from(files / 5 * 4).unwrap_or(usize::MAX);
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_mins(1),
            stalled: Duration::from_mins(1),
            total: total.clamp(1, Semaphore::MAX_PERMITS),
            per_peer,
        }
    }
}

/// Raises the number of files that this process may open to the hard limit, and gives it.
pub(crate) fn raise_file_limit() -> u64 {
    rlimit::increase_nofile_limit(u64::MAX).unwrap_or_else(|error| {
        tracing::warn!(%error, "could not raise the limit of open files");
        rlimit::Resource::NOFILE
            .get_soft()
            .unwrap_or(FALLBACK_FILES)
    })
}

/// How often the log says that all connections are in use.
const WARNING_INTERVAL: Duration = Duration::from_mins(1);
/// The usual limit of open files, when the system does not report it.
const FALLBACK_FILES: u64 = 1024;

/// A listener whose connections have limits.
pub(crate) struct LimitedListener {
    listener: TcpListener,
    limits: Limits,
    slots: Arc<Semaphore>,
    peers: Peers,
    /// When the log last said that all connections are in use.
    warned: Option<Instant>,
}

impl LimitedListener {
    /// Limits the connections of `listener`.
    pub(crate) fn new(listener: TcpListener, limits: Limits) -> Self {
        Self {
            listener,
            limits,
            slots: Arc::new(Semaphore::new(limits.total)),
            peers: Peers::new(limits.per_peer),
            warned: None,
        }
    }

    /// Logs, once a minute at most, that new connections have to wait.
    fn warn_when_full(&mut self) {
        let is_recent = |warned: Instant| warned.elapsed() < WARNING_INTERVAL;
        if self.slots.available_permits() == 0 && !self.warned.is_some_and(is_recent) {
            self.warned = Some(Instant::now());
            tracing::warn!(limit = self.limits.total, "all connections are in use");
        }
    }
}

impl Listener for LimitedListener {
    type Io = LimitedStream;
    type Addr = SocketAddr;

    /// Waits for a free slot first: until then new connections wait in the backlog of the system.
    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            self.warn_when_full();
            let Ok(slot) = self.slots.clone().acquire_owned().await else {
                // The semaphore is never closed.
                return std::future::pending().await;
            };
            let (stream, peer) = Listener::accept(&mut self.listener).await;
            let Some(peer_slot) = self.peers.enter(peer.ip()) else {
                tracing::debug!(%peer, "too many connections of one peer");
                continue;
            };
            let connection = Connection::new(peer);
            let stream = LimitedStream::new(stream, connection, self.limits, (slot, peer_slot));
            return (stream, peer);
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
