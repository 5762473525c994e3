//! Renders charts with Helm.

use crate::{Outcome, cache};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

/// The result of a rendering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// The manifests.
    Manifests(String),
    /// The error message.
    Error(String),
}

/// The flag that selects the version of Helm; it is not one of Helm's.
const VERSION_FLAG: &str = "--helm";

/// Helm 3 and Helm 4 with a separate home folder, which is removed when this is dropped.
pub(super) struct Oracle {
    helm: PathBuf,
    helm_4: PathBuf,
    home: PathBuf,
    charts: AtomicUsize,
}

impl Oracle {
    pub(super) fn new(helm: PathBuf, helm_4: PathBuf) -> Outcome<Self> {
        let home = cache::folder().join(format!("golden-{}", std::process::id()));
        fs::create_dir_all(&home)?;
        Ok(Self {
            helm,
            helm_4,
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

    /// The command of the version that the flags select, and the flags for it.
    fn program<'f>(&self, flags: &'f [String]) -> (Command, Vec<&'f String>) {
        let pairs: Vec<&[String]> = flags.windows(2).collect();
        let is_4 = pairs.iter().any(|pair| pair == &[VERSION_FLAG, "4"]);
        let helm = if is_4 { &self.helm_4 } else { &self.helm };
        let mut rest = flags.iter();
        let mut own = Vec::new();
        while let Some(flag) = rest.next() {
            if flag == VERSION_FLAG {
                rest.next();
            } else {
                own.push(flag);
            }
        }
        (Command::new(helm), own)
    }

    /// Runs `helm lint CHART` with more arguments in `folder`; returns the findings, one a line.
    pub(super) fn lint(
        &self,
        chart: &Path,
        folder: &Path,
        arguments: &[String],
    ) -> Outcome<String> {
        let (mut helm, mut own) = self.program(arguments);
        own.retain(|flag| *flag != "lint");
        helm.current_dir(folder).arg("lint").arg(chart).args(own);
        self.isolate(&mut helm);
        let output = helm.output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // What concerns the folder is a finding in its charts/.
        let text = text.replace(&*folder.join(chart).to_string_lossy(), "charts/");
        let findings: Vec<&str> = text.lines().filter(|line| line.starts_with('[')).collect();
        Ok(findings.join("\n"))
    }

    /// Keeps Helm away from the clusters and the settings of the user.
    fn isolate(&self, helm: &mut Command) {
        helm.env("KUBECONFIG", self.home.join("no-clusters"))
            .env("TZ", "UTC");
        for home in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
            helm.env(home, self.home.join(home));
        }
    }

    /// Runs `helm template rel CHART -n ns1 --kube-version 1.31.0` with more arguments in `folder`.
    pub(super) fn template(
        &self,
        chart: &Path,
        folder: &Path,
        arguments: &[String],
    ) -> Outcome<Output> {
        let (mut helm, arguments) = self.program(arguments);
        helm.current_dir(folder)
            .arg("template")
            .arg("rel")
            .arg(chart)
            .args(["-n", "ns1", "--kube-version", "1.31.0"])
            .args(arguments);
        self.isolate(&mut helm);
        let output = helm.output()?;
        if output.status.success() {
            return Ok(Output::Manifests(
                String::from_utf8_lossy(&output.stdout).into_owned(),
            ));
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        let error = stderr
            .split_once("Error: ")
            .map_or(&*stderr, |(_, error)| error);
        let hint = "\n\nUse --debug flag to render out invalid YAML";
        Ok(Output::Error(sorted(
            error.trim_end().trim_end_matches(hint),
        )))
    }
}

/// Sorts schema errors, since Helm lists them in a random order.
fn sorted(error: &str) -> String {
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
