//! A program that a test or a demonstration adds: an image, a port and a function. The function
//! answers HTTP requests or the reviews of admission webhooks.
//!
//! Start at [`FunctionProgram`].

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use serde_json::Value;

use super::Program;
use crate::admission_server::{AdmissionContext, AdmissionServer, ServingCertificate};

type Handler = dyn Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync;
type ReviewHandler = dyn Fn(&str, &Value) -> Value + Send + Sync;

/// A program that responds with a function.
#[derive(Clone)]
pub(crate) struct FunctionProgram {
    image: String,
    port: u16,
    handler: Arc<Handler>,
    webhook: Option<Webhook>,
}

/// The webhooks that a program serves.
#[derive(Clone)]
struct Webhook {
    port: u16,
    certificate: ServingCertificate,
    review: Arc<ReviewHandler>,
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
            webhook: None,
        }
    }

    /// A program that serves admission webhooks.
    pub(crate) fn webhook(
        image: &str,
        port: u16,
        certificate: ServingCertificate,
        review: impl Fn(&str, &Value) -> Value + Send + Sync + 'static,
    ) -> Self {
        let webhook = Webhook {
            port,
            certificate,
            review: Arc::new(review),
        };
        Self {
            webhook: Some(webhook),
            ..Self::new(image, port, |_| Response::new(Bytes::new()))
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

    fn admission_server(&self) -> Option<&dyn AdmissionServer> {
        let webhook = self.webhook.as_ref()?;
        Some(webhook)
    }
}

impl AdmissionServer for Webhook {
    fn port(&self) -> u16 {
        self.port
    }

    fn certificate(&self) -> &ServingCertificate {
        &self.certificate
    }

    fn review(&self, _context: &AdmissionContext<'_>, path: &str, request: &Value) -> Value {
        (self.review)(path, request)
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
