//! A log that cannot be written disturbs neither requests nor the shutdown.

use crate::server::{Server, client};
use std::time::Duration;

#[tokio::test]
async fn a_full_log_disturbs_neither_requests_nor_the_shutdown() {
    let mut server = Server::with_full_log();
    let cookie = server.log_in().await;
    // Both write to the log: a refused request, and a failure of a use case.
    for (path, body) in [("/api/job", r#"{"id":"none"}"#), ("/api/clusters", "{}")] {
        for _ in 0..3 {
            let response = client()
                .post(server.url(path))
                .header("cookie", &cookie)
                .header("origin", server.url(""))
                .header("content-type", "application/json")
                .header("sec-fetch-site", "same-origin")
                .body(body)
                .send()
                .await
                .expect("a response, whatever the log does");
            assert_ne!(response.status().as_u16(), 0);
        }
    }
    let page = client().get(server.url("/healthz")).send().await;
    assert!(page.expect("a response").status().is_success());
    assert!(
        server.terminate(Duration::from_secs(20)),
        "SIGTERM is ignored"
    );
}
