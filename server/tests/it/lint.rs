//! `meshspan lint` as a command: its options and its exit status.

use std::path::Path;
use std::process::{Command, Output};

fn lint(folder: &Path, options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshspan"));
    command.arg("lint").arg(folder).args(options);
    command.output().expect("the command runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A chart with this Chart.yaml and a CronJob that Kubernetes deprecated in 1.21.
fn chart(metadata: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("written");
    };
    std::fs::create_dir(folder.path().join("templates")).expect("a directory");
    write("Chart.yaml", metadata);
    write("values.yaml", "a: 1\n");
    let job = "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: a}\n";
    write("templates/job.yaml", job);
    folder
}

const METADATA: &str = "apiVersion: v2\nname: web\nversion: 1.0.0\nicon: https://example.com/i\n";

#[test]
fn the_version_of_kubernetes_decides_what_is_deprecated_and_strict_what_fails() {
    let folder = chart(METADATA);
    let old = lint(folder.path(), &["--kube-version", "1.20.3", "--strict"]);
    assert_eq!(stdout(&old), "errors: 0, messages: 0\n");
    assert!(old.status.success());
    let new = lint(folder.path(), &["--kube-version", "1.25.0"]);
    let warning = "batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+";
    assert!(stdout(&new).contains(warning), "{}", stdout(&new));
    assert!(new.status.success());
    let strict = lint(folder.path(), &["--kube-version", "1.25.0", "--strict"]);
    assert_eq!(stdout(&strict), stdout(&new));
    assert!(!strict.status.success());
}

#[test]
fn a_chart_that_cannot_be_loaded_is_linted_as_far_as_possible() {
    let folder = chart("apiVersion: v2\nname: web\nicon: no url\n");
    let output = lint(folder.path(), &[]);
    assert!(!output.status.success());
    for text in [
        "error: Chart.yaml: version is required",
        "error: Chart.yaml: invalid icon URL 'no url'",
        "error: Chart.yaml: validation: chart.metadata.version is required",
    ] {
        assert!(stdout(&output).contains(text), "{}", stdout(&output));
    }
}

#[test]
fn an_archive_that_does_not_exist_is_reported_without_the_words_of_a_library() {
    let output = lint(Path::new("/nowhere/web.tgz"), &[]);
    assert!(!output.status.success());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        stderr.contains("/nowhere/web.tgz") && !stderr.contains("os error"),
        "{stderr}"
    );
}
