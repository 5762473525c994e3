//! Limits that a test over a socket cannot show: a followed log, and the time of a list.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::{ExceededLimit, Limited, MAX_LINE, pages};
use bytes::Bytes;
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use kube::client::Body;
use std::{convert::Infallible, time::Duration};
use tower::{BoxError, ServiceExt as _};

const MIB: usize = 1 << 20;

/// Reads the response to `path`, which consists of `chunk` without end, up to `enough` bytes; returns the
/// number of bytes and the limit that ended it.
async fn read(path: &str, chunk: &'static [u8], enough: u64) -> (u64, Option<ExceededLimit>) {
    let endless = tower::service_fn(move |_: http::Request<()>| async move {
        let chunks = std::iter::repeat_with(move || Ok::<_, Infallible>(Bytes::from_static(chunk)));
        let frames = futures::StreamExt::map(futures::stream::iter(chunks), |chunk| {
            chunk.map(Frame::data)
        });
        Ok::<_, Infallible>(http::Response::new(StreamBody::new(frames)))
    });
    let request = http::Request::get(path).body(()).unwrap();
    let mut body = Limited(endless).oneshot(request).await.unwrap().into_body();
    let mut bytes = 0;
    while bytes < enough {
        match body.frame().await {
            Some(Ok(frame)) => bytes += frame.into_data().map_or(0, |data| data.len() as u64),
            Some(Err(error)) => return (bytes, ExceededLimit::in_chain(&*error)),
            None => break,
        }
    }
    (bytes, None)
}

#[tokio::test]
async fn a_followed_log_has_a_limit_for_a_line_and_none_in_total() {
    let line: &[u8] = Box::leak(Box::new([b"x".repeat(MIB), b"\n".to_vec()].concat()));
    let path = "/api/v1/namespaces/shop/pods/web/log?follow=true";
    let enough = 100 * MIB as u64;
    let (bytes, limit) = read(path, line, enough).await;
    assert!(bytes >= enough, "{bytes}: {limit:?}");

    let unbroken: &[u8] = Box::leak(Box::new(b"x".repeat(MIB)));
    let (bytes, limit) = read(path, unbroken, enough).await;
    assert_eq!(limit, Some(ExceededLimit::Line(MAX_LINE)));
    assert_eq!(bytes, MAX_LINE);
}

/// A client whose server answers each page after `pause`, with an endless list.
fn slow_pages(pause: Duration) -> kube::Client {
    let service = tower::service_fn(move |request: http::Request<Body>| async move {
        tokio::time::sleep(pause).await;
        let page = request.uri().query().unwrap_or_default().len();
        Ok::<_, Infallible>(http::Response::new(Body::from(
            format!(
                r#"{{"kind":"ConfigMapList","apiVersion":"v1","items":[],
                "metadata":{{"resourceVersion":"1","continue":"{page}"}}}}"#
            )
            .into_bytes(),
        )))
    });
    kube::Client::new(service, "default")
}

#[tokio::test(start_paused = true)]
async fn a_list_whose_pages_come_slowly_ends_after_a_minute() {
    let client = pages::client(slow_pages(Duration::from_secs(25)));
    let started = tokio::time::Instant::now();
    let mut token = String::new();
    let error = loop {
        let path = format!("/api/v1/configmaps?limit=500&continue={token}");
        let request = http::Request::get(path).body(Body::empty()).unwrap();
        let response = match client.send(request).await {
            Ok(response) => response,
            Err(error) => break BoxError::from(error),
        };
        if let Err(error) = response.into_body().collect().await {
            break error.into();
        }
        token.push('x');
        assert!(started.elapsed() < Duration::from_mins(5), "no limit");
    };
    let limit = ExceededLimit::in_chain(&*error);
    assert_eq!(limit, Some(ExceededLimit::Time(Duration::from_mins(1))));
    assert_eq!(started.elapsed(), Duration::from_secs(75));
}
