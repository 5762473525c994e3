//! A shell that dials one address and ends: well when it was reached, else with what went wrong.
//!
//! It stands for a command that opens bash's `/dev/tcp/HOST/PORT`. What the network knows is judged,
//! loopback is really dialled, and what lies outside is taken to answer. Start at [`Dial::of`].

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::Value;
use tokio::net::TcpStream;

use super::{Pod, Program, reply};
use crate::object;

/// How long it dials.
const PATIENCE: Duration = Duration::from_secs(5);

/// One dialling shell.
#[derive(Debug)]
pub(super) struct Dial {
    pod: Pod,
    host: String,
    port: u16,
    outcome: Mutex<Option<Result<(), String>>>,
}

impl Dial {
    /// The shell in a container, if its command is one that dials.
    pub(super) fn of(container: &Value, pod: Pod) -> Option<Self> {
        let words: Vec<&str> = ["/command", "/args"]
            .into_iter()
            .flat_map(|list| object::items(container, list))
            .filter_map(Value::as_str)
            .collect();
        let [_, .., host, port] = words.as_slice() else {
            return None;
        };
        words.iter().find(|word| word.contains("/dev/tcp/"))?;
        Some(Self {
            pod,
            host: (*host).to_owned(),
            port: port.parse().ok()?,
            outcome: Mutex::default(),
        })
    }

    async fn dial(&self) -> Result<(), String> {
        let Ok(address) = self.host.parse::<IpAddr>() else {
            return Ok(());
        };
        let is_reached = if address.is_loopback() {
            let dialling = TcpStream::connect((address, self.port));
            let dialled = tokio::time::timeout(PATIENCE, dialling).await;
            dialled.is_ok_and(|dialled| dialled.is_ok())
        } else {
            self.pod.reaches(address, self.port)
        };
        if is_reached {
            return Ok(());
        }
        Err(format!(
            "bash: connect: Connection refused\nbash: line 1: /dev/tcp/{}/{}: Connection refused",
            self.host, self.port
        ))
    }
}

impl Program for Dial {
    fn listens_on(&self, _port: u16) -> bool {
        false
    }

    fn answer(&self, _request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        async { reply::not_found() }.boxed()
    }

    fn work(self: Arc<Self>) -> Option<BoxFuture<'static, ()>> {
        let work = async move {
            let outcome = self.dial().await;
            *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        };
        Some(work.boxed())
    }

    fn outcome(&self) -> Option<Result<(), String>> {
        let outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.clone()
    }
}
