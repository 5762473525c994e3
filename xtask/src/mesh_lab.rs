//! A mesh lab for a suite or a measurement: two clusters with nodes that run containers.

use crate::{Outcome, lab, run_program, tools};
use std::{path::PathBuf, process::Command};

/// The mesh lab; ended when this is dropped.
pub(crate) struct MeshLab {
    folder: PathBuf,
    /// The URL of the repository of Istio's charts.
    charts: String,
}

impl MeshLab {
    /// Starts the clusters in a folder of their own.
    ///
    /// # Errors
    /// Why the lab cannot run on this machine.
    pub(crate) fn start() -> Outcome<Self> {
        tools::containers()?;
        eprintln!("xtask: starting two clusters with nodes …");
        let folder = std::env::temp_dir().join(format!("meshspan-mesh-{}", std::process::id()));
        let lab = Self {
            charts: String::new(),
            folder,
        };
        let printed = run_program::read(&mut lab.command("up"))?;
        Ok(lab.with_charts(&charts_of(&printed)?))
    }

    fn with_charts(mut self, url: &str) -> Self {
        url.clone_into(&mut self.charts);
        self
    }

    /// Tells a program of the folder `end2end` where the lab is.
    pub(crate) fn set_environment(&self, command: &mut Command) {
        command
            .env("MESHSPAN_MESH_LAB", &self.folder)
            .env("MESHSPAN_LAB_PROGRAM", lab::program())
            .env("MESHSPAN_ISTIO_CHARTS", &self.charts);
    }

    /// The URL of the repository of Istio's charts.
    pub(crate) fn charts(&self) -> &str {
        &self.charts
    }

    /// The kubeconfig of the administrator of `east` or `west`.
    pub(crate) fn kubeconfig(&self, cluster: &str) -> PathBuf {
        self.folder.join(format!("{cluster}.kubeconfig"))
    }

    fn command(&self, command: &str) -> Command {
        let folder = self.folder.display().to_string();
        lab::command(&["mesh", command, "--folder", &folder].map(str::to_owned))
    }
}

/// The arguments of `meshspan serve` for the mesh lab that `cargo xtask lab mesh up` has started: its clusters, and its
/// repository of charts.
///
/// # Errors
/// When the lab does not run.
pub(crate) fn serve_arguments() -> Outcome<Vec<String>> {
    let status = ["mesh", "status"].map(str::to_owned);
    let printed = run_program::read(&mut lab::command(&status))?;
    let kubeconfigs = printed.split_whitespace();
    let kubeconfigs = kubeconfigs.filter_map(|word| word.strip_prefix("KUBECONFIG="));
    let mut arguments: Vec<String> = kubeconfigs
        .flat_map(|file| ["--kubeconfig".to_owned(), file.to_owned()])
        .collect();
    arguments.extend(["--istio-charts".to_owned(), charts_of(&printed)?]);
    Ok(arguments)
}

/// The repository of charts in what the lab has printed.
fn charts_of(printed: &str) -> Outcome<String> {
    let mut words = printed.split_whitespace();
    let url = words.find(|word| word.starts_with("http://") && word.ends_with("/charts"));
    Ok(url
        .ok_or("the lab has printed no repository of charts")?
        .to_owned())
}

impl Drop for MeshLab {
    fn drop(&mut self) {
        let _ = run_program::read(&mut self.command("down"));
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
