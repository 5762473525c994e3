//! A bearer token from a file, read for each call: the token of a pod is rotated.

use futures::future::BoxFuture;
use http::{HeaderValue, Request, header::AUTHORIZATION};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    task::{Context, Poll},
};
use tower::{BoxError, Service};

/// A service that adds the token of a file to each call, if there is a file.
#[derive(Clone)]
pub(super) struct TokenFromFile<S> {
    inner: S,
    file: Option<Arc<Path>>,
}

/// The token file cannot be read, or its token cannot be sent.
#[derive(Debug, thiserror::Error)]
#[error("could not read the token in {}", file.display())]
pub(super) struct TokenFileError {
    file: PathBuf,
    #[source]
    source: BoxError,
}

impl<S> TokenFromFile<S> {
    pub(super) fn new(inner: S, file: Option<&Path>) -> Self {
        Self {
            inner,
            file: file.map(Arc::from),
        }
    }
}

/// The authorization header with the current token of the file.
fn authorization(file: &Path) -> Result<HeaderValue, TokenFileError> {
    let failed = |source: BoxError| TokenFileError {
        file: file.to_owned(),
        source,
    };
    let text = std::fs::read_to_string(file).map_err(|error| failed(error.into()))?;
    let text = format!("Bearer {}", text.trim());
    let mut value = HeaderValue::from_str(&text).map_err(|error| failed(error.into()))?;
    value.set_sensitive(true);
    Ok(value)
}

impl<S, B> Service<Request<B>> for TokenFromFile<S>
where
    S: Service<Request<B>, Error = BoxError>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        match self.file.as_deref().map(authorization).transpose() {
            Ok(value) => {
                let headers = request.headers_mut();
                headers.extend(value.map(|value| (AUTHORIZATION, value)));
                Box::pin(self.inner.call(request))
            }
            Err(error) => Box::pin(std::future::ready(Err(error.into()))),
        }
    }
}
