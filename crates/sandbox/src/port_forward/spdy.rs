//! Port-forward over SPDY/3.1, as kubectl uses it: two streams per connection to a port.
//!
//! One stream carries data, the other the error; both name the same request. kubectl does not use
//! the flow control of SPDY, so it is not implemented. Start at [`serve`].

mod frame;
mod headers;

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::StreamExt;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::io::ReaderStream;

use super::PortForwardTarget;
use frame::Frame;
use headers::Headers;

/// The number of frames that may wait to be written.
const MAX_PENDING_FRAMES: usize = 64;

/// One connection, on which the client opens ports.
struct Session {
    pod: PortForwardTarget,
    headers: Headers,
    out: mpsc::Sender<Bytes>,
    /// The error stream of each request, until its data stream is opened.
    error_streams: BTreeMap<String, u32>,
    writers: BTreeMap<u32, WriteHalf<DuplexStream>>,
    tasks: JoinSet<()>,
}

/// Forwards ports of a pod until the client closes the connection.
pub(super) async fn serve(stream: impl AsyncRead + AsyncWrite, pod: PortForwardTarget) {
    let (mut reader, writer) = tokio::io::split(stream);
    let (out, pending) = mpsc::channel(MAX_PENDING_FRAMES);
    let mut session = Session {
        pod,
        headers: Headers::new(),
        out,
        error_streams: BTreeMap::new(),
        writers: BTreeMap::new(),
        tasks: JoinSet::new(),
    };
    let read = async {
        while let Ok(frame) = frame::read(&mut reader).await {
            if session.handle_frame(frame).await.is_none() {
                return;
            }
        }
    };
    tokio::select! {
        () = read => {}
        () = write(writer, pending) => {}
    }
}

async fn write(mut to: impl AsyncWrite + Unpin, mut pending: mpsc::Receiver<Bytes>) {
    while let Some(frame) = pending.recv().await {
        if to.write_all(&frame).await.is_err() || to.flush().await.is_err() {
            return;
        }
    }
}

impl Session {
    /// Handles a frame; `None` when the connection is closed.
    async fn handle_frame(&mut self, frame: Frame) -> Option<()> {
        // Finished tasks are removed as new frames arrive.
        while self.tasks.try_join_next().is_some() {}
        match frame {
            Frame::SynStream { id, headers } => self.open_stream(id, &headers).await,
            Frame::Data { id, bytes, is_last } => {
                if let Some(writer) = self.writers.get_mut(&id) {
                    // The end of a program closes its own stream.
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
            Frame::GoAway => None,
            Frame::Other => Some(()),
        }
    }

    async fn open_stream(&mut self, id: u32, block: &[u8]) -> Option<()> {
        let headers = self.headers.read(block)?;
        let header = |name: &str| headers.get(name).map_or("", String::as_str);
        let reply = frame::reply(id, &self.headers.empty_block());
        self.out.send(reply).await.ok()?;
        let request = header("requestid").to_owned();
        if header("streamtype") == "error" {
            self.error_streams.insert(request, id);
            return Some(());
        }
        let error_stream = self.error_streams.remove(&request)?;
        let port = header("port").parse().ok()?;
        match self.pod.open(port, &mut self.tasks) {
            Ok(stream) => {
                let (reader, writer) = tokio::io::split(stream);
                self.writers.insert(id, writer);
                let out = self.out.clone();
                self.tasks.spawn(async move {
                    // An early end means that the connection is closed.
                    let _ = copy_to_client(reader, id, error_stream, out).await;
                });
            }
            Err(error) => {
                let data = frame::data(error_stream, error.as_bytes(), true);
                self.out.send(data).await.ok()?;
                self.out.send(frame::data(id, b"", true)).await.ok()?;
            }
        }
        Some(())
    }
}

/// Copies data from a program to the client, then closes both streams.
async fn copy_to_client(
    reader: ReadHalf<DuplexStream>,
    id: u32,
    error_stream: u32,
    out: mpsc::Sender<Bytes>,
) -> Option<()> {
    let mut reader = ReaderStream::new(reader);
    while let Some(Ok(bytes)) = reader.next().await {
        out.send(frame::data(id, &bytes, false)).await.ok()?;
    }
    out.send(frame::data(id, b"", true)).await.ok()?;
    out.send(frame::data(error_stream, b"", true)).await.ok()
}
