//! A stream of bytes in the messages of a WebSocket.
//!
//! Start at [`serve`].

use axum::extract::ws::{Message, WebSocket};
use futures::{SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

use super::{Forwarded, spdy};

/// How much is under way in a tunnel.
const UNDER_WAY: usize = 64 * 1024;

/// Carries SPDY in a WebSocket until either ends.
pub(super) async fn serve(socket: WebSocket, pod: Forwarded) {
    let (near, far) = tokio::io::duplex(UNDER_WAY);
    let (reader, mut writer) = tokio::io::split(near);
    let (mut outbound, mut inbound) = socket.split();
    let up = async {
        while let Some(Ok(message)) = inbound.next().await {
            let written = match message {
                Message::Binary(bytes) => writer.write_all(&bytes).await,
                Message::Close(_) => return,
                Message::Text(_) | Message::Ping(_) | Message::Pong(_) => Ok(()),
            };
            if written.is_err() {
                return;
            }
        }
    };
    let down = async {
        let mut reader = ReaderStream::new(reader);
        while let Some(Ok(bytes)) = reader.next().await {
            if outbound.send(Message::Binary(bytes)).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = up => {}
        () = down => {}
        () = spdy::serve(far, pod) => {}
    }
    // The client may have closed already.
    let _ = outbound.close().await;
}
