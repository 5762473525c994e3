//! A program that a test or a demo states: an image, a port and a function.
//!
//! Start at [`Stated`].

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};

use super::Program;

type Answer = dyn Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync;

/// A program that answers with a function.
#[derive(Clone)]
pub(crate) struct Stated {
    image: String,
    port: u16,
    answer: Arc<Answer>,
}

impl Stated {
    /// A program for the images whose name contains this.
    pub(crate) fn new(
        image: &str,
        port: u16,
        answer: impl Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        Self {
            image: image.to_owned(),
            port,
            answer: Arc::new(answer),
        }
    }

    pub(super) fn is_for(&self, image: &str) -> bool {
        image.contains(&self.image)
    }
}

impl Program for Stated {
    fn listens_on(&self, port: u16) -> bool {
        port == self.port
    }

    fn answer(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        let answer = self.answer.clone();
        async move { answer(request) }.boxed()
    }
}

impl fmt::Debug for Stated {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Stated")
            .field("image", &self.image)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
