//! The limits of an API server's responses: bytes are counted before anything collects them.
//!
//! A cluster may be hostile or broken, also before it is registered. [`Limited`] lies below the client,
//! so that every call has these limits; [`pages`] limits all pages of one list.

pub(crate) mod pages;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use futures::{FutureExt as _, future::BoxFuture};
use http_body::{Body, Frame, SizeHint};
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tower::{BoxError, Service};
use wire::error_chain::find_in_chain;

/// The maximum size of a response that is not a stream.
const MAX_BODY: u64 = 32 << 20;
/// The maximum size of the body of an error response.
const MAX_ERROR_BODY: u64 = 1 << 20;
/// The maximum number of bytes of a watch or of a followed log since its last newline.
const MAX_LINE: u64 = 4 << 20;

/// The server-side timeout of one watch request, in seconds; kube requires less than 295.
pub(crate) const WATCH_TIMEOUT_SECONDS: u32 = 290;

/// The limit that a cluster's response exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExceededLimit {
    /// A response that is not a stream.
    #[error("the response is larger than {} MiB", .0 >> 20)]
    Body(u64),
    /// The body of an error response.
    #[error("the error response is larger than {} MiB", .0 >> 20)]
    ErrorBody(u64),
    /// A line of a watch or of a followed log.
    #[error("a line of the stream is longer than {} MiB", .0 >> 20)]
    Line(u64),
    /// The number of pages of a list.
    #[error("the list has more than {0} pages")]
    Pages(u32),
    /// The size of all pages of a list.
    #[error("the pages of the list are larger than {} MiB", .0 >> 20)]
    List(u64),
    /// The time of all pages of a list.
    #[error("the list is not complete after {} s", .0.as_secs())]
    Time(Duration),
    /// A page refers to a page that was read before.
    #[error("the list repeats a page: a continue token came twice")]
    RepeatedPage,
}

impl ExceededLimit {
    /// The limit in the chain of causes of an error.
    pub(crate) fn in_chain(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        find_in_chain::<Self>(error).copied()
    }
}

/// Which bytes of a body are counted.
#[derive(Clone, Copy, Debug)]
enum Counted {
    /// All of them.
    Total(ExceededLimit, u64),
    /// Those since the last newline.
    SinceNewline,
}

/// Limits the bodies of the responses of a service.
#[derive(Clone)]
pub(crate) struct Limited<S>(pub(crate) S);

impl<S, R, B> Service<http::Request<R>> for Limited<S>
where
    S: Service<http::Request<R>, Response = http::Response<B>>,
    S::Future: Send + 'static,
    S::Error: Into<BoxError> + 'static,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = http::Response<LimitedBody<B>>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: http::Request<R>) -> Self::Future {
        let streamed = is_stream(request.uri());
        let response = self.0.call(request);
        let limit = move |response: Result<http::Response<B>, S::Error>| {
            let response = response.map_err(Into::into)?;
            let success =
                !response.status().is_client_error() && !response.status().is_server_error();
            let counted = match (success, streamed) {
                (false, _) => {
                    Counted::Total(ExceededLimit::ErrorBody(MAX_ERROR_BODY), MAX_ERROR_BODY)
                }
                (true, true) => Counted::SinceNewline,
                (true, false) => Counted::Total(ExceededLimit::Body(MAX_BODY), MAX_BODY),
            };
            Ok(response.map(|body| LimitedBody::new(body, counted)))
        };
        response.map(limit).boxed()
    }
}

/// Whether the request asks for a watch, or follows a log.
fn is_stream(uri: &http::Uri) -> bool {
    parameters(uri).any(|(name, value)| {
        matches!(&*name, "watch" | "follow") && matches!(&*value, "true" | "1")
    })
}

/// The parameters of a request.
fn parameters(
    uri: &http::Uri,
) -> impl Iterator<Item = (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)> {
    url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
}

/// A body that ends with an error when it exceeds its limit.
pub(crate) struct LimitedBody<B> {
    body: Pin<Box<B>>,
    counted: Counted,
    bytes: u64,
    ended: bool,
}

impl<B> LimitedBody<B> {
    fn new(body: B, counted: Counted) -> Self {
        Self {
            body: Box::pin(body),
            counted,
            bytes: 0,
            ended: false,
        }
    }

    /// Counts the bytes of one frame.
    fn count(&mut self, data: &[u8]) -> Result<(), ExceededLimit> {
        match self.counted {
            Counted::Total(exceeded, limit) => {
                self.bytes = self.bytes.saturating_add(data.len() as u64);
                if self.bytes > limit {
                    return Err(exceeded);
                }
            }
            Counted::SinceNewline => {
                for (index, line) in data.split(|byte| *byte == b'\n').enumerate() {
                    let before = if index == 0 { self.bytes } else { 0 };
                    self.bytes = before.saturating_add(line.len() as u64);
                    if self.bytes > MAX_LINE {
                        return Err(ExceededLimit::Line(MAX_LINE));
                    }
                }
            }
        }
        Ok(())
    }
}

impl<B> Body for LimitedBody<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let frame = match self.body.as_mut().poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => frame,
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => return Poll::Pending,
        };
        let counted = frame.data_ref().map_or(Ok(()), |data| self.count(data));
        if let Err(exceeded) = counted {
            self.ended = true;
            return Poll::Ready(Some(Err(exceeded.into())));
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.ended || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
