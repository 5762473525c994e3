//! What a connection does: it receives the head of a request, serves requests, or is idle.

use super::{LimitedListener, Limits};
use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Request, connect_info::Connected},
    middleware::Next,
    response::Response,
    serve::IncomingStream,
};
use http_body::{Frame, SizeHint};
use parking_lot::Mutex;
use std::{
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tokio::time::Instant;

/// One connection. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    /// The address of the client, or of a reverse proxy.
    pub(crate) peer: SocketAddr,
    phase: Arc<Mutex<Phase>>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// It receives the head of a request.
    Head { since: Instant },
    /// It serves this number of requests.
    Busy { requests: usize },
    /// It waits for the next request.
    Idle { since: Instant },
}

impl Connection {
    /// A connection that was just accepted.
    pub(super) fn new(peer: SocketAddr) -> Self {
        let since = Instant::now();
        Self {
            peer,
            phase: Arc::new(Mutex::new(Phase::Head { since })),
        }
    }

    /// When the connection is to be closed; none while it serves a request.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Instant> {
        match *self.phase.lock() {
            Phase::Head { since } => Some(since + limits.head),
            Phase::Idle { since } => Some(since + limits.idle),
            Phase::Busy { .. } => None,
        }
    }

    /// Bytes were received: on an idle connection they are the start of a head.
    pub(super) fn received(&self) {
        let mut phase = self.phase.lock();
        if let Phase::Idle { .. } = *phase {
            let since = Instant::now();
            *phase = Phase::Head { since };
        }
    }

    /// A request begins; it ends when the returned value is dropped.
    fn begin(&self) -> Served {
        let mut phase = self.phase.lock();
        let requests = match *phase {
            Phase::Busy { requests } => requests + 1,
            Phase::Head { .. } | Phase::Idle { .. } => 1,
        };
        *phase = Phase::Busy { requests };
        Served(self.clone())
    }

    fn end(&self) {
        let mut phase = self.phase.lock();
        *phase = match *phase {
            Phase::Busy { requests } if requests > 1 => Phase::Busy {
                requests: requests - 1,
            },
            _ => Phase::Idle {
                since: Instant::now(),
            },
        };
    }
}

impl Connected<IncomingStream<'_, LimitedListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, LimitedListener>) -> Self {
        stream.io().connection().clone()
    }
}

/// A request that is served: from its head to the end of its response.
struct Served(Connection);

impl Drop for Served {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// The outermost middleware: marks the connection as busy until the response was sent.
pub(crate) async fn track_request(
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let served = connection.begin();
    let response = next.run(request).await;
    response.map(|body| {
        Body::new(ServedBody {
            body,
            _served: served,
        })
    })
}

/// The body of a response, whose request ends with it.
struct ServedBody {
    body: Body,
    _served: Served,
}

impl http_body::Body for ServedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
