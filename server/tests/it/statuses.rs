//! Requests that cannot be read, and problems: the status says whose fault it is.

use crate::server::{Server, client};

/// The status and the body of a server function that is called with `body`.
async fn call(server: &Server, cookie: &str, path: &str, body: &str) -> (u16, String) {
    let response = client()
        .post(server.url(path))
        .header("cookie", cookie)
        .header("origin", server.origin())
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .body(body.to_owned())
        .send()
        .await
        .expect("a response");
    let status = response.status().as_u16();
    (status, response.text().await.expect("a body"))
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_a_fault_of_the_client() {
    let server = Server::start();
    let cookie = server.log_in().await;
    for (case, path, body, status, code) in [
        ("no JSON", "/api/job", "{", 400, "bad-request"),
        ("no object", "/api/job", "[]", 400, "bad-request"),
        ("no argument", "/api/job", "{}", 400, "bad-request"),
        (
            "another type",
            "/api/job",
            r#"{"id":7}"#,
            400,
            "bad-request",
        ),
        ("empty", "/api/job", "", 400, "bad-request"),
        ("no function", "/api/none", "{}", 404, "not-found"),
        ("a longer path", "/api/job/x", "{}", 404, "not-found"),
        (
            "no job",
            "/api/job",
            r#"{"id":"0123456789ab"}"#,
            404,
            "not-found",
        ),
    ] {
        let (found, body) = call(&server, &cookie, path, body).await;
        assert_eq!(found, status, "{case}: {body}");
        assert!(
            body.contains(&format!(r#""code":"{code}""#)),
            "{case}: {body}"
        );
    }
    let secret = call(
        &server,
        &cookie,
        "/api/job",
        r#"{"id":{"password":"canary"}}"#,
    )
    .await;
    assert!(
        !secret.1.contains("canary") && !server.log().contains("canary"),
        "{secret:?}"
    );
}

#[tokio::test]
async fn a_call_without_a_session_is_answered_with_a_problem() {
    let server = Server::start();
    let (status, body) = call(&server, "", "/api/session", "{}").await;
    assert_eq!(status, 401);
    assert!(body.contains(r#""code":"not-logged-in""#), "{body}");
}

#[tokio::test]
async fn other_paths_that_cannot_be_read_are_faults_of_the_client() {
    let server = Server::start();
    let cookie = server.log_in().await;
    for (path, status) in [
        ("/api/job", 405),
        ("/nothing/here", 404),
        ("/backups/none", 404),
        ("/backups/0123456789ab.yaml", 404),
        ("/backups/UPPER/x.yaml", 404),
        ("/backups/%FF.yaml", 400),
        ("/live?job=%20", 400),
        ("/live?mesh=UPPER", 400),
        ("/login?token=%FF%00", 303),
        ("/clusters/%FF", 404),
        ("/jobs/%00", 404),
        ("/releases/a/b/%F0%9F", 404),
        ("/pkg/%FF", 404),
    ] {
        let response = client()
            .get(server.url(path))
            .header("cookie", &cookie)
            .send()
            .await
            .expect("a response");
        let found = response.status().as_u16();
        assert_eq!(
            found,
            status,
            "{path}: {}",
            response.text().await.expect("a body")
        );
    }
}

/// The status of a page, and its HTML.
async fn page(server: &Server, cookie: &str, path: &str) -> (u16, String) {
    let response = client()
        .get(server.url(path))
        .header("cookie", cookie)
        .send()
        .await
        .expect("a response");
    let status = response.status().as_u16();
    (status, response.text().await.expect("a page"))
}

#[tokio::test]
async fn a_page_of_something_that_does_not_exist_answers_404_and_says_so() {
    let server = Server::with_arguments(&["--sandbox"]);
    let cookie = server.log_in().await;
    let east = "istio-control-plane";
    for path in [
        "/clusters/none".to_owned(),
        "/meshes/none".to_owned(),
        "/jobs/0123456789ab".to_owned(),
        "/catalog/built-in/none".to_owned(),
        "/catalog/none/ack-istio".to_owned(),
        "/install/built-in/none".to_owned(),
        "/install/UPPER/none".to_owned(),
        "/install/built-in/ack-istio?draft=0123456789ab".to_owned(),
        "/releases/none/default/shop".to_owned(),
        format!("/releases/{east}/default/none"),
        "/nothing".to_owned(),
        "/clusters/none/more".to_owned(),
    ] {
        let (status, html) = page(&server, &cookie, &path).await;
        assert_eq!(status, 404, "{path}");
        assert!(html.contains("</html>"), "{path}: {html}");
    }
    for path in [
        "/".to_owned(),
        "/meshes/new".to_owned(),
        format!("/clusters/{east}"),
        "/catalog/built-in/ack-istio".to_owned(),
        "/install/built-in/ack-istio".to_owned(),
    ] {
        let (status, _) = page(&server, &cookie, &path).await;
        assert_eq!(status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_too_large_whether_its_length_is_announced_or_not() {
    let server = Server::start();
    let cookie = server.log_in().await;
    let large = vec![b' '; (2 << 20) + 1];
    let chunks = futures::stream::iter(
        large
            .chunks(64 << 10)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
            .collect::<Vec<_>>(),
    );
    let announced = reqwest::Body::from(large.clone());
    let chunked = reqwest::Body::wrap_stream(chunks);
    for (case, body) in [("announced", announced), ("chunked", chunked)] {
        let response = client()
            .post(server.url("/api/job"))
            .header("cookie", &cookie)
            .header("origin", server.origin())
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .expect("a response");
        assert_eq!(response.status(), 413, "{case}");
        let body = response.text().await.expect("a body");
        assert!(body.contains(r#""code":"too-large""#), "{case}: {body}");
    }
}
