//! Requests `/debug/endpointShardz` of an istiod, and keeps the latest response of each.
//!
//! istiod copies all its endpoints for a response, so that inspections which repeat share one for half a
//! minute. A response is parsed while it arrives, and only its first 64 MB are read. Start at
//! [`ShardReads`].

use super::{debug::unreachable, read};
use crate::facts::{EndpointShards, Fact, ShardRead, Unknown};
use bytes::{Buf as _, Bytes};
use cluster::{Cluster, PodPort, ResponseLimits};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    io::{self, Read},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;
use wire::ClusterName;

/// How often one istiod is asked for its endpoints at most.
pub(crate) const READ_INTERVAL: Duration = Duration::from_secs(30);
/// The size and the time of a response.
const LIMITS: ResponseLimits = ResponseLimits {
    timeout: Duration::from_secs(20),
    bytes: 64 << 20,
};
/// The chunks of a response that may wait for the parser.
const PENDING_CHUNKS: usize = 8;

/// The pod of an istiod: cluster, namespace, name.
type Instance = (ClusterName, String, String);
/// The latest response of an istiod. Locked while it is requested, so that there is one request at a time.
type LatestRead = Arc<tokio::sync::Mutex<Option<(Instant, Fact<ShardRead>)>>>;

/// The latest response of each istiod. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct ShardReads(Arc<Mutex<BTreeMap<Instance, LatestRead>>>);

/// Whether the endpoint shards are requested.
#[derive(Clone, Copy, Debug)]
pub enum ShardQuery<'a> {
    /// They are not requested.
    Skip,
    /// They are requested now.
    Now,
    /// They are requested when the latest response is older than half a minute.
    Shared(&'a ShardReads),
}

impl ShardReads {
    /// The latest response of an istiod, requested now if it is too old.
    async fn read(&self, primary: &Cluster, at: &PodPort) -> Fact<ShardRead> {
        let key = (primary.name().clone(), at.namespace.clone(), at.pod.clone());
        let latest = self.0.lock().entry(key).or_default().clone();
        let mut latest = latest.lock().await;
        if let Some((requested, read)) = &*latest
            && requested.elapsed() < READ_INTERVAL
        {
            return read.clone();
        }
        let requested = Instant::now();
        let read = request(primary, at).await;
        *latest = Some((requested, read.clone()));
        read
    }

    /// Forgets all responses, so that the next query requests new ones.
    pub(crate) fn clear(&self) {
        self.0.lock().clear();
    }

    /// Forgets the responses of pods that no longer exist.
    pub(super) fn retain(&self, cluster: &ClusterName, namespace: &str, pods: &[&str]) {
        self.0.lock().retain(|(of, within, pod), _| {
            of != cluster || within != namespace || pods.contains(&pod.as_str())
        });
    }
}

impl ShardQuery<'_> {
    /// The endpoint shards of an istiod.
    pub(super) async fn run(self, primary: &Cluster, at: &PodPort) -> Fact<ShardRead> {
        match self {
            Self::Skip => Err(Unknown::because("the endpoints were not requested")),
            Self::Now => request(primary, at).await,
            Self::Shared(reads) => reads.read(primary, at).await,
        }
    }
}

async fn request(primary: &Cluster, at: &PodPort) -> Fact<ShardRead> {
    const PATH: &str = "/debug/endpointShardz";
    let requested = Instant::now();
    let (sender, chunks) = mpsc::channel(PENDING_CHUNKS);
    let parser = tokio::task::spawn_blocking(move || read::endpoint_shards(Chunks::new(chunks)));
    let response = primary.http_get_chunks(at, PATH, LIMITS, sender).await;
    let parsed = parser.await;
    let response = response.map_err(|error| unreachable(&error))?;
    if response.status != 200 {
        let reason = format!("{PATH} returns {}", response.status);
        return Err(Unknown::because(reason));
    }
    let parsed = parsed.map_err(|error| Unknown::because(format!("{PATH}: {error}")))??;
    Ok(ShardRead {
        shards: Arc::new(EndpointShards {
            complete: parsed.complete && response.complete,
            ..parsed
        }),
        at: requested,
    })
}

/// Reads the chunks of a response on a thread that may block. It ends when their sender does.
struct Chunks {
    chunks: mpsc::Receiver<Bytes>,
    current: Bytes,
}

impl Chunks {
    fn new(chunks: mpsc::Receiver<Bytes>) -> Self {
        Self {
            chunks,
            current: Bytes::new(),
        }
    }
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.chunks.blocking_recv() {
                Some(next) => self.current = next,
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.current.len());
        self.current.copy_to_slice(&mut buffer[..length]);
        Ok(length)
    }
}
