//! Port-forward over WebSocket messages, with two channels per port: data and error.
//!
//! Each channel's first message is its port, low byte first; each message begins with the number
//! of its channel. Start at [`serve`].

use axum::extract::ws::{Message, WebSocket};
use bytes::{BufMut, Bytes, BytesMut};
use futures::stream::{SelectAll, SplitSink, SplitStream};
use futures::{SinkExt, Stream, StreamExt, future};
use tokio::io::{AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::task::JoinSet;
use tokio_util::io::ReaderStream;

use super::PortForwardTarget;

type Inbound = SplitStream<WebSocket>;
type Outbound = SplitSink<WebSocket, Message>;

/// Forwards the ports of a pod until both sides close.
pub(super) async fn serve(socket: WebSocket, pod: PortForwardTarget, ports: Vec<u16>) {
    let (mut outbound, inbound) = socket.split();
    let mut tasks = JoinSet::new();
    let mut readers = SelectAll::new();
    let mut writers = Vec::new();
    for (number, port) in (0_u8..).step_by(2).zip(ports) {
        let opened = pod.open(port, &mut tasks);
        if announce(&mut outbound, number, port, opened.as_ref().err())
            .await
            .is_err()
        {
            return;
        }
        writers.push(opened.ok().map(|stream| {
            let (reader, writer) = tokio::io::split(stream);
            readers.push(Box::pin(labelled(number, reader)));
            writer
        }));
    }
    tokio::join!(
        copy_to_programs(inbound, writers),
        copy_to_client(readers, outbound)
    );
}

/// Sends the port on both of its channels, and the error if the port could not be opened.
async fn announce(
    outbound: &mut Outbound,
    number: u8,
    port: u16,
    error: Option<&String>,
) -> Result<(), axum::Error> {
    for channel in [number, number + 1] {
        let port_bytes = port.to_le_bytes();
        outbound.send(message(channel, &port_bytes)).await?;
    }
    if let Some(error) = error {
        outbound.send(message(number + 1, error.as_bytes())).await?;
    }
    Ok(())
}

fn message(channel: u8, bytes: &[u8]) -> Message {
    let mut frame = BytesMut::with_capacity(bytes.len() + 1);
    frame.put_u8(channel);
    frame.put_slice(bytes);
    Message::Binary(frame.freeze())
}

fn labelled(number: u8, reader: ReadHalf<DuplexStream>) -> impl Stream<Item = (u8, Bytes)> + Send {
    ReaderStream::new(reader)
        .filter_map(move |read| future::ready(read.ok().map(|bytes| (number, bytes))))
}

/// Copies data from the client to the programs until the client closes.
async fn copy_to_programs(mut inbound: Inbound, mut writers: Vec<Option<WriteHalf<DuplexStream>>>) {
    while let Some(Ok(message)) = inbound.next().await {
        let Message::Binary(bytes) = message else {
            if matches!(message, Message::Close(_)) {
                break;
            }
            continue;
        };
        let Some((channel, bytes)) = bytes.split_first() else {
            continue;
        };
        let writer = writers.get_mut(usize::from(channel / 2));
        if let (0, Some(Some(writer))) = (channel % 2, writer) {
            // The end of a program closes its own channel.
            let _ = writer.write_all(bytes).await;
        }
    }
    for writer in writers.iter_mut().flatten() {
        let _ = writer.shutdown().await;
    }
}

/// Copies data from the programs to the client until all programs close.
async fn copy_to_client<S>(mut readers: SelectAll<S>, mut outbound: Outbound)
where
    S: Stream<Item = (u8, Bytes)> + Unpin,
{
    while let Some((number, bytes)) = readers.next().await {
        if outbound.send(message(number, &bytes)).await.is_err() {
            return;
        }
    }
    // The client may have closed already.
    let _ = outbound.close().await;
}
