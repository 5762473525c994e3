//! A program that a test or a demonstration adds: an image, a port and a function.
//!
//! Start at [`FunctionProgram`].

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};

use super::Program;

type Handler = dyn Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync;

/// A program that responds with a function.
#[derive(Clone)]
pub(crate) struct FunctionProgram {
    image: String,
    port: u16,
    handler: Arc<Handler>,
}

impl FunctionProgram {
    /// A program for the images whose reference contains a text.
    pub(crate) fn new(
        image: &str,
        port: u16,
        handler: impl Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        Self {
            image: image.to_owned(),
            port,
            handler: Arc::new(handler),
        }
    }

    /// Whether the program runs in containers of an image.
    pub(super) fn matches(&self, image: &str) -> bool {
        image.contains(&self.image)
    }
}

impl Program for FunctionProgram {
    fn listens_on(&self, port: u16) -> bool {
        port == self.port
    }

    fn respond(&self, request: Request<Bytes>) -> BoxFuture<'_, Response<Bytes>> {
        let handler = self.handler.clone();
        async move { handler(request) }.boxed()
    }
}

impl fmt::Debug for FunctionProgram {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("FunctionProgram")
            .field("image", &self.image)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
