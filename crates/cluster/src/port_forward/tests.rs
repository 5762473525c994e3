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
    let response = exchange(client, async { error }, &port(), path, max_bytes).await;
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
    let refused = exchange(stream, async { None }, &port(), "no path", 9).await;
    assert_eq!(
        refused.expect_err("a path").to_string(),
        "no path is not a valid path"
    );
}
