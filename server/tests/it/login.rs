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
