//! Compresses responses on the way: pages while they are made, and the views of server functions.
//!
//! Event streams are not compressed: an encoder holds messages back. Responses that carry credentials are not
//! either, so that their length says nothing about them (docs/security.md). Start at [`layer`].

use axum::{
    extract::Request,
    http::{Extensions, HeaderMap, StatusCode, Version},
    middleware::Next,
    response::Response,
};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer, Predicate,
        predicate::{And, DefaultPredicate},
    },
};

/// The paths whose responses carry credentials: backups have Secrets, a kubeconfig has a token.
const CREDENTIALS: [&str; 2] = ["/backups/", "/api/reveal_kubeconfig"];

/// A response that is not compressed.
#[derive(Clone, Copy)]
struct Uncompressed;

/// Decides by the head of a response.
type HeaderRule = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// Compresses what is neither small, nor an image, nor an event stream, nor marked.
pub(crate) fn layer() -> CompressionLayer<And<DefaultPredicate, HeaderRule>> {
    let is_allowed: fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool =
        |_, _, _, extensions| extensions.get::<Uncompressed>().is_none();
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(DefaultPredicate::new().and(is_allowed))
}

/// Marks the responses that carry credentials.
pub(crate) async fn keep_credentials_plain(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let has_credentials = CREDENTIALS.iter().any(|start| path.starts_with(start));
    let mut response = next.run(request).await;
    if has_credentials {
        response.extensions_mut().insert(Uncompressed);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{
        Router,
        body::{Body, Bytes},
        http::header,
        middleware::from_fn,
        response::sse::{Event, Sse},
        routing::get,
    };
    use futures::{SinkExt as _, StreamExt as _, channel::mpsc, stream};
    use std::{
        convert::Infallible,
        sync::{Arc, Mutex},
        time::Duration,
    };
    use tower::ServiceExt as _;

    const TEXT: &str = "a text that is longer than the smallest response that is compressed";

    async fn respond(routes: Router, path: &str) -> Response {
        let router = routes.layer(from_fn(keep_credentials_plain)).layer(layer());
        let request = Request::get(path)
            .header(header::ACCEPT_ENCODING, "gzip, br")
            .body(Body::empty());
        let response = router.oneshot(request.expect("a request")).await;
        response.expect("a response")
    }

    fn encoding(response: &Response) -> Option<&str> {
        response
            .headers()
            .get(header::CONTENT_ENCODING)?
            .to_str()
            .ok()
    }

    #[tokio::test]
    async fn pages_and_views_are_compressed_and_responses_with_credentials_are_not() {
        let routes = || {
            Router::new()
                .route("/page", get(async || axum::response::Html(TEXT)))
                .route("/api/releases", get(async || TEXT))
                .route("/api/reveal_kubeconfig", get(async || TEXT))
                .route("/backups/a.yaml", get(async || TEXT))
        };
        for (path, expected) in [
            ("/page", Some("br")),
            ("/api/releases", Some("br")),
            ("/api/reveal_kubeconfig", None),
            ("/backups/a.yaml", None),
        ] {
            let response = respond(routes(), path).await;
            assert_eq!(encoding(&response), expected, "{path}");
        }
    }

    #[tokio::test]
    async fn the_first_chunk_of_a_page_arrives_before_the_last_one_is_made() {
        let (mut chunks, receiver) = mpsc::channel::<Result<Bytes, Infallible>>(1);
        let body = Arc::new(Mutex::new(Some(Body::from_stream(receiver))));
        let page = move || {
            let body = body.lock().ok().and_then(|mut body| body.take());
            std::future::ready(axum::response::Html(body.unwrap_or_default()))
        };
        let response = respond(Router::new().route("/page", get(page)), "/page").await;
        assert_eq!(encoding(&response), Some("br"));
        let mut body = response.into_body().into_data_stream();
        chunks.send(Ok(Bytes::from(TEXT))).await.expect("open");
        // The sender is open: the page is not complete.
        let first = tokio::time::timeout(Duration::from_secs(5), body.next()).await;
        assert!(first.is_ok_and(|chunk| chunk.is_some()), "a chunk arrives");
        drop(chunks);
        assert!(body.next().await.is_some(), "the end of the page");
    }

    #[tokio::test]
    async fn an_event_stream_is_not_compressed_and_its_first_message_arrives_at_once() {
        let events = async || {
            let first = Event::default().data(TEXT);
            let first = stream::iter([Ok::<_, Infallible>(first)]);
            Sse::new(first.chain(stream::pending()))
        };
        let response = respond(Router::new().route("/live", get(events)), "/live").await;
        assert_eq!(encoding(&response), None);
        let mut body = response.into_body().into_data_stream();
        let first = tokio::time::timeout(Duration::from_secs(5), body.next()).await;
        let first = first
            .expect("in time")
            .expect("a message")
            .expect("no error");
        assert_eq!(first, format!("data: {TEXT}\n\n"));
    }
}
