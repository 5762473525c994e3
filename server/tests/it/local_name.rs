//! The console on this machine: it is served on a random name below `localhost`, so that programs on other
//! ports do not receive its cookie.

use crate::server::{Server, client};
use std::process::Command;

#[tokio::test]
async fn the_console_is_served_on_its_own_name_which_is_kept() {
    let server = Server::start();
    let host = server.host().to_owned();
    let digits = host.strip_prefix("meshspan-").expect("a prefix");
    let digits = digits.split_once(".localhost:").expect("a suffix").0;
    assert_eq!(digits.len(), 32, "{host}");
    let response = client()
        .get(server.url(&format!("/login?token={}", server.token)))
        .send()
        .await
        .expect("a response");
    let cookie = response.headers()["set-cookie"].to_str().expect("text");
    // Without a domain, browsers send the cookie to this one host.
    assert!(!cookie.to_lowercase().contains("domain"), "{cookie}");

    let folder = server.stop();
    let name = host.split_once(':').expect("a port").0;
    let again = Server::on(folder, &[]);
    assert_eq!(again.host().split_once(':').expect("a port").0, name);
    let other = Server::start();
    assert_ne!(other.host().split_once(':').expect("a port").0, name);
}

#[tokio::test]
async fn an_address_answers_the_health_endpoint_and_a_redirect_without_a_cookie() {
    for base in ["", "/console"] {
        let path = if base.is_empty() { "/" } else { base };
        let server = Server::with_arguments(&["--base-path", path]);
        let cookie = server.log_in().await;
        let address = server.listener();
        let port = address.rsplit_once(':').expect("a port").1;
        for host in [address.clone(), format!("localhost:{port}")] {
            let send = async |method: &str, path: &str, mode: &str| {
                let method = method.parse().expect("a method");
                let response = client()
                    .request(method, format!("http://{address}{base}{path}"))
                    .header("host", &host)
                    .header("cookie", &cookie)
                    .header("origin", format!("http://{host}"))
                    .header("sec-fetch-site", "same-origin")
                    .header("sec-fetch-mode", mode)
                    .header("content-type", "application/json")
                    .header("accept", "text/html")
                    .send()
                    .await
                    .expect("a response");
                let location = response.headers().get("location").cloned();
                assert!(!response.headers().contains_key("set-cookie"));
                let location = location.map(|value| value.to_str().expect("text").to_owned());
                (response.status().as_u16(), location)
            };
            let health = send("GET", "/healthz", "navigate").await;
            assert_eq!(health, (200, None));
            for path in ["/clusters", "/clusters?add=yes", "/login?token=x"] {
                let own = format!("http://{}{base}{path}", server.host());
                assert_eq!(
                    send("GET", path, "navigate").await,
                    (307, Some(own)),
                    "{host}"
                );
            }
            for (method, path, mode) in [
                ("POST", "/api/session", "cors"),
                ("POST", "/logout", "navigate"),
                ("GET", "/live", "cors"),
                ("GET", "/pkg/meshspan.js", "no-cors"),
            ] {
                assert_eq!(send(method, path, mode).await, (421, None), "{host} {path}");
            }
        }
    }
}

#[tokio::test]
async fn the_plain_address_is_served_on_request_with_a_warning() {
    let server = Server::with_arguments(&["--plain-address"]);
    assert_eq!(server.host(), server.listener());
    let cookie = server.log_in().await;
    for host in [
        server.host().to_owned(),
        server.host().replace("127.0.0.1", "localhost"),
    ] {
        let response = client()
            .get(server.url("/clusters"))
            .header("host", host)
            .header("cookie", &cookie)
            .send()
            .await;
        assert_eq!(response.expect("a response").status(), 200);
    }
    assert!(server.logs("cookies know no port"), "{}", server.log());
    assert!(server.log().contains("WARN"), "{}", server.log());
}

#[test]
fn a_loopback_address_that_has_no_name_is_refused_with_a_hint() {
    let output = Command::new(env!("CARGO_BIN_EXE_meshspan"))
        .args(["serve", "--listen", "127.0.0.2:0"])
        .output()
        .expect("the command runs");
    assert!(!output.status.success());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        stderr.contains("hint: listen on 127.0.0.1, or pass --plain-address"),
        "{stderr}"
    );
}

#[test]
fn a_login_link_is_printed_to_a_terminal_or_on_request_only() {
    use std::io::BufRead as _;
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_meshspan"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the server starts");
    let lines = std::io::BufReader::new(child.stdout.take().expect("stdout")).lines();
    let line = lines
        .map_while(Result::ok)
        .find(|line| line.contains("http://"));
    let _ = child.kill();
    let _ = child.wait();
    let line = line.expect("the server prints its URL");
    assert!(
        line.contains(".localhost:") && line.contains("meshspan login-link"),
        "{line}"
    );
    assert!(!line.contains("token="), "{line}");
}
