//! A byte stream in the messages of a WebSocket.
//!
//! Start at [`serve`].

use axum::extract::ws::{Message, WebSocket};
use futures::{SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

use super::{PortForwardTarget, spdy};

/// The buffer of a tunnel.
const BUFFER_BYTES: usize = 64 * 1024;

/// Carries SPDY in a WebSocket until either closes.
pub(super) async fn serve(socket: WebSocket, pod: PortForwardTarget) {
    let (tunnel_end, spdy_end) = tokio::io::duplex(BUFFER_BYTES);
    let (reader, mut writer) = tokio::io::split(tunnel_end);
    let (mut outbound, mut inbound) = socket.split();
    let to_spdy = async {
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
    let to_client = async {
        let mut reader = ReaderStream::new(reader);
        while let Some(Ok(bytes)) = reader.next().await {
            if outbound.send(Message::Binary(bytes)).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = to_spdy => {}
        () = to_client => {}
        () = spdy::serve(spdy_end, pod) => {}
    }
    // The client may have closed already.
    let _ = outbound.close().await;
}
