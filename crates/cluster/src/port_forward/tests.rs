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
        "connection refused"
    );
    let failed = get("SSH-2.0\r\n", None, 9).await.expect_err("no HTTP");
    assert!(matches!(failed, PortForwardError::Http(_)), "{failed}");
}
