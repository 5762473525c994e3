//! What strangers' pages, names and frames cannot do.

use crate::server::{Running, client};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn post(server: &Running, cookie: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = client()
        .post(server.url("/logout"))
        .header("cookie", cookie)
        .body("{}");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn what_changes_something_needs_our_own_page_and_json() {
    let server = Running::start();
    let cookie = server.log_in().await;
    let own = server.url("");
    let same = ("sec-fetch-site", "same-origin");
    for (why, headers) in [
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
        assert_eq!(post(&server, &cookie, &headers).await, 403, "{why}");
    }
    assert_eq!(
        post(&server, &cookie, &[JSON, same, ("origin", &own)]).await,
        204
    );
}

#[tokio::test]
async fn another_host_name_is_refused() {
    let server = Running::start();
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1"] {
        let asked = client()
            .get(server.url("/healthz"))
            .header("host", host)
            .send()
            .await;
        assert_eq!(asked.expect("an answer").status(), 421, "{host}");
    }
}

#[tokio::test]
async fn the_stream_is_for_our_own_page_with_a_session() {
    let server = Running::start();
    let without = client()
        .get(server.url("/live"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(without.status(), 401);
    let cookie = server.log_in().await;
    let foreign = client()
        .get(server.url("/live"))
        .header("cookie", cookie)
        .header("sec-fetch-site", "cross-site")
        .send()
        .await
        .expect("an answer");
    assert_eq!(foreign.status(), 403);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_it_safe() {
    let server = Running::start();
    for path in ["/healthz", "/login", "/api/none", "/pkg/none.js"] {
        let answer = client()
            .get(server.url(path))
            .send()
            .await
            .expect("an answer");
        let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
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
            answer
                .headers()
                .get("access-control-allow-origin")
                .is_none(),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_page_may_run_only_scripts_with_its_nonce() {
    let server = Running::start();
    let answer = client()
        .get(server.url("/login"))
        .send()
        .await
        .expect("an answer");
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .expect("text")
        .to_owned();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    let nonce = nonce.expect("a nonce").to_owned();
    let page = answer.text().await.expect("a page");
    for script in page.split("<script").skip(1) {
        let tag = script.split('>').next().expect("a tag");
        assert!(
            tag.contains(&nonce) || tag.contains("type=\"application/json\""),
            "{tag}"
        );
    }
    assert!(!page.contains(" style=\""), "no inline style");
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let server = Running::start();
    let cookie = server.log_in().await;
    let asked = client()
        .post(server.url("/api/anything"))
        .header("cookie", cookie)
        .header("origin", server.url(""))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .body(vec![b'x'; 3 << 20])
        .send()
        .await;
    // The server may answer before it has read all of it, or close the connection.
    assert!(asked.map_or(true, |answer| answer.status() == 413));
}
