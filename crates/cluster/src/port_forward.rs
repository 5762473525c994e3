//! HTTP to a port of a pod through the pod's `portforward` subresource, as `kubectl port-forward` does.
//!
//! A port-forwarded request arrives from the pod's own loopback address, where a control plane serves its
//! debug endpoints without authentication. Time and size are limited. Start at [`Cluster::http_get`].

use crate::{Cluster, Error, Verb};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;
use k8s_openapi::api::core::v1::Pod;
use kube::{Api, api::Portforwarder};
use std::{fmt, future::Future, time::Duration};
use tokio::{io::DuplexStream, sync::mpsc};

/// How long the error message of a refused port may arrive after the stream ended.
const ERROR_STREAM_TIMEOUT: Duration = Duration::from_millis(300);

/// One port of one pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodPort {
    /// The namespace of the pod.
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

/// The limits of a response: time and size.
#[derive(Clone, Copy, Debug)]
pub struct ResponseLimits {
    /// The timeout of the whole request.
    pub timeout: Duration,
    /// The maximum size of the body.
    pub bytes: usize,
}

impl Default for ResponseLimits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            bytes: 4 << 20,
        }
    }
}

/// The response of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodResponse {
    /// The HTTP status code.
    pub status: u16,
    /// The body; invalid UTF-8 is replaced.
    pub body: String,
}

/// The response of a pod whose body was passed on while it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamedResponse {
    /// The HTTP status code.
    pub status: u16,
    /// Whether the body was passed on to its end: it was within the limit, and its receiver took it all.
    pub complete: bool,
}

/// The reason why a request to a pod's port failed.
#[derive(Debug, thiserror::Error)]
pub enum PortForwardError {
    /// The port cannot be reached in the pod; the message of the node.
    #[error("the node reports: {0}")]
    Port(String),
    /// The API server opened no stream to the port.
    #[error("the API server opened no stream to the port")]
    NoStream,
    /// The port does not speak HTTP.
    #[error("the port does not answer in HTTP")]
    NotHttp,
    /// The connection ended before the response was complete.
    #[error("the connection ended before the response was complete")]
    Ended,
    /// The response exceeds the limit.
    #[error("the response is longer than {0} bytes")]
    TooLong(usize),
    /// The path is invalid.
    #[error("{0} is not a valid path")]
    Path(String),
}

impl From<hyper::Error> for PortForwardError {
    fn from(error: hyper::Error) -> Self {
        if error.is_parse() {
            Self::NotHttp
        } else {
            Self::Ended
        }
    }
}

/// A port-forward that ends when the value is dropped.
struct ForwardGuard(Portforwarder);

impl Drop for ForwardGuard {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Cluster {
    /// Sends `GET path` to a port of a pod.
    ///
    /// # Errors
    /// [`Error::PortForward`] when the pod's port does not answer, [`Error::Refused`] when the API server
    /// rejects the port-forward, [`Error::Unreachable`] or [`Error::TimedOut`].
    pub async fn http_get(
        &self,
        target: &PodPort,
        path: &str,
        limits: ResponseLimits,
    ) -> Result<PodResponse, Error> {
        let read = async |body| collect(body, limits.bytes).await;
        let (status, body) = self.get_within(target, path, limits.timeout, read).await?;
        Ok(PodResponse { status, body })
    }

    /// Sends `GET path` to a port of a pod, and passes the body on while it arrives. A body over the size
    /// limit is passed on up to the limit.
    ///
    /// # Errors
    /// As [`http_get`](Self::http_get).
    pub async fn http_get_chunks(
        &self,
        target: &PodPort,
        path: &str,
        limits: ResponseLimits,
        chunks: mpsc::Sender<Bytes>,
    ) -> Result<StreamedResponse, Error> {
        let read = async |body| pass_on(body, limits.bytes, chunks).await;
        let (status, complete) = self.get_within(target, path, limits.timeout, read).await?;
        Ok(StreamedResponse { status, complete })
    }

    async fn get_within<T>(
        &self,
        target: &PodPort,
        path: &str,
        timeout: Duration,
        read: impl AsyncFnOnce(Incoming) -> Result<T, PortForwardError>,
    ) -> Result<(u16, T), Error> {
        let request = self.get_through_forward(target, path, read);
        let response = tokio::time::timeout(timeout, request);
        response.await.unwrap_or_else(|_| {
            Err(Error::TimedOut {
                cluster: self.name().clone(),
                verb: Verb::Connect,
                object: target.to_string(),
                after: timeout,
            })
        })
    }

    async fn get_through_forward<T>(
        &self,
        target: &PodPort,
        path: &str,
        read: impl AsyncFnOnce(Incoming) -> Result<T, PortForwardError>,
    ) -> Result<(u16, T), Error> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &target.namespace);
        let ports = [target.port];
        let opened = self.call(Verb::Connect, target, pods.portforward(&target.pod, &ports));
        let mut forward = ForwardGuard(opened.await?);
        let failed = |source| Error::PortForward {
            cluster: self.name().clone(),
            port: target.to_string(),
            source,
        };
        let stream = forward
            .0
            .take_stream(target.port)
            .ok_or_else(|| failed(PortForwardError::NoStream))?;
        let error_stream = forward
            .0
            .take_error(target.port)
            .ok_or_else(|| failed(PortForwardError::NoStream))?;
        exchange(stream, error_stream, target, path, read)
            .await
            .map_err(failed)
    }
}

/// One request and its response; an error message of the node takes precedence over the stream's error.
async fn exchange<T>(
    stream: DuplexStream,
    error_stream: impl Future<Output = Option<String>>,
    target: &PodPort,
    path: &str,
    read: impl AsyncFnOnce(Incoming) -> Result<T, PortForwardError>,
) -> Result<(u16, T), PortForwardError> {
    let refused = async {
        match error_stream.await {
            Some(message) => PortForwardError::Port(message),
            None => std::future::pending().await,
        }
    };
    tokio::pin!(refused);
    let response = async {
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(PortForwardError::from)?;
        tokio::select! {
            response = send(sender, target, path, read) => response,
            () = drive(connection) => std::future::pending().await,
        }
    };
    let failed = tokio::select! {
        response = response => match response {
            Err(failed @ (PortForwardError::NotHttp | PortForwardError::Ended)) => failed,
            response => return response,
        },
        error = &mut refused => return Err(error),
    };
    let error = tokio::time::timeout(ERROR_STREAM_TIMEOUT, refused).await;
    Err(error.unwrap_or(failed))
}

/// Drives a connection; the request reports how the connection ended.
async fn drive<T>(connection: impl Future<Output = T>) {
    drop(connection.await);
    std::future::pending::<()>().await;
}

async fn send<T>(
    mut sender: http1::SendRequest<Empty<Bytes>>,
    target: &PodPort,
    path: &str,
    read: impl AsyncFnOnce(Incoming) -> Result<T, PortForwardError>,
) -> Result<(u16, T), PortForwardError> {
    let request = http::Request::get(path)
        .header(http::header::HOST, format!("localhost:{}", target.port))
        .header(http::header::CONNECTION, "close")
        .body(Empty::new())
        .map_err(|_| PortForwardError::Path(path.to_owned()))?;
    let response = sender
        .send_request(request)
        .await
        .map_err(PortForwardError::from)?;
    let status = response.status().as_u16();
    Ok((status, read(response.into_body()).await?))
}

/// The whole body; invalid UTF-8 is replaced.
async fn collect(body: Incoming, max_bytes: usize) -> Result<String, PortForwardError> {
    let body = Limited::new(body, max_bytes).collect().await;
    let body = body.map_err(|error| match error.downcast::<hyper::Error>() {
        Ok(error) => PortForwardError::from(*error),
        Err(error) if error.is::<LengthLimitError>() => PortForwardError::TooLong(max_bytes),
        Err(_) => PortForwardError::Ended,
    })?;
    Ok(String::from_utf8_lossy(&body.to_bytes()).into_owned())
}

/// Passes a body on up to the limit; returns whether the receiver took all of it.
async fn pass_on(
    mut body: Incoming,
    max_bytes: usize,
    chunks: mpsc::Sender<Bytes>,
) -> Result<bool, PortForwardError> {
    let mut left = max_bytes;
    while let Some(frame) = body.frame().await {
        let Ok(mut data) = frame.map_err(PortForwardError::from)?.into_data() else {
            continue;
        };
        let is_over = data.len() > left;
        data.truncate(left);
        left -= data.len();
        if chunks.send(data).await.is_err() || is_over {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests;
