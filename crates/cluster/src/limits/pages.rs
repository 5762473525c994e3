//! The limits of one list: its pages, their size and time, and continue tokens that repeat.
//!
//! [`PagedList`] lies above the client of one list or one watcher; a request without a continue token
//! begins the list again. Start at [`client`].

use super::{ExceededLimit, is_stream, parameters};
use bytes::Bytes;
use futures::{FutureExt as _, future::BoxFuture};
use http_body::{Frame, SizeHint};
use kube::{Client, client::Body};
use parking_lot::Mutex;
use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::Instant;
use tower::{BoxError, Service};

/// The maximum number of pages of a list.
const MAX_PAGES: u32 = 500;
/// The maximum size of all pages of a list.
const MAX_LIST: u64 = 256 << 20;
/// The maximum time of a list.
const MAX_TIME: Duration = Duration::from_mins(1);

/// A client for one list, or for one watcher, whose pages are limited in all.
pub(crate) fn client(client: Client) -> Client {
    let list = Arc::new(Mutex::new(Progress::new()));
    Client::new(PagedList { client, list }, "default")
}

/// What was read of a list.
struct Progress {
    pages: u32,
    bytes: u64,
    since: Instant,
    /// The hashes of the continue tokens; at most one for each page.
    tokens: HashSet<u64>,
}

impl Progress {
    fn new() -> Self {
        Self {
            pages: 0,
            bytes: 0,
            since: Instant::now(),
            tokens: HashSet::new(),
        }
    }

    /// Counts the request of one page.
    fn request(&mut self, uri: &http::Uri) -> Result<(), ExceededLimit> {
        let token = parameters(uri).find(|(name, token)| name == "continue" && !token.is_empty());
        match token {
            None => *self = Self::new(),
            Some((_, token)) => {
                let mut hasher = DefaultHasher::new();
                token.hash(&mut hasher);
                if !self.tokens.insert(hasher.finish()) {
                    return Err(ExceededLimit::RepeatedPage);
                }
            }
        }
        self.pages += 1;
        if self.pages > MAX_PAGES {
            return Err(ExceededLimit::Pages(MAX_PAGES));
        }
        self.check_time()
    }

    fn check_time(&self) -> Result<(), ExceededLimit> {
        if self.since.elapsed() > MAX_TIME {
            return Err(ExceededLimit::Time(MAX_TIME));
        }
        Ok(())
    }

    /// Counts the bytes of one frame.
    fn frame(&mut self, bytes: usize) -> Result<(), ExceededLimit> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if self.bytes > MAX_LIST {
            return Err(ExceededLimit::List(MAX_LIST));
        }
        self.check_time()
    }
}

/// Limits the pages of a list.
struct PagedList {
    client: Client,
    list: Arc<Mutex<Progress>>,
}

impl Service<http::Request<Body>> for PagedList {
    type Response = http::Response<Page>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let list = (!is_stream(request.uri())).then(|| self.list.clone());
        let counted = list
            .as_ref()
            .map_or(Ok(()), |list| list.lock().request(request.uri()));
        let client = self.client.clone();
        async move {
            counted?;
            let response = client.send(request).await?;
            Ok(response.map(|body| Page { body, list }))
        }
        .boxed()
    }
}

/// The body of one page.
struct Page {
    body: Body,
    /// None for a watch.
    list: Option<Arc<Mutex<Progress>>>,
}

impl http_body::Body for Page {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => frame,
            Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => return Poll::Pending,
        };
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        let counted = self
            .list
            .as_ref()
            .map_or(Ok(()), |list| list.lock().frame(bytes));
        Poll::Ready(Some(counted.map(|()| frame).map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
