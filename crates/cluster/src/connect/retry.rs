//! The retries of calls: after 429, 503 and 504 always, after any other 5xx only for reads.
//!
//! A write that failed with 500 may have changed something: its error is returned. The backoff is
//! exponential with jitter, at most four times. Start at [`CallRetryPolicy`].

use http::{Method, Request, Response, StatusCode};
use kube::client::{Body, retry::RetryPolicy};
use std::time::Duration;
use tower::{
    BoxError,
    retry::{
        Policy,
        backoff::{
            Backoff as _, ExponentialBackoff, ExponentialBackoffMaker, InvalidBackoff,
            MakeBackoff as _,
        },
    },
    util::rng::HasherRng,
};

const INITIAL_BACKOFF: Duration = Duration::from_millis(200);
const MAX_BACKOFF: Duration = Duration::from_secs(3);
const MAX_RETRIES: u32 = 4;

/// The retry policy of every call.
#[derive(Clone)]
pub(super) struct CallRetryPolicy {
    /// The policy of kube for an overloaded server, which respects `Retry-After`.
    overload: RetryPolicy,
    backoff: ExponentialBackoff,
    remaining: u32,
}

impl CallRetryPolicy {
    pub(super) fn new() -> Result<Self, InvalidBackoff> {
        let mut backoff =
            ExponentialBackoffMaker::new(INITIAL_BACKOFF, MAX_BACKOFF, 0.5, HasherRng::new())?;
        Ok(Self {
            overload: RetryPolicy::new(INITIAL_BACKOFF, MAX_BACKOFF, MAX_RETRIES, true)?,
            backoff: backoff.make_backoff(),
            remaining: MAX_RETRIES,
        })
    }
}

impl<B> Policy<Request<Body>, Response<B>, BoxError> for CallRetryPolicy {
    type Future = tokio::time::Sleep;

    fn retry(
        &mut self,
        request: &mut Request<Body>,
        response: &mut Result<Response<B>, BoxError>,
    ) -> Option<Self::Future> {
        let status = response.as_ref().ok()?.status();
        if !is_server_failure(status) {
            return self.overload.retry(request, response);
        }
        if request.method() != Method::GET || self.remaining == 0 {
            return None;
        }
        self.remaining -= 1;
        Some(self.backoff.next_backoff())
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        let overload: &mut dyn Policy<_, Response<B>, BoxError, Future = tokio::time::Sleep> =
            &mut self.overload;
        overload.clone_request(request)
    }
}

/// A 5xx that does not mean an overloaded server.
fn is_server_failure(status: StatusCode) -> bool {
    status.is_server_error()
        && !matches!(
            status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
        )
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tower::{ServiceExt as _, retry::Retry, service_fn};

    /// The number of requests to a server that fails `times` times with `status`, and the final status.
    async fn calls(method: Method, status: StatusCode, times: u32) -> (u32, StatusCode) {
        let requests = AtomicU32::new(0);
        let server = service_fn(async |_: Request<Body>| {
            let before = requests.fetch_add(1, Ordering::Relaxed);
            let status = if before < times {
                status
            } else {
                StatusCode::OK
            };
            let response = Response::builder().status(status).body(()).unwrap();
            Ok::<_, BoxError>(response)
        });
        let request = Request::builder()
            .method(method)
            .body(Body::empty())
            .unwrap();
        let service = Retry::new(CallRetryPolicy::new().unwrap(), server);
        let last = service.oneshot(request).await.unwrap().status();
        (requests.into_inner(), last)
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_is_retried_after_a_server_error() {
        let outcome = calls(Method::GET, StatusCode::INTERNAL_SERVER_ERROR, 2).await;
        assert_eq!(outcome, (3, StatusCode::OK));
        let outcome = calls(Method::GET, StatusCode::BAD_GATEWAY, 99).await;
        assert_eq!(outcome, (5, StatusCode::BAD_GATEWAY));
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_is_retried_only_when_the_server_is_overloaded() {
        let outcome = calls(Method::PATCH, StatusCode::INTERNAL_SERVER_ERROR, 2).await;
        assert_eq!(outcome, (1, StatusCode::INTERNAL_SERVER_ERROR));
        let outcome = calls(Method::PATCH, StatusCode::TOO_MANY_REQUESTS, 2).await;
        assert_eq!(outcome, (3, StatusCode::OK));
    }

    #[tokio::test(start_paused = true)]
    async fn a_not_found_response_is_not_retried() {
        let outcome = calls(Method::GET, StatusCode::NOT_FOUND, 9).await;
        assert_eq!(outcome, (1, StatusCode::NOT_FOUND));
    }
}
