//! The console under load: event streams that stay open, and pages at a fixed rate, for two minutes.

use super::{
    Figure,
    console::{Console, number},
};
use crate::{Outcome, cache, run_program};
use std::{path::Path, process::Command};

/// The number of event streams, each that of a visible tab.
const STREAMS: u32 = 300;
/// The number of pages a second.
const RATE: u32 = 200;
/// The duration in seconds.
const SECONDS: u32 = 120;

/// Measures latencies and memory under load.
pub(super) fn figures(program: &Path) -> Outcome<Vec<Figure>> {
    let console = Console::start(program, &[])?;
    let mut node = Command::new("node");
    node.current_dir(cache::root().join("end2end"))
        .arg("load.mjs")
        .env("MESHSPAN_LINK", &console.link)
        .env("MESHSPAN_STREAMS", STREAMS.to_string())
        .env("MESHSPAN_RATE", RATE.to_string())
        .env("MESHSPAN_SECONDS", SECONDS.to_string());
    let seen = run_program::read(&mut node)?;
    let memory = console.memory()?;
    let figure = |name, key, unit| -> Outcome<Figure> {
        Ok(Figure {
            name,
            value: number(&seen, key)?,
            unit,
            peer: None,
        })
    };
    Ok(vec![
        figure("page, 200/s beside 300 event streams, p50", "p50", "ms")?,
        figure("page, 200/s beside 300 event streams, p99", "p99", "ms")?,
        figure("pages answered in two minutes", "answered", "")?,
        figure("pages that failed", "failed", "")?,
        figure("event streams open at the end", "streams", "")?,
        Figure {
            name: "memory under that load",
            value: memory,
            unit: "MB",
            peer: None,
        },
    ])
}
