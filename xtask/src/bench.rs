//! `cargo xtask bench [charts|load|mesh|pages] [DIR]… [--program MESHSPAN]`: measures the console and, in the same run,
//! comparable programs. `charts` measures the chart engine only, `load` the console under load only, `mesh` a mesh
//! of real clusters only (it needs what `cargo xtask lab mesh` needs); DIR adds the charts below it. `pages` measures the pages with many clusters and releases, and with `--write` writes
//! docs/performance.md.
//!
//! Prints a table and writes target/bench.json: a list of `{name, value, unit, against, ratio}`. A slow
//! result is not a failure.

mod charts;
mod console;
mod deploy;
mod load;
mod mesh;
mod pages;

use crate::{Outcome, cache, profile::Profile, run, site, tools};
use std::{fmt::Write as _, fs, path::PathBuf};

/// One measurement.
pub(crate) struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    /// The name of the comparable program and its value in the same unit.
    peer: Option<(&'static str, f64)>,
}

impl Figure {
    fn json(&self) -> String {
        let (against, ratio) = match self.peer {
            Some((peer, value)) => (
                format!("\"{peer}: {value:.1}\""),
                format!("{:.3}", self.value / value),
            ),
            None => ("null".to_owned(), "null".to_owned()),
        };
        format!(
            "  {{\"name\": \"{}\", \"value\": {:.1}, \"unit\": \"{}\", \"against\": {against}, \"ratio\": {ratio}}}",
            self.name, self.value, self.unit
        )
    }

    fn row(&self) -> String {
        let mut row = format!("{:<46} {:>12.1} {:<6}", self.name, self.value, self.unit);
        if let Some((peer, value)) = self.peer {
            let _ = write!(row, " {:>6.2} × {peer} ({value:.1})", self.value / value);
        }
        row
    }
}

/// Runs all benchmarks.
pub(crate) fn bench(arguments: &[String]) -> Outcome {
    let only_pages = arguments.first().is_some_and(|word| word == "pages");
    let only_charts = arguments.first().is_some_and(|word| word == "charts");
    let only_load = arguments.first().is_some_and(|word| word == "load");
    let only_mesh = arguments.first().is_some_and(|word| word == "mesh");
    let mut words = arguments.iter().skip(usize::from(
        only_charts || only_load || only_mesh || only_pages,
    ));
    let mut folders = Vec::new();
    let mut program = None;
    let mut is_written = false;
    while let Some(word) = words.next() {
        if word == "--program" {
            program = words.next().map(PathBuf::from);
        } else if word == "--write" {
            is_written = true;
        } else {
            folders.push(std::path::absolute(word)?);
        }
    }
    if only_pages {
        // A program that is named is measured with the browser side that is built.
        return pages::measure(program, is_written);
    }
    let helpers = tools::kubectl_and_helm()?;
    let is_named = program.is_some();
    let program = program.map_or_else(|| run::server(Profile::Dist), Ok)?;
    if only_mesh {
        // As with pages, a program that is named is measured with the browser side that is built.
        if !is_named {
            site::build(Profile::Dist)?;
        }
        return report(&mesh::figures(&program, &helpers)?);
    }
    if only_load {
        site::build(Profile::Dist)?;
        return report(&load::figures(&program)?);
    }
    let mut figures = charts::figures(&program, &helpers, &folders)?;
    if only_charts {
        return report(&figures);
    }
    site::build(Profile::Dist)?;
    figures.extend(sizes()?);
    figures.extend(console::figures(&program, &helpers)?);
    figures.extend(load::figures(&program)?);
    match deploy::figure(&program, &helpers) {
        Ok(figure) => figures.push(figure),
        Err(reason) => eprintln!("xtask: could not measure a deployment: {reason}"),
    }
    report(&figures)
}

/// Prints the table and writes the JSON file.
fn report(figures: &[Figure]) -> Outcome {
    for figure in figures {
        eprintln!("{}", figure.row());
    }
    let rows: Vec<String> = figures.iter().map(Figure::json).collect();
    let file = cache::root().join("target/bench.json");
    fs::create_dir_all(cache::root().join("target"))?;
    fs::write(&file, format!("[\n{}\n]\n", rows.join(",\n")))?;
    eprintln!("xtask: wrote {}", file.display());
    Ok(())
}

/// The sizes of the files that a browser loads, after brotli.
fn sizes() -> Outcome<Vec<Figure>> {
    let size = |name| -> Outcome<f64> {
        Ok(fs::metadata(cache::site().join("pkg").join(name))?.len() as f64 / 1000.0)
    };
    let figure = |name, value| Figure {
        name,
        value,
        unit: "kB",
        peer: None,
    };
    Ok(vec![
        figure("wasm after brotli", size("meshspan.wasm.br")?),
        figure("JavaScript loader after brotli", size("meshspan.js.br")?),
        figure("css after brotli", size("meshspan.css.br")?),
    ])
}
