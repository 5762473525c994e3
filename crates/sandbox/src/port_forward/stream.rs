//! One forwarded port: a stream to a program.
//!
//! Programs speak HTTP/1.1; the end of the pod closes the stream. Start at [`PortForwardTarget::open`].

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

use super::PortForwardTarget;
use crate::object;
use crate::process::{Program, RunningProgram};
use crate::programs;

/// The buffer of a forwarded port.
const BUFFER_BYTES: usize = 64 * 1024;

/// The largest request that is read.
const MAX_BYTES: usize = 1024 * 1024;

impl PortForwardTarget {
    /// Opens a port, served by one of these tasks; the error is the message of a kubelet.
    pub(super) fn open(&self, port: u16, tasks: &mut JoinSet<()>) -> Result<DuplexStream, String> {
        let mut state = self.cluster.lock();
        let programs = programs::of_pod(&self.cluster, &mut state, &self.pod);
        drop(state);
        let mut listening = programs
            .into_iter()
            .filter(|running| running.program.listens_on(port));
        let Some(RunningProgram { program, ended }) = listening.next() else {
            return Err(connection_refused(object::uid(&self.pod), port));
        };
        let (client_end, program_end) = tokio::io::duplex(BUFFER_BYTES);
        tasks.spawn(async move {
            ended.run_until_cancelled(serve(program, program_end)).await;
        });
        Ok(client_end)
    }
}

fn connection_refused(uid: &str, port: u16) -> String {
    let sandbox = uid.replace('-', "");
    format!(
        "error forwarding port {port} to pod {sandbox}, uid : failed to execute portforward in \
         network namespace \"/var/run/netns/cni-{uid}\": failed to connect to localhost:{port} \
         inside namespace \"{sandbox}\", IPv4: dial tcp4 127.0.0.1:{port}: connect: connection \
         refused IPv6 dial tcp6 [::1]:{port}: connect: connection refused "
    )
}

async fn serve(program: Arc<dyn Program>, stream: DuplexStream) {
    let service = service_fn(move |request| respond(program.clone(), request));
    // A broken connection is of no interest to the program.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn respond(
    program: Arc<dyn Program>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_BYTES).collect().await else {
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return Ok(response);
    };
    let request = Request::from_parts(parts, body.to_bytes());
    Ok(program.respond(request).await.map(Full::new))
}
