//! A shell command that connects to one address and ends: with success if the connection was
//! accepted, otherwise with the error of bash.
//!
//! It stands for commands that open bash's `/dev/tcp/HOST/PORT`. Addresses of the pod network are
//! evaluated in the sandbox, loopback addresses are really dialled, and all other addresses are
//! assumed to accept connections. Start at [`TcpProbe::from_container`].

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::net::TcpStream;

use super::{Container, PodContext, response};
use crate::object;
use crate::process::Program;

/// How long an attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A shell that connects to one address.
#[derive(Debug)]
pub(super) struct TcpProbe {
    pod: PodContext,
    host: String,
    port: u16,
    outcome: Mutex<Option<Result<(), String>>>,
}

impl TcpProbe {
    /// The probe in a container, if its command opens `/dev/tcp`.
    pub(super) fn from_container(container: &Container<'_>) -> Option<Self> {
        let words: Vec<&str> = ["/command", "/args"]
            .into_iter()
            .flat_map(|list| object::items(container.spec, list))
            .filter_map(Value::as_str)
            .collect();
        let [_, .., host, port] = words.as_slice() else {
            return None;
        };
        words.iter().find(|word| word.contains("/dev/tcp/"))?;
        Some(Self {
            pod: container.context(),
            host: (*host).to_owned(),
            port: port.parse().ok()?,
            outcome: Mutex::default(),
        })
    }

    async fn connect(&self) -> Result<(), String> {
        let Ok(address) = self.host.parse::<IpAddr>() else {
            return Ok(());
        };
        let is_accepted = if address.is_loopback() {
            let connection = TcpStream::connect((address, self.port));
            let connected = tokio::time::timeout(CONNECT_TIMEOUT, connection).await;
            connected.is_ok_and(|connected| connected.is_ok())
        } else {
            self.pod.can_connect(address, self.port)
        };
        if is_accepted {
            return Ok(());
        }
        Err(format!(
            "bash: connect: Connection refused\nbash: line 1: /dev/tcp/{}/{}: Connection refused",
            self.host, self.port
        ))
    }
}

impl Program for TcpProbe {
    fn listens_on(&self, _port: u16) -> bool {
        false
    }

    fn respond(&self, _request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async { response::not_found() }.boxed()
    }

    fn run(self: Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        let work = async move {
            let outcome = self.connect().await;
            *self.outcome.lock() = Some(outcome);
        };
        Some(work.boxed())
    }

    fn outcome(&self) -> Option<Result<(), String>> {
        self.outcome.lock().clone()
    }
}
