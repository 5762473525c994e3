//! Runs both programs on a chart, with a timeout.

use super::find::Case;
use crate::{Outcome, cache};
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// The maximum duration of one rendering.
const TIMEOUT: Duration = Duration::from_mins(1);

/// The result of a rendering.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// The manifests.
    Manifests(String),
    /// The error message.
    Error(String),
}

/// Meshspan and Helm, with home folders that are removed when this is dropped.
pub(super) struct Programs {
    meshspan: PathBuf,
    helm: PathBuf,
    flags: Vec<String>,
    home: PathBuf,
}

impl Programs {
    pub(super) fn new(meshspan: PathBuf, helm: PathBuf, flags: Vec<String>) -> Outcome<Self> {
        let home = cache::folder().join(format!("conformance-{}", std::process::id()));
        fs::create_dir_all(&home)?;
        Ok(Self {
            meshspan,
            helm,
            flags,
            home,
        })
    }

    pub(super) fn meshspan(&self, case: &Case) -> Outcome<Output> {
        self.run(&self.meshspan, case)
    }

    pub(super) fn helm(&self, case: &Case) -> Outcome<Output> {
        self.run(&self.helm, case)
    }

    fn run(&self, program: &Path, case: &Case) -> Outcome<Output> {
        let mut command = Command::new(program);
        command.arg("template").arg("rel").arg(&case.chart);
        command.args(["-n", "ns1"]).args(&self.flags);
        if let Some(values) = &case.values {
            command.arg("-f").arg(values);
        }
        for home in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
            command.env(home, self.home.join(home));
        }
        command
            .env("KUBECONFIG", self.home.join("no-clusters"))
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        output(&mut command)
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.home);
    }
}

fn output(command: &mut Command) -> Outcome<Output> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start {command:?}: {error}"))?;
    let stdout = child.stdout.take().map(reader);
    let stderr = child.stderr.take().map(reader);
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if start.elapsed() > TIMEOUT {
            child.kill()?;
            child.wait()?;
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = |thread: Option<std::thread::JoinHandle<String>>| {
        thread
            .and_then(|thread| thread.join().ok())
            .unwrap_or_default()
    };
    let (stdout, stderr) = (text(stdout), text(stderr));
    Ok(match status {
        Some(status) if status.success() => Output::Manifests(stdout),
        Some(_) => Output::Error(error_message(&stderr)),
        None => Output::Error(format!("no output after {} s", TIMEOUT.as_secs())),
    })
}

fn reader(mut stream: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The message after `Error: ` without hints and positions; schema errors are sorted, since Helm lists
/// them in a random order.
fn error_message(stderr: &str) -> String {
    let error = stderr
        .split_once("Error: ")
        .map_or(stderr, |(_, error)| error);
    let error = error.split("\n\nUse --debug flag").next().unwrap_or(error);
    let error = error.split("\n\n  at ").next().unwrap_or(error);
    let mut lines: Vec<&str> = error.trim_end().lines().collect();
    if error.contains("specifications of the schema") {
        for list in lines.chunk_by_mut(|a, b| a.starts_with("- ") == b.starts_with("- ")) {
            list.sort_unstable();
        }
    }
    lines.join("\n")
}
