//! The frames of SPDY/3.1, as far as port-forward uses them.
//!
//! Start at [`read`].

use std::io;

use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The largest frame that is read.
const MAX_FRAME_BYTES: usize = 1024 * 1024;

/// The flag of the last frame of a stream.
const FLAG_FIN: u8 = 1;

/// The first two bytes of a control frame of SPDY/3.
const CONTROL_VERSION: u16 = 0x8003;

/// A frame from a client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// The start of a stream, with a block of headers.
    SynStream {
        id: u32,
        headers: Bytes,
    },
    Data {
        id: u32,
        bytes: Bytes,
        is_last: bool,
    },
    Reset {
        id: u32,
    },
    Ping {
        id: u32,
    },
    /// The client opens no more streams.
    GoAway,
    /// A frame that port-forward does not use.
    Other,
}

/// Reads one frame.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Frame> {
    let first = from.read_u32().await?;
    let sizes = from.read_u32().await?;
    let [flags, size @ ..] = sizes.to_be_bytes();
    let size = u32::from_be_bytes([0, size[0], size[1], size[2]]) as usize;
    if size > MAX_FRAME_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = BytesMut::zeroed(size);
    from.read_exact(&mut body).await?;
    let body = body.freeze();
    let is_last = flags & FLAG_FIN != 0;
    if first & 0x8000_0000 == 0 {
        return Ok(Frame::Data {
            id: first,
            bytes: body,
            is_last,
        });
    }
    control((first & 0xffff) as u16, &body).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Reads a control frame of this type; `None` when it is too short.
fn control(frame_type: u16, body: &Bytes) -> Option<Frame> {
    let number = || {
        let bytes = body.get(..4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes) & 0x7fff_ffff)
    };
    Some(match frame_type {
        // Before the headers: the stream ID, the associated stream and the priority.
        1 if body.len() >= 10 => Frame::SynStream {
            id: number()?,
            headers: body.slice(10..),
        },
        1 => return None,
        3 => Frame::Reset { id: number()? },
        6 => Frame::Ping {
            id: u32::from_be_bytes(body.get(..4)?.try_into().ok()?),
        },
        7 => Frame::GoAway,
        _ => Frame::Other,
    })
}

/// The reply that accepts a stream.
pub(super) fn reply(id: u32, headers: &[u8]) -> Bytes {
    let mut frame = control_frame(2, 4 + headers.len());
    frame.put_u32(id);
    frame.put_slice(headers);
    frame.freeze()
}

/// The reply to a ping.
pub(super) fn ping(id: u32) -> Bytes {
    let mut frame = control_frame(6, 4);
    frame.put_u32(id);
    frame.freeze()
}

/// Data of a stream.
pub(super) fn data(id: u32, bytes: &[u8], is_last: bool) -> Bytes {
    let mut frame = BytesMut::with_capacity(8 + bytes.len());
    frame.put_u32(id);
    frame.put_u8(if is_last { FLAG_FIN } else { 0 });
    frame.put_uint(bytes.len() as u64, 3);
    frame.put_slice(bytes);
    frame.freeze()
}

fn control_frame(frame_type: u16, size: usize) -> BytesMut {
    let mut frame = BytesMut::with_capacity(8 + size);
    frame.put_u16(CONTROL_VERSION);
    frame.put_u16(frame_type);
    frame.put_u8(0);
    frame.put_uint(size as u64, 3);
    frame
}

#[cfg(test)]
mod tests {
    use super::{Frame, data, ping, read};

    #[tokio::test]
    async fn written_frames_can_be_read_and_truncated_frames_cannot() {
        let read = async |bytes: &[u8]| read(&mut &bytes[..]).await.ok();
        let sent = Frame::Data {
            id: 5,
            bytes: "hello".into(),
            is_last: true,
        };
        assert_eq!(read(&data(5, b"hello", true)).await, Some(sent));
        assert_eq!(read(&ping(7)).await, Some(Frame::Ping { id: 7 }));
        assert_eq!(read(&data(5, b"hello", true)[..9]).await, None);
        // A stream without its fixed part.
        let short = [0x80, 3, 0, 1, 0, 0, 0, 4, 0, 0, 0, 1];
        assert_eq!(read(&short).await, None);
    }
}
