//! Errors in a browser: each is a page with a title, a heading and a link, and slashes too many are no error.

use crate::server::{Server, client};
use reqwest::Response;

/// Opens a path as a browser does.
async fn open(server: &Server, cookie: &str, path: &str) -> Response {
    let request = client()
        .get(server.url(path))
        .header("cookie", cookie)
        .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    request.send().await.expect("a response")
}

/// The texts of the elements that every error page has.
fn title_and_heading(html: &str) -> (String, String) {
    let text = |name: &str| {
        let opening = html.split(&format!("<{name}")).nth(1).unwrap_or_default();
        let inner = opening.split_once('>').unwrap_or_default().1;
        let text = inner.split('<').next().unwrap_or_default();
        text.trim().to_owned()
    };
    (text("title"), text("h1"))
}

#[tokio::test]
async fn every_error_in_a_browser_is_a_page_with_a_title_a_heading_and_a_link() {
    let server = Server::start();
    let cookie = server.log_in().await;
    for (path, status) in [
        ("/nothing/here", 404),
        ("/jobs/0123456789ab", 404),
        ("/clusters/none", 404),
        ("/meshes/none", 404),
        ("/catalog/built-in/none", 404),
        ("/install/built-in/none", 404),
        ("/backups/none.yaml", 404),
        ("/pkg/none.js", 404),
        ("/api/none", 404),
        ("/logout", 405),
    ] {
        let response = open(&server, &cookie, path).await;
        assert_eq!(response.status(), status, "{path}");
        let html = response.text().await.expect("a text");
        let (title, heading) = title_and_heading(&html);
        assert!(
            title.ends_with(" · Meshspan") && title.len() > 12,
            "{path}: {title}"
        );
        assert!(!heading.is_empty(), "{path}: {html}");
        assert!(html.contains("href=\"/\""), "{path} links to the overview");
    }
}

#[tokio::test]
async fn a_program_gets_an_error_as_it_is() {
    let server = Server::start();
    let cookie = server.log_in().await;
    let request = client()
        .get(server.url("/api/none"))
        .header("cookie", cookie);
    let response = request.header("accept", "*/*").send().await;
    let body = response.expect("a response").text().await.expect("a text");
    assert!(body.starts_with('{'), "{body}");
}

#[tokio::test]
async fn a_path_with_a_slash_too_many_leads_to_its_page() {
    for base in ["", "/console"] {
        let server =
            Server::with_arguments(&["--base-path", if base.is_empty() { "/" } else { base }]);
        let cookie = server.log_in().await;
        for (path, page) in [
            ("/releases/", Some("/releases")),
            ("/catalog/?from=built-in", Some("/catalog?from=built-in")),
            (
                "/catalog//built-in/ack-istio/",
                Some("/catalog/built-in/ack-istio"),
            ),
            ("//example.com/", None),
            ("/nothing/", None),
        ] {
            let response = open(&server, &cookie, path).await;
            let location = response.headers().get("location");
            let location = location.map(|location| location.to_str().expect("a text").to_owned());
            assert_eq!(
                location,
                page.map(|page| format!("{base}{page}")),
                "{base}{path}"
            );
            assert_eq!(
                response.status(),
                if page.is_some() { 308 } else { 404 },
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn a_page_says_that_it_needs_javascript() {
    let server = Server::start();
    let html = open(&server, "", "/login")
        .await
        .text()
        .await
        .expect("a text");
    let inner = html.split("<noscript>").nth(1).unwrap_or_default();
    let text = inner.split("</noscript>").next().unwrap_or_default();
    assert!(text.contains("needs JavaScript"), "{html}");
}
