//! `meshspan audit`, while the server runs.

use crate::server::{Server, client};
use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Output},
    time::{Duration, Instant},
};

fn audit(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshspan"));
    command.args(["audit", "--data-dir"]).arg(folder);
    command.args(arguments).output().expect("the command runs")
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn logins_and_failed_logins_are_listed_with_filters() {
    let server = Server::start();
    server.log_in().await;
    let started = Instant::now();
    let failed = client()
        .get(server.url("/login?token=guessed-canary"))
        .header("user-agent", "curl/8.0")
        .send()
        .await
        .expect("a response");
    assert_eq!(failed.headers()["location"], "/login?used=1");
    assert!(started.elapsed() >= Duration::from_millis(400), "no delay");
    assert!(server.logs("curl, 127.0.0.1"), "{}", server.log());
    let log = server.log();
    assert!(log.contains("a login failed"), "{log}");

    let folder = server.folder.path();
    let all = text(&audit(folder, &[]));
    assert!(!all.contains("canary") && !log.contains("canary"), "{all}");
    let rows: Vec<Vec<&str>> = all
        .lines()
        .map(|line| line.split_whitespace().skip(1).collect())
        .collect();
    assert_eq!(rows[0], ["ACTOR", "ACTION", "OUTCOME", "JOB", "SUBJECT"]);
    assert_eq!(
        rows[1],
        ["server", "create-login-link", "succeeded", "-", "-"]
    );
    assert_eq!(
        rows[2],
        ["operator", "login", "succeeded", "-", "127.0.0.1"]
    );
    assert_eq!(rows[3], ["-", "login", "failed", "-", "curl,", "127.0.0.1"]);
    assert_eq!(rows.len(), 4);

    for (arguments, lines) in [
        (vec!["--action", "login"], 2),
        (vec!["--action", "login", "--outcome", "failed"], 1),
        (vec!["--actor", "operator"], 1),
        (vec!["--subject", "CURL"], 1),
        (vec!["--since", "1h"], 3),
        (vec!["--since", "2999-01-01"], 0),
        (vec!["--limit", "1"], 1),
    ] {
        let json = text(&audit(folder, &[&arguments[..], &["--json"]].concat()));
        assert_eq!(json.lines().count(), lines, "{arguments:?}: {json}");
    }
    let json = text(&audit(folder, &["--json", "--limit", "1"]));
    let line: Value = serde_json::from_str(&json).expect("JSON");
    let time = line["time"].as_str().expect("a time");
    assert!(time.starts_with("20") && time.ends_with('Z'), "{time}");
    assert_eq!(line["subject"], "curl, 127.0.0.1");
    assert_eq!(line["outcome"], "failed");
}

#[test]
fn without_a_database_and_with_a_wrong_time_nothing_is_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let none = audit(folder.path(), &[]);
    assert!(!none.status.success());
    assert!(!folder.path().join("meshspan.db").exists());
    let wrong = audit(folder.path(), &["--since", "yesterday"]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("examples are 2026-01-31"));
}
