//! When a call is tried again: after 429, 503 and 504 always, after any other 5xx only when it reads.
//!
//! A write that was answered with 500 may have changed something: it is shown, not repeated. Every wait
//! grows, has jitter, and there are at most four. Start at [`Again`].

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

const FIRST: Duration = Duration::from_millis(200);
const LONGEST: Duration = Duration::from_secs(3);
const TIMES: u32 = 4;

/// The policy of every call.
#[derive(Clone)]
pub(super) struct Again {
    /// What kube tries again, with `Retry-After` kept.
    overload: RetryPolicy,
    backoff: ExponentialBackoff,
    left: u32,
}

impl Again {
    pub(super) fn new() -> Result<Self, InvalidBackoff> {
        let mut backoff = ExponentialBackoffMaker::new(FIRST, LONGEST, 0.5, HasherRng::new())?;
        Ok(Self {
            overload: RetryPolicy::new(FIRST, LONGEST, TIMES, true)?,
            backoff: backoff.make_backoff(),
            left: TIMES,
        })
    }
}

impl<B> Policy<Request<Body>, Response<B>, BoxError> for Again {
    type Future = tokio::time::Sleep;

    fn retry(
        &mut self,
        request: &mut Request<Body>,
        answer: &mut Result<Response<B>, BoxError>,
    ) -> Option<Self::Future> {
        let status = answer.as_ref().ok()?.status();
        if !broken(status) {
            return self.overload.retry(request, answer);
        }
        if request.method() != Method::GET || self.left == 0 {
            return None;
        }
        self.left -= 1;
        Some(self.backoff.next_backoff())
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        let overload: &mut dyn Policy<_, Response<B>, BoxError, Future = tokio::time::Sleep> =
            &mut self.overload;
        overload.clone_request(request)
    }
}

/// A 5xx that does not say that it is only busy.
fn broken(status: StatusCode) -> bool {
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

    /// How often a call reaches a server that answers with `status`, and how it ends.
    async fn calls(method: Method, status: StatusCode, times: u32) -> (u32, StatusCode) {
        let seen = AtomicU32::new(0);
        let server = service_fn(async |_: Request<Body>| {
            let before = seen.fetch_add(1, Ordering::Relaxed);
            let status = if before < times {
                status
            } else {
                StatusCode::OK
            };
            let answer = Response::builder().status(status).body(()).unwrap();
            Ok::<_, BoxError>(answer)
        });
        let request = Request::builder()
            .method(method)
            .body(Body::empty())
            .unwrap();
        let service = Retry::new(Again::new().unwrap(), server);
        let last = service.oneshot(request).await.unwrap().status();
        (seen.into_inner(), last)
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_that_meets_a_broken_server_is_tried_again() {
        let ended = calls(Method::GET, StatusCode::INTERNAL_SERVER_ERROR, 2).await;
        assert_eq!(ended, (3, StatusCode::OK));
        let ended = calls(Method::GET, StatusCode::BAD_GATEWAY, 99).await;
        assert_eq!(ended, (5, StatusCode::BAD_GATEWAY));
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_is_repeated_only_when_the_server_says_that_it_is_busy() {
        let ended = calls(Method::PATCH, StatusCode::INTERNAL_SERVER_ERROR, 2).await;
        assert_eq!(ended, (1, StatusCode::INTERNAL_SERVER_ERROR));
        let ended = calls(Method::PATCH, StatusCode::TOO_MANY_REQUESTS, 2).await;
        assert_eq!(ended, (3, StatusCode::OK));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_there_is_not_asked_for_again() {
        let ended = calls(Method::GET, StatusCode::NOT_FOUND, 9).await;
        assert_eq!(ended, (1, StatusCode::NOT_FOUND));
    }
}
