//! Answers that are not as they should be.

use super::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn port() -> PodPort {
    PodPort {
        namespace: "istio-system".into(),
        pod: "istio-pilot-0".into(),
        port: 8080,
    }
}

/// What comes of a pod that answers with these bytes and whose port says these words.
async fn of(answer: &'static str, words: Option<&str>, most: usize) -> Result<Answer, NoAnswer> {
    let (ours, mut pods) = tokio::io::duplex(1024);
    let pod = tokio::spawn(async move {
        let mut asked = [0; 1024];
        let read = pods.read(&mut asked).await.unwrap_or_default();
        let _ = pods.write_all(answer.as_bytes()).await;
        String::from_utf8_lossy(&asked[..read]).into_owned()
    });
    let words = words.map(str::to_owned);
    let answer = exchange(ours, async { words }, &port(), "/v1/registration", most).await;
    if let Ok(asked) = pod.await {
        assert!(asked.is_empty() || asked.starts_with("GET /v1/registration HTTP/1.1\r\n"));
    }
    answer
}

#[tokio::test]
async fn the_answer_is_what_the_pod_said() {
    let said = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 5\r\n\r\nnone!";
    let answer = of(said, None, 5).await.expect("an answer");
    assert_eq!((answer.status, answer.body.as_str()), (503, "none!"));
    let open_ended = "HTTP/1.1 200 OK\r\n\r\n[]";
    assert_eq!(of(open_ended, None, 9).await.expect("an answer").body, "[]");
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_refused() {
    let said = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nnone!";
    let failed = of(said, None, 4).await.expect_err("too long");
    assert!(matches!(failed, NoAnswer::TooLong(4)), "{failed}");
}

#[tokio::test]
async fn the_nodes_words_win_over_a_stream_that_ended() {
    let failed = of("", Some("connection refused"), 9).await;
    assert_eq!(
        failed.expect_err("refused").to_string(),
        "connection refused"
    );
    let failed = of("SSH-2.0\r\n", None, 9).await.expect_err("no HTTP");
    assert!(matches!(failed, NoAnswer::Http(_)), "{failed}");
}
