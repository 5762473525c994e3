//! The console below a base path: pages, files, server functions, the stream, redirects and cookies.

use crate::server::{Server, client};

const BASE: &str = "/console";

fn start() -> Server {
    Server::with_arguments(&["--base-path", BASE])
}

#[tokio::test]
async fn a_login_link_redirects_to_the_base_path_and_its_cookie_is_valid_there_only() {
    let server = start();
    let url = server.url(&format!("/login?token={}", server.token));
    assert!(url.contains("/console/login?token="), "the printed link");
    let response = client().get(&url).send().await.expect("a response");
    assert_eq!(response.headers()["location"], BASE);
    let cookie = response.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.contains("Path=/console;"), "{cookie}");
    let used = client().get(&url).send().await.expect("a response");
    assert_eq!(used.headers()["location"], "/console/login?used=1");
}

#[tokio::test]
async fn every_url_of_a_page_lies_below_the_base_path() {
    let server = start();
    let cookie = server.log_in().await;
    for page in ["", "/clusters", "/catalog/built-in/ack-istio"] {
        let response = client()
            .get(server.url(page))
            .header("cookie", &cookie)
            .header("accept", "text/html")
            .send()
            .await
            .expect("a response");
        assert_eq!(response.status(), 200, "{page}");
        let html = response.text().await.expect("text");
        assert!(html.contains("/console/pkg/meshspan.css"), "{page}");
        for attribute in ["href=\"", "src=\"", "action=\""] {
            for url in html.split(attribute).skip(1) {
                let url = url.split('"').next().unwrap_or_default();
                let is_local = url.starts_with('/') && !url.starts_with("//");
                let is_below =
                    url == BASE || url.starts_with("/console/") || url.starts_with("/console?");
                assert!(!is_local || is_below, "{page}: {url}");
            }
        }
    }
}

#[tokio::test]
async fn server_functions_and_the_stream_are_below_the_base_path_and_nothing_is_outside() {
    let server = start();
    let cookie = server.log_in().await;
    let stream = client()
        .get(server.url("/live"))
        .header("cookie", &cookie)
        .send()
        .await
        .expect("a response");
    assert_eq!(stream.status(), 200);
    let origin = server.url("").replace(BASE, "");
    let function = client()
        .post(server.url("/api/session"))
        .header("cookie", &cookie)
        .header("origin", &origin)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .body("{}")
        .send()
        .await
        .expect("a response");
    assert_eq!(function.status(), 200);
    for path in ["/", "/live", "/api/session", "/login"] {
        let response = client()
            .get(format!("{origin}{path}"))
            .header("cookie", &cookie)
            .send()
            .await
            .expect("a response");
        assert_eq!(response.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_page_without_a_session_redirects_to_the_login_below_the_base_path() {
    let server = start();
    let response = client()
        .get(server.url("/clusters"))
        .header("accept", "text/html")
        .send()
        .await
        .expect("a response");
    assert_eq!(
        response.headers()["location"],
        "/console/login?next=%2Fclusters"
    );
    let id = response.headers()["x-request-id"].to_str().expect("text");
    assert_eq!(id.len(), 32, "{id}");
}
