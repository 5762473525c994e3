//! The last lines of a container's log, within limits of lines, bytes and time.

use crate::{Cluster, Error, Verb};
use futures::AsyncReadExt as _;
use k8s_openapi::api::core::v1::Pod;
use kube::{Api, api::LogParams};
use std::fmt;

/// The number of lines that are read. Fewer when these are longer than [`MAX_BYTES`]: a node cuts off the newest
/// ones.
const LINES: [i64; 3] = [200, 20, 1];
/// The maximum size of the lines.
const MAX_BYTES: u32 = 256 << 10;

/// A container of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// The namespace of the pod.
    pub namespace: String,
    /// The pod.
    pub pod: String,
    /// The container.
    pub name: String,
    /// Whether its previous instance is meant.
    pub previous: bool,
}

impl fmt::Display for Container {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            namespace,
            pod,
            name,
            ..
        } = self;
        write!(out, "the log of container {name} of Pod {namespace}/{pod}")
    }
}

/// The last lines of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerLog {
    /// The lines; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// Whether there may be earlier lines, or the end of the last one is missing.
    pub is_cut: bool,
}

impl Cluster {
    /// The last lines of a container's log.
    ///
    /// # Errors
    /// As [`Cluster::get`]; a container that has not started is refused with the reason.
    pub async fn container_log(&self, container: &Container) -> Result<ContainerLog, Error> {
        let mut log = Vec::new();
        for lines in LINES {
            log = self.last_lines(container, lines).await?;
            if log.len() < MAX_BYTES as usize {
                break;
            }
        }
        let text = String::from_utf8_lossy(&log).into_owned();
        let number = text.lines().count();
        let is_cut = log.len() >= MAX_BYTES as usize
            || LINES.contains(&i64::try_from(number).unwrap_or(i64::MAX));
        Ok(ContainerLog { text, is_cut })
    }

    async fn last_lines(&self, container: &Container, lines: i64) -> Result<Vec<u8>, Error> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &container.namespace);
        let parameters = LogParams {
            container: Some(container.name.clone()),
            previous: container.previous,
            tail_lines: Some(lines),
            limit_bytes: Some(i64::from(MAX_BYTES)),
            ..LogParams::default()
        };
        let read = async {
            let stream = pods.log_stream(&container.pod, &parameters).await?;
            let mut log = Vec::new();
            // A server may send more than it was asked for.
            let mut limited = stream.take(u64::from(MAX_BYTES));
            limited
                .read_to_end(&mut log)
                .await
                .map_err(|error| kube::Error::Service(error.into()))?;
            Ok(log)
        };
        self.call(Verb::Get, container, read).await
    }
}
