//! Backup downloads: who may download a backup, and the response when there is none.

use crate::server::{Server, client};

async fn status(server: &Server, path: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = client().get(server.url(path));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("a response").status().as_u16()
}

#[tokio::test]
async fn a_backup_download_requires_a_session_and_the_same_origin() {
    let server = Server::start();
    for path in ["/backups/none.yaml", "/backups/production/east.yaml"] {
        assert_eq!(status(&server, path, &[]).await, 401, "{path}");
    }
    let cookie = server.log_in().await;
    let same_origin = [("cookie", cookie.as_str())];
    for path in [
        "/backups/none.yaml",
        "/backups/none",
        "/backups/production/east.yaml",
        "/backups/production/Not%20A%20Name.yaml",
    ] {
        assert_eq!(status(&server, path, &same_origin).await, 404, "{path}");
    }
    let cross_site = [
        ("cookie", cookie.as_str()),
        ("sec-fetch-site", "cross-site"),
    ];
    for path in ["/backups/none.yaml", "/backups/production/east.yaml"] {
        assert_eq!(status(&server, path, &cross_site).await, 403, "{path}");
    }
}
