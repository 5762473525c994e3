//! The console behind a reverse proxy that terminates TLS: `--public-url`.

use crate::server::{Server, client};
use std::process::Command;

const URL: &str = "https://mesh.example.com";
const HOST: &str = "mesh.example.com";

/// Starts a server behind a public URL, and gives it with the address that the proxy dials.
fn start(arguments: &[&str]) -> (Server, String) {
    let server = Server::with_arguments(&[&["--public-url", URL], arguments].concat());
    assert!(server.url("").starts_with(URL), "{}", server.url(""));
    let listener = format!("http://{}", server.listener());
    (server, listener)
}

/// Logs in through the proxy and gives the whole `Set-Cookie`.
async fn log_in(server: &Server, login: &str) -> String {
    let response = client()
        .get(format!("{login}?token={}", server.token))
        .header("host", HOST)
        .send()
        .await
        .expect("a response");
    assert_eq!(response.status(), 303);
    let cookie = response.headers()["set-cookie"].to_str().expect("text");
    cookie.to_owned()
}

#[test]
fn an_address_that_other_machines_reach_is_refused_without_a_public_url() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let output = Command::new(env!("CARGO_BIN_EXE_meshspan"))
        .args(["serve", "--listen", "0.0.0.0:0", "--data-dir"])
        .arg(&data)
        .output()
        .expect("the command runs");
    assert!(!output.status.success());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        stderr.contains("refusing to listen on 0.0.0.0:0"),
        "{stderr}"
    );
    assert!(
        stderr.contains("hint: pass --public-url https://NAME"),
        "{stderr}"
    );
    assert!(!data.exists(), "the data directory was created");
}

#[tokio::test]
async fn the_cookie_is_secure_and_the_plain_one_is_not_accepted() {
    let (server, listener) = start(&["--base-path", "/console"]);
    let cookie = log_in(&server, &format!("{listener}/console/login")).await;
    assert!(
        cookie.starts_with("__Host-meshspan_session=")
            && cookie.contains("; Path=/; Secure; HttpOnly; SameSite=Lax;"),
        "{cookie}"
    );
    let pair = cookie.split(';').next().expect("a pair");
    let token = pair.split_once('=').expect("a pair").1;
    for (cookie, expected) in [
        (pair.to_owned(), 200),
        (format!("meshspan_session={token}"), 401),
    ] {
        let response = client()
            .get(format!("{listener}/console/live"))
            .header("host", HOST)
            .header("cookie", &cookie)
            .send()
            .await;
        assert_eq!(response.expect("a response").status(), expected);
    }
}

#[tokio::test]
async fn only_the_public_host_and_its_origin_are_accepted() {
    let (server, listener) = start(&[]);
    let cookie = log_in(&server, &format!("{listener}/login")).await;
    let pair = cookie.split(';').next().expect("a pair");
    let address = server.listener();
    for (host, origin, expected) in [
        (HOST, "http://mesh.example.com", 403),
        (HOST, listener.as_str(), 403),
        (address.as_str(), URL, 421),
        ("localhost", URL, 421),
        (HOST, URL, 204),
    ] {
        let response = client()
            .post(format!("{listener}/logout"))
            .header("host", host)
            .header("origin", origin)
            .header("cookie", pair)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/json")
            .body("{}")
            .send()
            .await
            .expect("a response");
        assert_eq!(response.status(), expected, "{host} {origin}");
    }
}

#[tokio::test]
async fn a_probe_by_address_reaches_the_health_endpoint_only() {
    let (_server, listener) = start(&[]);
    for (path, expected) in [("/healthz", 200), ("/login", 421), ("/", 421)] {
        let response = client().get(format!("{listener}{path}")).send().await;
        assert_eq!(response.expect("a response").status(), expected, "{path}");
    }
}

#[test]
fn a_url_that_is_not_https_is_rejected_with_the_reason() {
    for (url, reason) in [
        ("http://mesh.example.com", "the scheme must be https"),
        ("https://mesh.example.com/console", "use --base-path"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_meshspan"))
            .args(["serve", "--public-url", url])
            .output()
            .expect("the command runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && stderr.contains(reason),
            "{stderr}"
        );
    }
}
