//! `meshspan export`: the built-in charts as folders.

use std::{
    path::Path,
    process::{Command, Output},
};

fn export(folder: &Path, to: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshspan"));
    command.current_dir(folder).args(["export", to]);
    command.output().expect("it ends")
}

fn said(output: &Output) -> String {
    let (out, error) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(error)
    )
}

#[test]
fn the_charts_are_written_and_nothing_of_somebody_else_is_overwritten() {
    let home = tempfile::tempdir().expect("a folder");
    let first = export(home.path(), ".");
    assert!(first.status.success(), "{}", said(&first));
    for chart in ["ack-istio", "ack-istio-remote", "bookinfo"] {
        let folder = format!("./built-in/{chart}: ");
        assert!(said(&first).contains(&folder), "{}", said(&first));
        let chart = home.path().join("built-in").join(chart);
        assert!(chart.join("Chart.yaml").is_file());
    }
    let second = export(home.path(), ".");
    assert!(second.status.success());
    assert!(said(&second).contains("there already, the same"));

    let values = home.path().join("built-in/ack-istio/values.yaml");
    std::fs::write(&values, "mine: true\n").expect("written");
    let refused = export(home.path(), ".");
    assert!(!refused.status.success());
    assert!(said(&refused).contains("values.yaml exists with other content"));
    let kept = std::fs::read_to_string(&values).expect("kept");
    assert_eq!(kept, "mine: true\n");
}
