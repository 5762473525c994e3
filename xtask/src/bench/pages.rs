//! Pages in a browser with many clusters, releases and pods, and the time from a change in a cluster to the pixel.
//!
//! The clusters run in a process of their own, so that the memory is that of the console alone. The tables are
//! printed; with `--write` they become docs/performance.md. Start at [`measure`].

use super::console::{Console, number};
use crate::{Outcome, cache, profile::Profile, run, run_program, site, tools};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const CLUSTERS: u32 = 200;
const RELEASES: u32 = 5_000;
const PODS: u32 = 10_000;
/// How long the clusters may take to start.
const START_TIMEOUT: Duration = Duration::from_mins(5);
/// The server and the clusters are built as they are distributed.
const PROFILE: Profile = Profile::Dist;

/// The pages, by the names that the browser part gives them.
const PAGES: [&str; 9] = [
    "overview", "releases", "clusters", "jobs", "meshes", "catalog", "cluster", "release",
    "new mesh",
];

/// The goals.
const MAX_CHANGE_MS: f64 = 300.0;
const MAX_MEMORY_MB: f64 = 150.0;
const MAX_HTML_KB: f64 = 100.0;
const MAX_LAYOUT_SHIFT: f64 = 0.02;

/// The clusters; they end when this is dropped.
struct Fleet {
    child: Child,
    folder: PathBuf,
}

impl Fleet {
    fn start() -> Outcome<Self> {
        let folder = std::env::temp_dir().join(format!("meshspan-fleet-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let program = run::program(PROFILE).with_file_name("examples");
        let numbers = [CLUSTERS, RELEASES, PODS].map(|number| number.to_string());
        let mut fleet = Self {
            child: Command::new(program.join("fleet"))
                .args(numbers)
                .arg(folder.join("kubeconfig"))
                .stdout(Stdio::null())
                .spawn()?,
            folder,
        };
        let start = Instant::now();
        while !fleet.kubeconfig().is_file() {
            if let Some(status) = fleet.child.try_wait()? {
                return Err(format!("the clusters ended with {status}").into());
            }
            if start.elapsed() > START_TIMEOUT {
                return Err("the clusters did not start in time".into());
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(fleet)
    }

    fn kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig")
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Builds the clusters, and the server unless `program` is one.
fn build(program: Option<PathBuf>) -> Outcome<PathBuf> {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(cache::root())
        .args(["build", "--locked", "--workspace", "--example", "fleet"])
        .args(["--profile", PROFILE.server()]);
    if program.is_none() {
        cargo.args(["--bin", "meshspan"]);
        site::build(PROFILE)?;
    }
    run_program::run("compiling the server and the clusters", &mut cargo)?;
    Ok(program.unwrap_or_else(|| run::program(PROFILE)))
}

/// Measures the pages of a program, or of the server that it builds, and prints the tables.
pub(super) fn measure(program: Option<PathBuf>, is_written: bool) -> Outcome {
    tools::playwright()?;
    let chromium = tools::chromium()?;
    let program = build(program)?;
    let fleet = Fleet::start()?;
    let console = Console::start(&program, &["--allow-loopback-clusters"])?;
    let load = load_average();
    let mut node = Command::new("node");
    node.current_dir(cache::root().join("end2end"))
        .arg("bench-pages.mjs")
        .env("MESHSPAN_LINK", &console.link)
        .env("MESHSPAN_CLUSTER", fleet.kubeconfig())
        .env("MESHSPAN_CHROMIUM", chromium);
    let seen = run_program::read(&mut node)?;
    let memory = (console.memory()?, console.peak_memory()?);
    let text = document(&program, &seen, memory, &load)?;
    eprintln!("{text}");
    if is_written {
        let file = cache::root().join("docs/performance.md");
        let before = fs::read_to_string(&file).unwrap_or_default();
        fs::write(&file, with_other_sections(&text, &before))?;
        eprintln!("xtask: wrote {}", file.display());
    }
    Ok(())
}

/// The text with the sections of the file that are measured otherwise.
fn with_other_sections(text: &str, before: &str) -> String {
    let sections = before.find("\n## ").and_then(|at| before.get(at..));
    format!("{}\n{}", text.trim_end(), sections.unwrap_or_default())
}

/// The load of the machine before the measurement, as the system tells it.
fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}

/// The commit that is checked out.
fn commit() -> String {
    let mut git = Command::new("git");
    git.current_dir(cache::root())
        .args(["describe", "--always", "--dirty"]);
    let commit = run_program::read(&mut git);
    commit.map_or_else(|_| "unknown".to_owned(), |text| text.trim().to_owned())
}

fn document(program: &Path, seen: &str, memory: (f64, f64), load: &str) -> Outcome<String> {
    let build = if program.components().any(|part| part.as_os_str() == "debug") {
        "a development build, several times slower than a release,"
    } else {
        "built as it is distributed"
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let commit = commit();
    let mut text = format!(
        "# Performance\n\n`cargo xtask bench pages --write` wrote this file, at commit {commit}: {RELEASES} releases \
         and {PODS} pods on {CLUSTERS} clusters, which run in a process of their own, and Chromium on the same \
         machine with {cores} cores. The console was {build}; the load of the machine was {load} when the browser \
         started. Times are medians of several visits, with the files of the page in the browser's cache.\n\n\
         | Page | Requests | kB sent | HTML kB | HTML kB sent | First paint ms | Hydrated ms | Layout shift | \
         Longest task ms |\n|---|---|---|---|---|---|---|---|---|\n"
    );
    let (mut html, mut shift): (f64, f64) = (0.0, 0.0);
    for page in PAGES {
        let (_, own) = seen
            .split_once(&format!("\"{page}\":"))
            .ok_or_else(|| format!("no page {page}"))?;
        let value = |key| number(own, key);
        html = html.max(value("html")? / 1000.0);
        shift = shift.max(value("shift")?);
        writeln!(
            text,
            "| {page} | {:.0} | {:.0} | {:.0} | {:.1} | {:.0} | {:.0} | {:.3} | {:.0} |",
            value("requests")?,
            value("bytes")? / 1000.0,
            value("html")? / 1000.0,
            value("html_sent")? / 1000.0,
            value("paint")?,
            value("hydrated")?,
            value("shift")?,
            value("longest")?,
        )?;
    }
    text.push_str(&goals(seen, (html, shift), memory)?);
    Ok(text)
}

/// The table of the goals.
fn goals(seen: &str, (html, shift): (f64, f64), memory: (f64, f64)) -> Outcome<String> {
    let change = number(seen, "change_p99")?;
    let outcome = |value: f64, goal: f64| if value <= goal { "met" } else { "missed" };
    Ok(format!(
        "\n| What | Value | Goal | |\n|---|---|---|---|\n\
         | A change in a cluster to the pixel, p50 of {:.0} | {:.0} ms | | |\n\
         | The same, p99 | {change:.0} ms | {MAX_CHANGE_MS:.0} ms | {} |\n\
         | The same, the slowest | {:.0} ms | | |\n\
         | All clusters are reachable after they were added | {:.1} s | | |\n\
         | Largest layout shift of a page | {shift:.3} | {MAX_LAYOUT_SHIFT} | {} |\n\
         | Largest first HTML | {html:.0} kB | {MAX_HTML_KB:.0} kB | {} |\n\
         | Memory of the console after the measurement | {:.0} MB | {MAX_MEMORY_MB:.0} MB | {} |\n\
         | Its peak | {:.0} MB | | |\n",
        number(seen, "changes")?,
        number(seen, "change_p50")?,
        outcome(change, MAX_CHANGE_MS),
        number(seen, "change_slowest")?,
        number(seen, "reachable")? / 1000.0,
        outcome(shift, MAX_LAYOUT_SHIFT),
        outcome(html, MAX_HTML_KB),
        memory.0,
        outcome(memory.0, MAX_MEMORY_MB),
        memory.1,
    ))
}
