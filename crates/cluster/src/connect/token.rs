//! A token that lies in a file, put on each call as it is then: a pod's own is replaced again and again.

use futures::future::BoxFuture;
use http::{HeaderValue, Request, header::AUTHORIZATION};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    task::{Context, Poll},
};
use tower::{BoxError, Service};

/// A service whose calls carry the token of a file, when there is one.
#[derive(Clone)]
pub(super) struct FromFile<S> {
    inner: S,
    file: Option<Arc<Path>>,
}

/// The file has no token that could be sent.
#[derive(Debug, thiserror::Error)]
#[error("could not read the token in {}", file.display())]
struct NoToken {
    file: PathBuf,
    #[source]
    source: BoxError,
}

impl<S> FromFile<S> {
    pub(super) fn new(inner: S, file: Option<&Path>) -> Self {
        Self {
            inner,
            file: file.map(Arc::from),
        }
    }
}

/// The header with the token that is in the file now.
fn header(file: &Path) -> Result<HeaderValue, NoToken> {
    let failed = |source: BoxError| NoToken {
        file: file.to_owned(),
        source,
    };
    let text = std::fs::read_to_string(file).map_err(|error| failed(error.into()))?;
    let text = format!("Bearer {}", text.trim());
    let mut value = HeaderValue::from_str(&text).map_err(|error| failed(error.into()))?;
    value.set_sensitive(true);
    Ok(value)
}

impl<S, B> Service<Request<B>> for FromFile<S>
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
        match self.file.as_deref().map(header).transpose() {
            Ok(value) => {
                let headers = request.headers_mut();
                headers.extend(value.map(|value| (AUTHORIZATION, value)));
                Box::pin(self.inner.call(request))
            }
            Err(error) => Box::pin(std::future::ready(Err(error.into()))),
        }
    }
}
