//! Port-forward in SPDY/3.1, as kubectl speaks it: two streams for every connection to a port.
//!
//! One stream carries data, the other says why it failed; they belong together by their request.
//! SPDY's own flow control is not used by kubectl, and not here. Start at [`serve`].

mod frame;
mod headers;

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::StreamExt;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::io::ReaderStream;

use super::Forwarded;
use frame::Frame;
use headers::Headers;

/// How many frames wait to be written.
const WAITING: usize = 64;

/// One connection, on which ports are opened as the client likes.
struct Session {
    pod: Forwarded,
    headers: Headers,
    out: mpsc::Sender<Bytes>,
    /// The stream for the failure of each request, until its data stream comes.
    failures: BTreeMap<String, u32>,
    writers: BTreeMap<u32, WriteHalf<DuplexStream>>,
    tasks: JoinSet<()>,
}

/// Carries ports of a pod until the client ends the connection.
pub(super) async fn serve(stream: impl AsyncRead + AsyncWrite, pod: Forwarded) {
    let (mut reader, writer) = tokio::io::split(stream);
    let (out, waiting) = mpsc::channel(WAITING);
    let mut session = Session {
        pod,
        headers: Headers::new(),
        out,
        failures: BTreeMap::new(),
        writers: BTreeMap::new(),
        tasks: JoinSet::new(),
    };
    let read = async {
        while let Ok(frame) = frame::read(&mut reader).await {
            if session.take(frame).await.is_none() {
                return;
            }
        }
    };
    tokio::select! {
        () = read => {}
        () = write(writer, waiting) => {}
    }
}

async fn write(mut to: impl AsyncWrite + Unpin, mut waiting: mpsc::Receiver<Bytes>) {
    while let Some(frame) = waiting.recv().await {
        if to.write_all(&frame).await.is_err() || to.flush().await.is_err() {
            return;
        }
    }
}

impl Session {
    /// Takes a frame; nothing when the connection is over.
    async fn take(&mut self, frame: Frame) -> Option<()> {
        // What has ended is let go of as others come.
        while self.tasks.try_join_next().is_some() {}
        match frame {
            Frame::Begin { id, headers } => self.begin(id, &headers).await,
            Frame::Data { id, bytes, is_last } => {
                if let Some(writer) = self.writers.get_mut(&id) {
                    // A program that is gone is told by the end of its own stream.
                    let _ = writer.write_all(&bytes).await;
                }
                if is_last && let Some(mut writer) = self.writers.remove(&id) {
                    let _ = writer.shutdown().await;
                }
                Some(())
            }
            Frame::Reset { id } => {
                self.writers.remove(&id);
                Some(())
            }
            Frame::Ping { id } => self.out.send(frame::ping(id)).await.ok(),
            Frame::Away => None,
            Frame::Other => Some(()),
        }
    }

    async fn begin(&mut self, id: u32, block: &[u8]) -> Option<()> {
        let stated = self.headers.read(block)?;
        let said = |name: &str| stated.get(name).map_or("", String::as_str);
        let reply = frame::reply(id, &self.headers.nothing());
        self.out.send(reply).await.ok()?;
        let request = said("requestid").to_owned();
        if said("streamtype") == "error" {
            self.failures.insert(request, id);
            return Some(());
        }
        let failure = self.failures.remove(&request)?;
        let port = said("port").parse().ok()?;
        match self.pod.open(port, &mut self.tasks) {
            Ok(stream) => {
                let (reader, writer) = tokio::io::split(stream);
                self.writers.insert(id, writer);
                let out = self.out.clone();
                self.tasks.spawn(async move {
                    // It ends early only when the connection does.
                    let _ = down(reader, id, failure, out).await;
                });
            }
            Err(why) => {
                let said = frame::data(failure, why.as_bytes(), true);
                self.out.send(said).await.ok()?;
                self.out.send(frame::data(id, b"", true)).await.ok()?;
            }
        }
        Some(())
    }
}

/// From a program to the client; at its end both streams end.
async fn down(
    reader: ReadHalf<DuplexStream>,
    id: u32,
    failure: u32,
    out: mpsc::Sender<Bytes>,
) -> Option<()> {
    let mut reader = ReaderStream::new(reader);
    while let Some(Ok(bytes)) = reader.next().await {
        out.send(frame::data(id, &bytes, false)).await.ok()?;
    }
    out.send(frame::data(id, b"", true)).await.ok()?;
    out.send(frame::data(failure, b"", true)).await.ok()
}
