//! The bytes of a connection, with its timeouts.

use super::{Connection, Limits, peers::PeerSlot};
use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Instant, Sleep},
};

/// A TCP stream that fails when its client takes too long.
pub(crate) struct LimitedStream {
    stream: TcpStream,
    connection: Connection,
    limits: Limits,
    /// For the head of the next request.
    read_timer: Timer,
    /// For a client that does not read.
    write_timer: Timer,
    _counted: (OwnedSemaphorePermit, PeerSlot),
}

impl LimitedStream {
    pub(super) fn new(
        stream: TcpStream,
        connection: Connection,
        limits: Limits,
        counted: (OwnedSemaphorePermit, PeerSlot),
    ) -> Self {
        Self {
            stream,
            connection,
            limits,
            read_timer: Timer::default(),
            write_timer: Timer::default(),
            _counted: counted,
        }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The result of a write: a pending one fails when it is pending for too long.
    fn written<T>(
        &mut self,
        context: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.write_timer.stop();
            return result;
        }
        let stalled = Instant::now() + self.limits.stalled;
        let deadline = self.write_timer.deadline().unwrap_or(stalled);
        ready!(self.write_timer.poll(context, deadline));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for LimitedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            if buffer.filled().len() > before {
                self.connection.received();
            }
            return read;
        }
        let Some(deadline) = self.connection.deadline(&self.limits) else {
            self.read_timer.stop();
            return Poll::Pending;
        };
        ready!(self.read_timer.poll(context, deadline));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for LimitedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// A timer that is set while something is awaited.
#[derive(Default)]
struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// The deadline of a running timer.
    fn deadline(&self) -> Option<Instant> {
        self.0.as_ref().map(|sleep| sleep.deadline())
    }

    fn stop(&mut self) {
        self.0 = None;
    }

    /// Ready when the deadline has passed.
    fn poll(&mut self, context: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        let sleep = self
            .0
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(context)
    }
}
