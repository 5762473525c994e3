//! Two channels a port in the messages of a WebSocket: what it carries, and why it failed.
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

use super::Forwarded;

type Inbound = SplitStream<WebSocket>;
type Outbound = SplitSink<WebSocket, Message>;

/// Carries the ports of a pod until both sides are done.
pub(super) async fn serve(socket: WebSocket, pod: Forwarded, ports: Vec<u16>) {
    let (mut outbound, inbound) = socket.split();
    let mut tasks = JoinSet::new();
    let mut readers = SelectAll::new();
    let mut writers = Vec::new();
    for (number, port) in (0_u8..).step_by(2).zip(ports) {
        let opened = pod.open(port, &mut tasks);
        if begin(&mut outbound, number, port, opened.as_ref().err())
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
    tokio::join!(up(inbound, writers), down(readers, outbound));
}

/// Says which port both channels of a pair are for, and why it cannot be had.
async fn begin(
    outbound: &mut Outbound,
    number: u8,
    port: u16,
    failure: Option<&String>,
) -> Result<(), axum::Error> {
    for channel in [number, number + 1] {
        let said = port.to_le_bytes();
        outbound.send(message(channel, &said)).await?;
    }
    if let Some(failure) = failure {
        outbound
            .send(message(number + 1, failure.as_bytes()))
            .await?;
    }
    Ok(())
}

fn message(channel: u8, bytes: &[u8]) -> Message {
    let mut whole = BytesMut::with_capacity(bytes.len() + 1);
    whole.put_u8(channel);
    whole.put_slice(bytes);
    Message::Binary(whole.freeze())
}

fn labelled(number: u8, reader: ReadHalf<DuplexStream>) -> impl Stream<Item = (u8, Bytes)> + Send {
    ReaderStream::new(reader)
        .filter_map(move |read| future::ready(read.ok().map(|bytes| (number, bytes))))
}

/// From the client to the programs, until the client is done.
async fn up(mut inbound: Inbound, mut writers: Vec<Option<WriteHalf<DuplexStream>>>) {
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
            // A program that is gone is told by the end of its own channel.
            let _ = writer.write_all(bytes).await;
        }
    }
    for writer in writers.iter_mut().flatten() {
        let _ = writer.shutdown().await;
    }
}

/// From the programs to the client, until all are done.
async fn down<S>(mut readers: SelectAll<S>, mut outbound: Outbound)
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
