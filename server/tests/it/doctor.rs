//! `meshspan doctor` beside a running server.

use crate::running::Running;
use std::process::{Command, Output};
use wire::check::{CheckCode, DoctorView, CheckStatus};

fn doctor(folder: &std::path::Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshspan"));
    command.args(["doctor", "--data-dir"]).arg(folder);
    command.args(arguments).output().expect("it ends")
}

#[test]
fn the_doctor_looks_at_the_clusters_of_a_running_server() {
    let running = Running::with(&["--sandbox"]);
    let folder = running.folder.path();
    let output = doctor(folder, &["--json"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
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

    let unknown = doctor(folder, &["--cluster", "nobody"]);
    assert!(!unknown.status.success());
}

#[test]
fn without_a_console_there_is_nothing_to_look_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = doctor(folder.path(), &[]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("there is no console in"), "{said}");
    assert!(!folder.path().join("meshspan.db").exists(), "none is made");
}
