//! Backups as files: to whom they are given, and what is said when there is none.

use crate::server::{Running, client};

async fn asked(server: &Running, path: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = client().get(server.url(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn a_backup_is_given_to_who_is_logged_in_and_asks_from_here() {
    let server = Running::start();
    for path in ["/backups/none.yaml", "/backups/article/east.yaml"] {
        assert_eq!(asked(&server, path, &[]).await, 401, "{path}");
    }
    let cookie = server.log_in().await;
    let here = [("cookie", cookie.as_str())];
    for path in [
        "/backups/none.yaml",
        "/backups/none",
        "/backups/article/east.yaml",
        "/backups/article/Not%20A%20Name.yaml",
    ] {
        assert_eq!(asked(&server, path, &here).await, 404, "{path}");
    }
    let elsewhere = [
        ("cookie", cookie.as_str()),
        ("sec-fetch-site", "cross-site"),
    ];
    for path in ["/backups/none.yaml", "/backups/article/east.yaml"] {
        assert_eq!(asked(&server, path, &elsewhere).await, 403, "{path}");
    }
}
