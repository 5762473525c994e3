//! The releases of a bundle render as the real helm renders them, with the charts of each minor of Istio.
#![expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration but its environment"
)]

use crate::bundles::{Part, both_minors, parts};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

const TEST: &str = "istios_charts_of_both_minors_render_as_with_helm";

/// The program helm; none, with a line that says why, where it is not there.
#[expect(
    clippy::print_stdout,
    reason = "the line that `cargo xtask test` counts"
)]
fn helm() -> Option<PathBuf> {
    let tools = std::env::var_os("MESHSPAN_TOOLS").map(PathBuf::from);
    let program = tools.map(|tools| tools.join("helm"));
    let program = program.filter(|program| program.is_file());
    if program.is_none() {
        println!("SKIPPED: {TEST}: helm is not in MESHSPAN_TOOLS");
    }
    program
}

/// What helm renders of a part.
fn of_helm(helm: &Path, part: &Part) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (chart, values) = (
        folder.path().join("chart.tgz"),
        folder.path().join("values.json"),
    );
    std::fs::write(&chart, &part.archive).unwrap();
    std::fs::write(&values, part.values.to_json().to_string()).unwrap();
    let output = Command::new(helm)
        .env("HOME", folder.path())
        .args(["template", part.release])
        .arg(&chart)
        .args([
            "--namespace",
            "istio-system",
            "--no-hooks",
            "--kube-version",
            "1.36.3",
        ])
        .args([
            "--api-versions",
            "policy/v1",
            "--api-versions",
            "autoscaling/v2",
        ])
        .arg("--values")
        .arg(&values)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn istios_charts_of_both_minors_render_as_with_helm() {
    let Some(helm) = helm() else { return };
    let primary = "
global: {meshID: shop, network: blue, multiCluster: {clusterName: east}}
gateways: {istio-ilbgateway: {enabled: true}}";
    let remote =
        "global: {remotePilotAddress: 10.1.2.3, network: blue, multiCluster: {clusterName: west}}";
    for minor in both_minors(TEST) {
        let mut all = parts(&minor, "ack-istio", primary).await;
        all.extend(parts(&minor, "ack-istio-remote", remote).await);
        assert_eq!(all.len(), 6, "base and istiod twice, two gateways");
        for part in &all {
            let (ours, helms) = (part.manifests().text(), of_helm(&helm, part));
            let lines = ours.lines().zip(helms.lines()).enumerate();
            for (number, (ours, helms)) in lines {
                let at = (minor.version, part.release, number + 1);
                assert_eq!(ours, helms, "Istio, release and line: {at:?}");
            }
            assert_eq!(
                ours.trim_end().lines().count(),
                helms.trim_end().lines().count()
            );
        }
    }
}
