//! Requests of other origins, of other host names and from frames are rejected.

use crate::server::{Server, client};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn post(server: &Server, cookie: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = client()
        .post(server.url("/logout"))
        .header("cookie", cookie)
        .body("{}");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("a response").status().as_u16()
}

#[tokio::test]
async fn an_unsafe_method_requires_the_same_origin_and_json() {
    let server = Server::start();
    let cookie = server.log_in().await;
    let own = server.url("");
    let same = ("sec-fetch-site", "same-origin");
    for (case, headers) in [
        ("no origin", vec![JSON, same]),
        (
            "another origin",
            vec![JSON, same, ("origin", "http://evil.example")],
        ),
        (
            "another port",
            vec![JSON, same, ("origin", "http://127.0.0.1:1")],
        ),
        ("no fetch metadata", vec![JSON, ("origin", own.as_str())]),
        (
            "same site only",
            vec![JSON, ("sec-fetch-site", "same-site"), ("origin", &own)],
        ),
        (
            "a form",
            vec![
                ("content-type", "application/x-www-form-urlencoded"),
                same,
                ("origin", &own),
            ],
        ),
        (
            "plain text",
            vec![("content-type", "text/plain"), same, ("origin", &own)],
        ),
    ] {
        assert_eq!(post(&server, &cookie, &headers).await, 403, "{case}");
    }
    assert_eq!(
        post(&server, &cookie, &[JSON, same, ("origin", &own)]).await,
        204
    );
}

#[tokio::test]
async fn another_host_name_is_refused() {
    let server = Server::start();
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1"] {
        let response = client()
            .get(server.url("/healthz"))
            .header("host", host)
            .send()
            .await;
        assert_eq!(response.expect("a response").status(), 421, "{host}");
    }
}

#[tokio::test]
async fn the_event_stream_requires_a_session_and_the_same_origin() {
    let server = Server::start();
    let without_session = client()
        .get(server.url("/live"))
        .send()
        .await
        .expect("a response");
    assert_eq!(without_session.status(), 401);
    let cookie = server.log_in().await;
    let cross_site = client()
        .get(server.url("/live"))
        .header("cookie", cookie)
        .header("sec-fetch-site", "cross-site")
        .send()
        .await
        .expect("a response");
    assert_eq!(cross_site.status(), 403);
}

#[tokio::test]
async fn every_response_carries_the_security_headers() {
    let server = Server::start();
    for path in ["/healthz", "/login", "/api/none", "/pkg/none.js"] {
        let response = client()
            .get(server.url(path))
            .send()
            .await
            .expect("a response");
        let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("x-frame-options"), "DENY", "{path}");
        let policy = header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        assert!(
            response
                .headers()
                .get("access-control-allow-origin")
                .is_none(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_page_runs_only_scripts_with_its_nonce() {
    let server = Server::start();
    let response = client()
        .get(server.url("/login"))
        .send()
        .await
        .expect("a response");
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .expect("text")
        .to_owned();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    let nonce = nonce.expect("a nonce").to_owned();
    let page = response.text().await.expect("a page");
    for script in page.split("<script").skip(1) {
        let tag = script.split('>').next().expect("a tag");
        assert!(
            tag.contains(&nonce) || tag.contains("type=\"application/json\""),
            "{tag}"
        );
    }
    assert!(!page.contains(" style=\""), "the page has an inline style");
}

#[tokio::test]
async fn a_request_body_over_the_limit_is_rejected() {
    let server = Server::start();
    let cookie = server.log_in().await;
    let response = client()
        .post(server.url("/api/anything"))
        .header("cookie", cookie)
        .header("origin", server.url(""))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .body(vec![b'x'; 3 << 20])
        .send()
        .await;
    // The server may respond before it has read the whole body, or close the connection.
    assert!(response.map_or(true, |response| response.status() == 413));
}
