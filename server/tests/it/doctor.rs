//! `meshspan doctor` with a running server.

use crate::server::Server;
use std::process::{Command, Output};
use wire::check::{CheckCode, CheckStatus, DoctorView};

fn doctor(folder: &std::path::Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshspan"));
    command.args(["doctor", "--data-dir"]).arg(folder);
    command.args(arguments).output().expect("the command runs")
}

#[test]
fn the_doctor_checks_the_clusters_of_a_running_server() {
    let server = Server::with_arguments(&["--sandbox"]);
    let folder = server.folder.path();
    let output = doctor(folder, &["--json"]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    let report: DoctorView = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report.clusters, ["istio-control-plane", "istio-remote1"]);
    assert_eq!(report.count(CheckStatus::Failed), 0);
    let ranges = report
        .checks
        .iter()
        .find(|check| check.code == CheckCode::ServiceRanges);
    assert_eq!(ranges.map(|check| check.status), Some(CheckStatus::Passed));

    let text = doctor(folder, &["--cluster", "istio-remote1"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.starts_with("Mesh over istio-remote1 (istiod)"),
        "{text}"
    );
    assert!(text.contains("P20 Passed"), "{text}");

    let unknown = doctor(folder, &["--cluster", "unknown"]);
    assert!(!unknown.status.success());
}

#[test]
fn without_a_database_the_doctor_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = doctor(folder.path(), &[]);
    assert!(!output.status.success());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(stderr.contains("holds no console database"), "{stderr}");
    let database = folder.path().join("meshspan.db");
    assert!(!database.exists(), "the command created a database");
}
