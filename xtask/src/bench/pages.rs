//! Pages in a browser with many clusters and releases, and the time from a change in a cluster to the pixel.
//!
//! The clusters run in a process of their own, so that the memory is that of the console alone. The table is
//! written into docs/performance.md. Start at [`measure`].

use super::console::{Console, number};
use crate::{Outcome, cache, run_program, tools};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const CLUSTERS: u32 = 200;
const RELEASES: u32 = 5_000;
/// How long the clusters may take to start.
const START_TIMEOUT: Duration = Duration::from_mins(5);

/// The pages, by the names that the browser part gives them.
const PAGES: [&str; 6] = [
    "overview", "releases", "clusters", "jobs", "meshes", "catalog",
];

/// The clusters; they end when this is dropped.
struct Fleet {
    child: Child,
    folder: PathBuf,
}

impl Fleet {
    fn start() -> Outcome<Self> {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(cache::root()).args([
            "build",
            "--locked",
            "--package",
            "sandbox",
            "--example",
            "fleet",
        ]);
        run_program::run("compiling the clusters", &mut cargo)?;
        let folder = std::env::temp_dir().join(format!("meshspan-fleet-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let fleet = Self {
            child: Command::new(cache::target().join("debug/examples/fleet"))
                .args([CLUSTERS.to_string(), RELEASES.to_string()])
                .arg(folder.join("kubeconfig"))
                .stdout(Stdio::null())
                .spawn()?,
            folder,
        };
        let start = Instant::now();
        while !fleet.kubeconfig().is_file() {
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

/// Measures the pages of a program and writes the table.
pub(super) fn measure(program: &Path) -> Outcome {
    tools::playwright()?;
    let chromium = tools::chromium()?;
    let fleet = Fleet::start()?;
    let console = Console::start(program, &["--allow-loopback-clusters"])?;
    let load = load_average();
    let mut node = Command::new("node");
    node.current_dir(cache::root().join("end2end"))
        .arg("bench-pages.mjs")
        .env("MESHSPAN_LINK", &console.link)
        .env("MESHSPAN_CLUSTER", fleet.kubeconfig())
        .env("MESHSPAN_CHROMIUM", chromium);
    let seen = run_program::read(&mut node)?;
    let memory = console.memory()?;
    let text = document(program, &seen, memory, &load)?;
    let file = cache::root().join("docs/performance.md");
    fs::write(&file, text)?;
    eprintln!("xtask: wrote {}", file.display());
    Ok(())
}

/// The load of the machine before the measurement, as the system tells it.
fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}

fn document(program: &Path, seen: &str, memory: f64, load: &str) -> Outcome<String> {
    let build = if program.components().any(|part| part.as_os_str() == "debug") {
        "a development build, several times slower than a release"
    } else {
        "an optimised build"
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mut text = format!(
        "# Performance\n\n`cargo xtask bench pages` wrote this file: {RELEASES} releases on {CLUSTERS} clusters, \
         which run in a process of their own, and Chromium on the same machine with {cores} cores. The console was \
         {build}; the load of the machine was {load} when the browser started. Bytes are those of a page with \
         its files in the browser's cache revalidated; times are medians of five visits.\n\n\
         | Page | Requests | kB sent | HTML kB | HTML kB sent | First paint ms | Hydrated ms | Layout shift | \
         Longest task ms |\n|---|---|---|---|---|---|---|---|---|\n"
    );
    for page in PAGES {
        let (_, own) = seen
            .split_once(&format!("\"{page}\":"))
            .ok_or_else(|| format!("no page {page}"))?;
        let value = |key| number(own, key);
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
    write!(
        text,
        "\n| What | Value | Goal |\n|---|---|---|\n\
         | A change in a cluster to the pixel, p50 of {:.0} | {:.0} ms | |\n\
         | The same, p99 | {:.0} ms | 300 ms |\n\
         | Layout shift of a page | see above | below 0.02 |\n\
         | First HTML | see above | below 100 kB |\n\
         | Memory of the console after the measurement | {memory:.0} MB | 150 MB |\n",
        number(seen, "changes")?,
        number(seen, "change_p50")?,
        number(seen, "change_p99")?,
    )?;
    Ok(text)
}
