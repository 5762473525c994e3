//! Both programs, run on a chart with an end to their time.

use super::find::Case;
use crate::{Outcome, cache};
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// How long one rendering may take.
const LONGEST: Duration = Duration::from_mins(1);

/// What a program made of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// What it printed.
    Gives(String),
    /// What it complained of.
    Fails(String),
}

/// Ours and Helm's, with homes that are removed in the end.
pub(super) struct Programs {
    ours: PathBuf,
    helm: PathBuf,
    flags: Vec<String>,
    home: PathBuf,
}

impl Programs {
    pub(super) fn new(ours: PathBuf, helm: PathBuf, flags: Vec<String>) -> Outcome<Self> {
        let home = cache::folder().join(format!("conformance-{}", std::process::id()));
        fs::create_dir_all(&home)?;
        Ok(Self {
            ours,
            helm,
            flags,
            home,
        })
    }

    pub(super) fn ours(&self, case: &Case) -> Outcome<Answer> {
        self.run(&self.ours, case)
    }

    pub(super) fn helm(&self, case: &Case) -> Outcome<Answer> {
        self.run(&self.helm, case)
    }

    fn run(&self, program: &Path, case: &Case) -> Outcome<Answer> {
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
        answer(&mut command)
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.home);
    }
}

fn answer(command: &mut Command) -> Outcome<Answer> {
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
        if start.elapsed() > LONGEST {
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
        Some(status) if status.success() => Answer::Gives(stdout),
        Some(_) => Answer::Fails(complaint(&stderr)),
        None => Answer::Fails(format!("no answer after {} s", LONGEST.as_secs())),
    })
}

fn reader(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The words after `Error: `, without what either adds for a person; those about a schema come in no
/// order.
fn complaint(said: &str) -> String {
    let error = said.split_once("Error: ").map_or(said, |(_, error)| error);
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
