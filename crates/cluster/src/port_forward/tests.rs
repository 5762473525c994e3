//! Malformed responses of a pod.

use super::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn port() -> PodPort {
    PodPort {
        namespace: "istio-system".into(),
        pod: "istio-pilot-0".into(),
        port: 8080,
    }
}

/// The result for a pod that responds with these bytes and a node that sends this error message.
async fn get(
    response: &'static str,
    error: Option<&str>,
    max_bytes: usize,
) -> Result<PodResponse, PortForwardError> {
    let (client, mut server) = tokio::io::duplex(1024);
    let pod = tokio::spawn(async move {
        let mut request = [0; 1024];
        let length = server.read(&mut request).await.unwrap_or_default();
        let _ = server.write_all(response.as_bytes()).await;
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let error = error.map(str::to_owned);
    let path = "/v1/registration";
    let read = async |body| collect(body, max_bytes).await;
    let response = exchange(client, async { error }, &port(), path, read).await;
    let response = response.map(|(status, body)| PodResponse { status, body });
    if let Ok(request) = pod.await {
        assert!(request.is_empty() || request.starts_with("GET /v1/registration HTTP/1.1\r\n"));
    }
    response
}

#[tokio::test]
async fn the_response_of_the_pod_is_returned() {
    let bytes = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 5\r\n\r\nnone!";
    let response = get(bytes, None, 5).await.expect("a response");
    assert_eq!((response.status, response.body.as_str()), (503, "none!"));
    let open_ended = "HTTP/1.1 200 OK\r\n\r\n[]";
    let response = get(open_ended, None, 9).await.expect("a response");
    assert_eq!(response.body, "[]");
}

#[tokio::test]
async fn a_response_over_the_size_limit_is_refused() {
    let bytes = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nnone!";
    let failed = get(bytes, None, 4).await.expect_err("too long");
    assert!(matches!(failed, PortForwardError::TooLong(4)), "{failed}");
}

#[tokio::test]
async fn the_message_of_the_node_takes_precedence_over_the_stream_error() {
    let failed = get("", Some("connection refused"), 9).await;
    assert_eq!(
        failed.expect_err("refused").to_string(),
        "the node reports: connection refused"
    );
}

#[tokio::test]
async fn a_malformed_response_is_reported_without_words_of_the_http_library() {
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nno";
    let chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n";
    for (response, text) in [
        (
            "SSH-2.0-OpenSSH_9.2\r\n",
            "the port does not answer in HTTP",
        ),
        (
            "\u{15}\u{3}\u{3}\0\u{2}\u{2}P",
            "the port does not answer in HTTP",
        ),
        ("", "the connection ended before the response was complete"),
        (
            "HTTP/1.1 200",
            "the connection ended before the response was complete",
        ),
        (
            short,
            "the connection ended before the response was complete",
        ),
        (
            chunk,
            "the connection ended before the response was complete",
        ),
    ] {
        let failed = get(response, None, 99).await.expect_err("no response");
        assert_eq!(wire::error_chain(&failed), text, "{response:?}");
    }
    let (_client, stream) = tokio::io::duplex(64);
    let read = async |body| collect(body, 9).await;
    let refused = exchange(stream, async { None }, &port(), "no path", read).await;
    assert_eq!(
        refused.expect_err("a path").to_string(),
        "no path is not a valid path"
    );
}

/// What a receiver gets of a body with this limit, and whether that is all.
async fn passed_on(body: &'static str, max_bytes: usize) -> (String, bool) {
    let (client, mut server) = tokio::io::duplex(1024);
    let pod = tokio::spawn(async move {
        let mut request = [0; 1024];
        let _ = server.read(&mut request).await;
        let response = format!("HTTP/1.1 200 OK\r\n\r\n{body}");
        let _ = server.write_all(response.as_bytes()).await;
    });
    let (chunks, mut received) = mpsc::channel(8);
    let read = async |body| pass_on(body, max_bytes, chunks).await;
    let response = exchange(client, async { None }, &port(), "/", read).await;
    pod.await.expect("the pod ends");
    let mut text = Vec::new();
    while let Some(chunk) = received.recv().await {
        text.extend(chunk);
    }
    let (status, complete) = response.expect("a response");
    assert_eq!(status, 200);
    (String::from_utf8(text).expect("text"), complete)
}

#[tokio::test]
async fn a_body_is_passed_on_up_to_the_size_limit() {
    assert_eq!(passed_on("shards", 6).await, ("shards".to_owned(), true));
    assert_eq!(passed_on("shards", 4).await, ("shar".to_owned(), false));
}
