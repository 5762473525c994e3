//! Renders a chart directory repeatedly and prints the duration of one rendering.
//!
//! `render_often DIRECTORY COUNT` prints the median in milliseconds and the peak memory in MB; the
//! benchmark compares it with Helm as a library.
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use chart::{Capabilities, Chart, Facts, ReleaseFacts, Values, render_to_print};

/// The allocator of the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn files(root: &Path, folder: &Path, found: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(root, &path, found)?;
        } else {
            let name = path.strip_prefix(root).unwrap_or(&path).display();
            found.push((name.to_string(), fs::read(&path)?));
        }
    }
    Ok(())
}

/// The peak memory of this process, in MB.
fn peak() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let digits = line.and_then(|line| line.split_whitespace().nth(1));
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0.0) / 1000.0
}

#[expect(clippy::print_stdout, reason = "an example says what it found")]
fn main() -> Result<(), Box<dyn Error>> {
    let rendered = chart::with_large_stack(|| render().map_err(|error| error.to_string()))?;
    println!("{}", rendered?);
    Ok(())
}

/// Renders as the arguments tell, on the thread of the renderings; the result is the line to print.
fn render() -> Result<String, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("no folder")?;
    let times: usize = arguments.next().unwrap_or_default().parse().unwrap_or(20);
    let mut found = Vec::new();
    files(Path::new(&folder), Path::new(&folder), &mut found)?;
    let chart = Chart::from_folder(found)?;
    let facts = Facts {
        release: ReleaseFacts {
            name: "rel".into(),
            namespace: "ns1".into(),
            revision: 1,
            upgrade: false,
        },
        capabilities: Capabilities::default(),
        now: jiff::Timestamp::UNIX_EPOCH,
        seed: chart::Seed::new([7; 32]),
        lookup: chart::Lookup::none(),
        helm: chart::HelmVersion::V3,
    };
    let mut taken = Vec::new();
    for _ in 0..times.max(1) {
        let start = Instant::now();
        render_to_print(&chart, &Values::empty(), &facts)?;
        taken.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    taken.sort_by(f64::total_cmp);
    let median = taken.get(taken.len() / 2).copied().unwrap_or_default();
    Ok(format!("{median:.3} {:.1}", peak()))
}
