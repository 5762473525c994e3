//! The last lines of a log: as many as asked for, and fewer when they are long.

use bytes::Bytes;
use cluster::{Cluster, Container};
use http::{Request, Response};
use http_body_util::Full;
use std::convert::Infallible;
use tower::service_fn;

fn container() -> Container {
    Container {
        namespace: "shop".into(),
        pod: "web-1".into(),
        name: "web".into(),
        previous: false,
    }
}

/// A node with a log of these lines, which honours the limits of a request.
fn with_log(lines: Vec<Vec<u8>>) -> Cluster {
    Cluster::from_service(service_fn(move |request: Request<kube::client::Body>| {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let number = |name: &str| {
            let pairs = url::form_urlencoded::parse(query.as_bytes());
            let mut values = pairs.filter(|(key, _)| key == name);
            values
                .next()
                .and_then(|(_, value)| value.parse::<usize>().ok())
        };
        let tail = number("tailLines")
            .expect("a number of lines")
            .min(lines.len());
        let mut log = lines[lines.len() - tail..].concat();
        log.truncate(number("limitBytes").expect("a number of bytes"));
        async move { Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(log)))) }
    }))
}

fn numbered(count: usize, length: usize) -> Vec<Vec<u8>> {
    let line = |number| format!("{number:0length$}\n").into_bytes();
    (1..=count).map(line).collect()
}

#[tokio::test]
async fn the_last_lines_of_a_log_are_read() {
    let log = with_log(numbered(500, 4)).container_log(&container()).await;
    let log = log.expect("a log");
    let mut lines = log.text.lines();
    assert_eq!(
        (lines.next(), lines.next_back()),
        (Some("0301"), Some("0500"))
    );
    assert!(log.is_cut);
    let short = with_log(numbered(3, 4)).container_log(&container()).await;
    assert!(!short.expect("a log").is_cut);
}

#[tokio::test]
async fn of_long_lines_the_newest_ones_are_read() {
    let cluster = with_log(numbered(500, 4096));
    let log = cluster.container_log(&container()).await.expect("a log");
    assert_eq!(log.text.lines().count(), 20);
    assert!(log.is_cut && log.text.ends_with("0500\n"));
}

#[tokio::test]
async fn bytes_that_are_no_text_are_replaced() {
    let cluster = with_log(vec![b"caf\xe9\n".to_vec()]);
    let log = cluster.container_log(&container()).await.expect("a log");
    assert_eq!(log.text, "caf\u{fffd}\n");
}
