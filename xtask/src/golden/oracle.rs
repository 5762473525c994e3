//! The real Helm, asked to render a chart.

use crate::{Outcome, cache};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

/// What Helm made of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// What it printed.
    Gives(String),
    /// What it complained of.
    Fails(String),
}

/// A Helm with homes of its own, which are removed in the end.
pub(super) struct Oracle {
    helm: PathBuf,
    home: PathBuf,
    charts: AtomicUsize,
}

impl Oracle {
    pub(super) fn new(helm: PathBuf) -> Outcome<Self> {
        let home = cache::folder().join(format!("golden-{}", std::process::id()));
        fs::create_dir_all(&home)?;
        Ok(Self {
            helm,
            home,
            charts: AtomicUsize::new(0),
        })
    }

    /// An empty folder for a chart.
    pub(super) fn folder(&self) -> Outcome<PathBuf> {
        let count = self.charts.fetch_add(1, Ordering::Relaxed);
        let folder = self.home.join(format!("chart-{count}"));
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// `helm template rel CHART -n ns1 --kube-version 1.31.0` with further arguments, run in `at`.
    pub(super) fn template(&self, chart: &Path, at: &Path, more: &[String]) -> Outcome<Answer> {
        let mut helm = Command::new(&self.helm);
        helm.current_dir(at)
            .arg("template")
            .arg("rel")
            .arg(chart)
            .args(["-n", "ns1", "--kube-version", "1.31.0"])
            .args(more)
            .env("KUBECONFIG", self.home.join("no-clusters"))
            .env("TZ", "UTC");
        for home in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
            helm.env(home, self.home.join(home));
        }
        let output = helm.output()?;
        if output.status.success() {
            return Ok(Answer::Gives(
                String::from_utf8_lossy(&output.stdout).into_owned(),
            ));
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let error = said
            .split_once("Error: ")
            .map_or(&*said, |(_, error)| error);
        let hint = "\n\nUse --debug flag to render out invalid YAML";
        Ok(Answer::Fails(in_order(
            error.trim_end().trim_end_matches(hint),
        )))
    }
}

/// Helm lists what does not fit a schema in another order each time.
fn in_order(error: &str) -> String {
    if !error.contains("specifications of the schema") {
        return error.to_owned();
    }
    let mut lines: Vec<&str> = error.lines().collect();
    for list in lines.chunk_by_mut(|a, b| a.starts_with("- ") == b.starts_with("- ")) {
        list.sort_unstable();
    }
    lines.join("\n")
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.home);
    }
}
