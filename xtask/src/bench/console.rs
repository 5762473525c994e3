//! The console: start time, memory, and the timings of a page in a browser.

use super::Figure;
use crate::{Outcome, cache, tools};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Instant,
};

/// A running console; it is killed when this is dropped.
pub(crate) struct Console {
    child: Child,
    folder: PathBuf,
    /// The printed login link.
    pub(crate) link: String,
    /// Milliseconds until the link was printed.
    pub(crate) started: f64,
}

impl Console {
    /// Starts a console on a free port, with more arguments.
    pub(crate) fn start(program: &Path, arguments: &[&str]) -> Outcome<Self> {
        let folder = std::env::temp_dir().join(format!("meshspan-bench-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let start = Instant::now();
        let mut child = Command::new(program)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--print-login-link",
                "--istio-charts",
                "none",
            ])
            .arg("--data-dir")
            .arg(&folder)
            .args(arguments)
            .env("MESHSPAN_SITE", cache::site())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let link = lines
            .find(|line| line.contains("/login?token="))
            .ok_or("the server printed no login link")?;
        let started = start.elapsed().as_secs_f64() * 1000.0;
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            child,
            folder,
            link: link.trim().to_owned(),
            started,
        })
    }

    /// The resident memory in MB.
    pub(super) fn memory(&self) -> Outcome<f64> {
        memory(self.child.id(), "VmRSS:")
    }

    /// The largest resident memory so far in MB.
    pub(super) fn peak_memory(&self) -> Outcome<f64> {
        memory(self.child.id(), "VmHWM:")
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The memory of a process by the name of a line of its status, in MB.
fn memory(pid: u32, name: &str) -> Outcome<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find(|line| line.starts_with(name))
        .ok_or_else(|| format!("no {name}"))?;
    let digits = line.split_whitespace().nth(1).ok_or("no number")?;
    Ok(digits.parse::<f64>()? / 1000.0)
}

/// Runs the browser part of the benchmark and returns its output.
pub(crate) fn browse(link: &str, cluster: Option<&str>) -> Outcome<String> {
    let chromium = tools::chromium()?;
    tools::playwright()?;
    let mut node = Command::new("node");
    node.current_dir(cache::root().join("end2end"))
        .arg("bench.mjs")
        .env("MESHSPAN_LINK", link)
        .env("MESHSPAN_CHROMIUM", chromium);
    if let Some(cluster) = cluster {
        node.env("MESHSPAN_CLUSTER", cluster);
    }
    crate::run_program::read(&mut node)
}

/// The number of a key in a flat JSON object.
pub(crate) fn number(json: &str, key: &str) -> Outcome<f64> {
    let (_, rest) = json
        .split_once(&format!("\"{key}\":"))
        .ok_or_else(|| format!("no {key}"))?;
    let digits: String = rest
        .trim_start()
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    Ok(digits.parse()?)
}

/// Measures start, memory, first paint and hydration.
pub(super) fn figures(program: &Path, helpers: &Path) -> Outcome<Vec<Figure>> {
    let console = Console::start(program, &[])?;
    std::thread::sleep(std::time::Duration::from_secs(1));
    let (helm, proxy) = (helm_start(helpers)?, proxy_memory(helpers)?);
    let timings = browse(&console.link, None)?;
    Ok(vec![
        Figure {
            name: "server start until it listens",
            value: console.started,
            unit: "ms",
            peer: Some(("helm version", helm)),
        },
        Figure {
            name: "memory at rest, without the sandbox",
            value: console.memory()?,
            unit: "MB",
            peer: Some(("kubectl proxy", proxy)),
        },
        Figure {
            name: "first contentful paint of the catalog",
            value: number(&timings, "paint")?,
            unit: "ms",
            peer: None,
        },
        Figure {
            name: "hydrated (the page handles clicks)",
            value: number(&timings, "hydrated")?,
            unit: "ms",
            peer: None,
        },
        Figure {
            name: "requests of that page",
            value: number(&timings, "requests")?,
            unit: "",
            peer: None,
        },
    ])
}

fn helm_start(helpers: &Path) -> Outcome<f64> {
    let start = Instant::now();
    crate::run_program::read(Command::new(helpers.join("helm")).arg("version"))?;
    Ok(start.elapsed().as_secs_f64() * 1000.0)
}

fn proxy_memory(helpers: &Path) -> Outcome<f64> {
    // Without credentials, kubectl would ask for them and exit.
    let mut proxy = Command::new(helpers.join("kubectl"))
        .args(["proxy", "--port=0", "--server=https://127.0.0.1:1"])
        .arg("--token=none")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    std::thread::sleep(std::time::Duration::from_secs(1));
    let resident = memory(proxy.id(), "VmRSS:");
    let _ = proxy.kill();
    let _ = proxy.wait();
    resident
}
