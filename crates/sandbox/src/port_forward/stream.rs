//! One forwarded port: a stream that ends in a program.
//!
//! Programs speak HTTP/1.1; the stream ends with the pod. Start at [`Forwarded::open`].

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;
use tokio::task::JoinSet;

use super::Forwarded;
use crate::inside::{Program, Running};
use crate::object;

/// How much is under way on a forwarded port.
const UNDER_WAY: usize = 64 * 1024;

/// The largest request that is read.
const MOST_BYTES: usize = 1024 * 1024;

impl Forwarded {
    /// Opens a port, served among these tasks, or says in a kubelet's words why it cannot be had.
    pub(super) fn open(&self, port: u16, tasks: &mut JoinSet<()>) -> Result<DuplexStream, String> {
        let mut state = self.world.lock();
        let programs = state.programs.of(&self.world, &self.pod);
        drop(state);
        let mut listening = programs
            .into_iter()
            .filter(|one| one.program.listens_on(port));
        let Some(Running { program, ended }) = listening.next() else {
            return Err(refused(object::uid(&self.pod), port));
        };
        let (near, far) = tokio::io::duplex(UNDER_WAY);
        tasks.spawn(async move {
            ended.run_until_cancelled(serve(program, far)).await;
        });
        Ok(near)
    }
}

fn refused(uid: &str, port: u16) -> String {
    let sandbox = uid.replace('-', "");
    format!(
        "error forwarding port {port} to pod {sandbox}, uid : failed to execute portforward in \
         network namespace \"/var/run/netns/cni-{uid}\": failed to connect to localhost:{port} \
         inside namespace \"{sandbox}\", IPv4: dial tcp4 127.0.0.1:{port}: connect: connection \
         refused IPv6 dial tcp6 [::1]:{port}: connect: connection refused "
    )
}

async fn serve(program: Arc<dyn Program>, stream: DuplexStream) {
    let service = service_fn(move |request| answer(program.clone(), request));
    // A connection that breaks is the client's affair.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    program: Arc<dyn Program>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MOST_BYTES).collect().await else {
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return Ok(response);
    };
    let request = Request::from_parts(parts, body.to_bytes());
    Ok(program.answer(request).await.map(Full::new))
}
