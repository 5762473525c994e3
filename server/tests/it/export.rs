//! `meshspan export`: the built-in charts as directories.

use std::{
    path::Path,
    process::{Command, Output},
};

fn export(folder: &Path, to: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshspan"));
    command.current_dir(folder).args(["export", to]);
    command.output().expect("the command runs")
}

fn text(output: &Output) -> String {
    let (stdout, stderr) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(stdout),
        String::from_utf8_lossy(stderr)
    )
}

#[test]
fn export_writes_the_charts_and_overwrites_no_changed_file() {
    let home = tempfile::tempdir().expect("a folder");
    let first = export(home.path(), ".");
    assert!(first.status.success(), "{}", text(&first));
    for chart in ["ack-istio", "ack-istio-remote", "bookinfo"] {
        let folder = format!("./built-in/{chart}: ");
        assert!(text(&first).contains(&folder), "{}", text(&first));
        let chart = home.path().join("built-in").join(chart);
        assert!(chart.join("Chart.yaml").is_file());
    }
    let second = export(home.path(), ".");
    assert!(second.status.success());
    assert!(text(&second).contains("unchanged"));

    let values = home.path().join("built-in/ack-istio/values.yaml");
    std::fs::write(&values, "mine: true\n").expect("written");
    let refused = export(home.path(), ".");
    assert!(!refused.status.success());
    assert!(text(&refused).contains("values.yaml exists with other content"));
    let content = std::fs::read_to_string(&values).expect("the file");
    assert_eq!(content, "mine: true\n");
}
