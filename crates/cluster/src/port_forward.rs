//! HTTP to a port of a pod, by the pod's `portforward` subresource, as kubectl reaches it.
//!
//! Not the pod's proxy: what comes through a port-forward comes from the pod itself, and control planes
//! answer their own pod without asking who it is. Bounded in time and bytes. Start at
//! [`Cluster::http_get`].

use crate::{Cluster, Error, Verb};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use k8s_openapi::api::core::v1::Pod;
use kube::{Api, api::Portforwarder};
use std::{fmt, future::Future, time::Duration};
use tokio::io::DuplexStream;

/// How long the words of a refused port may come after the stream ended.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// One port of one pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodPort {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod.
    pub pod: String,
    /// The port.
    pub port: u16,
}

impl fmt::Display for PodPort {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Pod {}/{}:{}", self.namespace, self.pod, self.port)
    }
}

/// How much of an answer is taken, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct AnswerBounds {
    /// From the first byte out to the last byte in.
    pub for_at_most: Duration,
    /// Bytes of the body.
    pub bytes: usize,
}

impl Default for AnswerBounds {
    fn default() -> Self {
        Self {
            for_at_most: Duration::from_secs(10),
            bytes: 4 << 20,
        }
    }
}

/// What a pod answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body; what is no UTF-8 is replaced.
    pub body: String,
}

/// Why a pod's port gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The port cannot be reached in the pod; the node's words.
    #[error("{0}")]
    Port(String),
    /// What listens there does not speak HTTP, or ended in the middle.
    #[error("it speaks no HTTP, or ended in the middle: {0}")]
    Http(#[source] hyper::Error),
    /// The answer is longer than is taken.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// The path cannot be asked for.
    #[error("{0} is no path")]
    Path(String),
}

/// A port-forward that ends with the value.
struct Forward(Portforwarder);

impl Drop for Forward {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Cluster {
    /// Asks for `path` at a port of a pod.
    ///
    /// # Errors
    /// [`Error::NoAnswer`] when the pod's port does not answer, [`Error::Refused`] when the API server
    /// does not let us, [`Error::Unreachable`] or [`Error::TimedOut`].
    pub async fn http_get(
        &self,
        at: &PodPort,
        path: &str,
        bounds: AnswerBounds,
    ) -> Result<Answer, Error> {
        let asked = tokio::time::timeout(bounds.for_at_most, self.forwarded(at, path, bounds));
        asked.await.unwrap_or_else(|_| {
            Err(Error::TimedOut {
                cluster: self.name().clone(),
                verb: Verb::Ask,
                object: at.to_string(),
                after: bounds.for_at_most,
            })
        })
    }

    async fn forwarded(
        &self,
        at: &PodPort,
        path: &str,
        bounds: AnswerBounds,
    ) -> Result<Answer, Error> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &at.namespace);
        let ports = [at.port];
        let opened = self.call(Verb::Ask, at, pods.portforward(&at.pod, &ports));
        let mut forward = Forward(opened.await?);
        let failed = |source| Error::NoAnswer {
            cluster: self.name().clone(),
            port: at.to_string(),
            source,
        };
        let silent = || NoAnswer::Port("the API server opened no stream".to_owned());
        let stream = forward
            .0
            .take_stream(at.port)
            .ok_or_else(|| failed(silent()))?;
        let words = forward
            .0
            .take_error(at.port)
            .ok_or_else(|| failed(silent()))?;
        exchange(stream, words, at, path, bounds.bytes)
            .await
            .map_err(failed)
    }
}

/// One request and its answer; what the node says of the port wins over how the stream ended.
async fn exchange(
    stream: DuplexStream,
    words: impl Future<Output = Option<String>>,
    at: &PodPort,
    path: &str,
    most: usize,
) -> Result<Answer, NoAnswer> {
    let refused = async {
        match words.await {
            Some(said) => NoAnswer::Port(said),
            None => std::future::pending().await,
        }
    };
    tokio::pin!(refused);
    let asked = async {
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(NoAnswer::Http)?;
        tokio::select! {
            answer = ask(sender, at, path, most) => answer,
            () = driven(connection) => std::future::pending().await,
        }
    };
    let failed = tokio::select! {
        answer = asked => match answer {
            Err(failed @ NoAnswer::Http(_)) => failed,
            answer => return answer,
        },
        said = &mut refused => return Err(said),
    };
    let said = tokio::time::timeout(LAST_WORDS, refused).await;
    Err(said.unwrap_or(failed))
}

/// Drives a connection; how it ended is told by the request.
async fn driven<T>(connection: impl Future<Output = T>) {
    drop(connection.await);
    std::future::pending::<()>().await;
}

async fn ask(
    mut sender: http1::SendRequest<Empty<Bytes>>,
    at: &PodPort,
    path: &str,
    most: usize,
) -> Result<Answer, NoAnswer> {
    let request = http::Request::get(path)
        .header(http::header::HOST, format!("localhost:{}", at.port))
        .header(http::header::CONNECTION, "close")
        .body(Empty::new())
        .map_err(|_| NoAnswer::Path(path.to_owned()))?;
    let answer = sender.send_request(request).await.map_err(NoAnswer::Http)?;
    let status = answer.status().as_u16();
    let body = Limited::new(answer.into_body(), most).collect().await;
    let body = body.map_err(|error| match error.downcast::<hyper::Error>() {
        Ok(error) => NoAnswer::Http(*error),
        Err(error) if error.is::<LengthLimitError>() => NoAnswer::TooLong(most),
        Err(error) => NoAnswer::Port(error.to_string()),
    })?;
    Ok(Answer {
        status,
        body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
    })
}

#[cfg(test)]
mod tests;
