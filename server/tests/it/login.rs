//! Logging in: once, within its time, and without a trace.

use crate::server::{Running, client};

#[tokio::test]
async fn a_link_logs_in_once_and_leads_away_from_its_token() {
    let server = Running::start();
    let url = server.url(&format!("/login?token={}", server.ticket));
    let first = client().get(&url).send().await.expect("an answer");
    assert_eq!(
        (first.status().as_u16(), &first.headers()["location"]),
        (303, &"/".parse().expect(""))
    );
    let cookie = first.headers()["set-cookie"].to_str().expect("text");
    for wanted in ["HttpOnly", "SameSite=Lax", "Max-Age=43200", "Path=/"] {
        assert!(cookie.contains(wanted), "{cookie}");
    }
    let second = client().get(&url).send().await.expect("an answer");
    assert_eq!(second.headers()["location"], "/login?used=1");
    assert!(second.headers().get("set-cookie").is_none());
}

#[tokio::test]
async fn tokens_are_in_no_log_and_not_in_the_data_directory() {
    let server = Running::start();
    let cookie = server.log_in().await;
    let session = cookie.split_once('=').expect("a pair").1.to_owned();
    let asked = client()
        .get(server.url("/api/none"))
        .header("cookie", &cookie)
        .send()
        .await;
    asked.expect("an answer");
    for secret in [&server.ticket, &session] {
        assert!(!server.log().contains(secret.as_str()));
        for entry in std::fs::read_dir(server.folder.path()).expect("the folder") {
            let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
            assert!(!String::from_utf8_lossy(&bytes).contains(secret.as_str()));
        }
    }
}

#[tokio::test]
async fn logging_out_ends_the_session_on_the_server() {
    let server = Running::start();
    let cookie = server.log_in().await;
    let live = |cookie: String| {
        client()
            .get(server.url("/live"))
            .header("cookie", cookie)
            .send()
    };
    assert_eq!(live(cookie.clone()).await.expect("an answer").status(), 200);
    let out = client()
        .post(server.url("/logout"))
        .header("cookie", &cookie)
        .header("origin", server.url(""))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .body("{}")
        .send()
        .await
        .expect("an answer");
    assert_eq!(out.status(), 204);
    assert_eq!(live(cookie).await.expect("an answer").status(), 401);
}

#[test]
fn login_link_prints_a_new_link_for_the_running_server() {
    let server = Running::start();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_meshspan"))
        .args(["login-link", "--data-dir"])
        .arg(server.folder.path())
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.starts_with(&server.url("/login?token=")), "{said}");
    assert!(!said.contains(&server.ticket), "a new one");
}

#[test]
fn login_link_says_when_no_server_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_meshspan"))
        .args(["login-link", "--data-dir"])
        .arg(folder.path())
        .output()
        .expect("it runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no server runs on"));
}
