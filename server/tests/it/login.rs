//! The login link is valid once, and its token is stored nowhere.

use crate::server::{Server, client};

#[tokio::test]
async fn a_link_logs_in_once_and_redirects_to_a_url_without_its_token() {
    let server = Server::start();
    let url = server.url(&format!("/login?token={}", server.token));
    let first = client().get(&url).send().await.expect("a response");
    assert_eq!(
        (first.status().as_u16(), &first.headers()["location"]),
        (303, &"/".parse().expect(""))
    );
    let cookie = first.headers()["set-cookie"].to_str().expect("text");
    for attribute in ["HttpOnly", "SameSite=Lax", "Max-Age=43200", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let second = client().get(&url).send().await.expect("a response");
    assert_eq!(second.headers()["location"], "/login?used=1");
    assert!(second.headers().get("set-cookie").is_none());
}

#[tokio::test]
async fn tokens_are_neither_in_the_log_nor_in_the_data_directory() {
    let server = Server::start();
    let cookie = server.log_in().await;
    let session = cookie.split_once('=').expect("a pair").1.to_owned();
    let response = client()
        .get(server.url("/api/none"))
        .header("cookie", &cookie)
        .send()
        .await;
    response.expect("a response");
    for secret in [&server.token, &session] {
        assert!(!server.log().contains(secret.as_str()));
        for entry in std::fs::read_dir(server.folder.path()).expect("the folder") {
            let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
            assert!(!String::from_utf8_lossy(&bytes).contains(secret.as_str()));
        }
    }
}

#[tokio::test]
async fn logging_out_deletes_the_session_on_the_server() {
    let server = Server::start();
    let cookie = server.log_in().await;
    let live = |cookie: String| {
        client()
            .get(server.url("/live"))
            .header("cookie", cookie)
            .send()
    };
    assert_eq!(
        live(cookie.clone()).await.expect("a response").status(),
        200
    );
    let response = client()
        .post(server.url("/logout"))
        .header("cookie", &cookie)
        .header("origin", server.url(""))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .body("{}")
        .send()
        .await
        .expect("a response");
    assert_eq!(response.status(), 204);
    assert_eq!(live(cookie).await.expect("a response").status(), 401);
}

#[tokio::test]
async fn an_open_stream_ends_with_its_session() {
    let server = Server::start();
    let cookie = server.log_in().await;
    let mut stream = client()
        .get(server.url("/live"))
        .header("cookie", &cookie)
        .send()
        .await
        .expect("a response");
    let response = client()
        .post(server.url("/api/log_out_everywhere"))
        .header("cookie", &cookie)
        .header("origin", server.origin())
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .body("{}")
        .send()
        .await
        .expect("a response");
    assert_eq!(response.status(), 200);
    let ended = async {
        let mut text = String::new();
        while let Some(chunk) = stream.chunk().await.expect("a chunk") {
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
        text
    };
    // Long before the next periodic check of the session.
    let text = tokio::time::timeout(std::time::Duration::from_secs(5), ended).await;
    let text = text.expect("the stream ends");
    assert!(text.ends_with("data: \"LoggedOut\"\n\n"), "{text}");
}

#[test]
fn login_link_prints_a_new_link_for_the_running_server() {
    let server = Server::start();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_meshspan"))
        .args(["login-link", "--data-dir"])
        .arg(server.folder.path())
        .output()
        .expect("the command runs");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(stdout.starts_with(&server.url("/login?token=")), "{stdout}");
    assert!(!stdout.contains(&server.token), "the token is not new");
}

#[test]
fn login_link_fails_when_no_server_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_meshspan"))
        .args(["login-link", "--data-dir"])
        .arg(folder.path())
        .output()
        .expect("the command runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no server runs on"));
}

/// Asks for a page without a session, and returns the cookie that the browser keeps.
async fn asked_for(server: &Server, path: &str) -> (String, Option<String>) {
    let response = client()
        .get(server.url(path))
        .header("accept", "text/html")
        .send()
        .await
        .expect("a response");
    let text = |name: &str| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    (text("location").expect("a redirect"), text("set-cookie"))
}

/// Where a login link leads a browser with these cookies.
async fn led_to(server: &Server, cookies: &str) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_meshspan"))
        .args(["login-link", "--data-dir"])
        .arg(server.folder.path())
        .output()
        .expect("the command runs");
    let link = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let response = client().get(link).header("cookie", cookies).send().await;
    let response = response.expect("a response");
    response.headers()["location"]
        .to_str()
        .expect("text")
        .to_owned()
}

#[tokio::test]
async fn a_login_link_leads_to_the_page_that_was_asked_for() {
    let server = Server::start();
    let (login, cookie) = asked_for(&server, "/releases?cluster=east").await;
    assert_eq!(login, "/login?next=%2Freleases%3Fcluster%3Deast");
    let cookie = cookie.expect("a cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let pair = cookie.split(';').next().expect("a pair");
    assert_eq!(led_to(&server, pair).await, "/releases?cluster=east");
    assert_eq!(led_to(&server, "other=1").await, "/");

    let below = Server::with_arguments(&["--base-path", "/console"]);
    let (login, cookie) = asked_for(&below, "/jobs").await;
    assert_eq!(login, "/console/login?next=%2Fjobs");
    let cookie = cookie.expect("a cookie");
    let pair = cookie.split(';').next().expect("a pair");
    assert_eq!(led_to(&below, pair).await, "/console/jobs");
}

#[tokio::test]
async fn a_login_link_leads_to_no_other_host_and_to_no_request() {
    let server = Server::start();
    for page in [
        "//evil.example",
        "//evil.example/clusters",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/login?token=attackers",
        "/logout",
        "/api/end_session",
        "/clusters/..//evil.example",
    ] {
        let cookie = format!("meshspan_next={page}");
        assert_eq!(led_to(&server, &cookie).await, "/", "{page}");
    }
    let (login, cookie) = asked_for(&server, "/login/..//evil.example").await;
    assert_eq!((login.as_str(), cookie), ("/login", None));
}

#[tokio::test]
async fn a_page_whose_session_has_expired_logs_in_with_a_token_and_stays() {
    let server = Server::start();
    let log_in = async |body: String, origin: String| {
        let request = client()
            .post(server.url("/login"))
            .header("origin", origin)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .body(body);
        request.send().await.expect("a response")
    };
    let body = format!(r#"{{"token": "{}"}}"#, server.token);
    let foreign = log_in(body.clone(), "http://evil.example".to_owned()).await;
    assert_eq!(foreign.status(), 403);
    let unreadable = log_in(r#"{"token": 7}"#.to_owned(), server.origin()).await;
    assert_eq!(unreadable.status(), 400);
    let wrong = log_in(r#"{"token": "wrong"}"#.to_owned(), server.origin()).await;
    assert_eq!(wrong.status(), 401);
    assert!(wrong.headers().get("set-cookie").is_none());

    let response = log_in(body.clone(), server.origin()).await;
    assert_eq!(response.status(), 204);
    let cookie = response.headers()["set-cookie"].to_str().expect("text");
    let pair = cookie.split(';').next().expect("a pair").to_owned();
    let live = client().get(server.url("/live")).header("cookie", pair);
    assert_eq!(live.send().await.expect("a response").status(), 200);
    assert_eq!(log_in(body, server.origin()).await.status(), 401);
}

#[tokio::test]
async fn the_login_page_names_the_data_directory_on_this_machine_only() {
    let command = |server: &Server| {
        format!(
            "meshspan login-link --data-dir {}",
            server.folder.path().display()
        )
    };
    let page = async |server: &Server, host: &str| {
        let request = client().get(format!("http://{}/login", server.listener()));
        let response = request.header("host", host).send().await;
        response.expect("a response").text().await.expect("a page")
    };
    let local = Server::start();
    assert!(page(&local, local.host()).await.contains(&command(&local)));
    let public = Server::with_arguments(&["--public-url", "https://mesh.example.com"]);
    let text = page(&public, "mesh.example.com").await;
    assert!(text.contains("meshspan login-link") && !text.contains("--data-dir"));
}
