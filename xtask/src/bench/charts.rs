//! The time and memory of rendering a chart with Meshspan and with Helm, as a process and as a library.
//!
//! Helm as a library is the Python package that embeds it. A chart that Helm cannot render with its
//! default values is skipped.

use super::Figure;
use crate::{Outcome, cache, run_program, tools};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// How often a chart is rendered; the result is the median.
const REPETITIONS: &str = "11";

/// The cost of one rendering.
#[derive(Clone, Copy)]
struct Cost {
    milliseconds: f64,
    peak: f64,
}

impl Cost {
    fn read(text: &str) -> Outcome<Self> {
        let mut words = text.split_whitespace();
        let mut number = || -> Outcome<f64> { Ok(words.next().ok_or("no figure")?.parse()?) };
        Ok(Self {
            milliseconds: number()?,
            peak: number()?,
        })
    }
}

/// The costs of one chart: Meshspan's process, Helm's process, Meshspan's library, Helm's library.
type Costs = [Cost; 4];

/// Measures the built-in charts and the charts below the given folders; prints one line per chart to
/// standard error.
pub(super) fn figures(program: &Path, helpers: &Path, folders: &[PathBuf]) -> Outcome<Vec<Figure>> {
    let renderers = Renderers::new(program, helpers)?;
    let mut charts = Vec::new();
    find(&cache::root().join("crates/catalog/charts"), &mut charts)?;
    for folder in folders {
        find(folder, &mut charts)?;
    }
    let mut costs_per_chart = Vec::new();
    for chart in charts {
        match renderers.costs(&chart) {
            Ok(costs) => {
                let [process, helm, library, helm_library] = costs.map(|cost| cost.milliseconds);
                eprintln!(
                    "xtask: {}: process {process:.1} ms, helm {helm:.1}; library {library:.2} ms, helm {helm_library:.2}",
                    chart.display()
                );
                costs_per_chart.push(costs);
            }
            Err(error) => eprintln!("xtask: skipped {}: {error}", chart.display()),
        }
    }
    if costs_per_chart.is_empty() {
        return Err("no chart could be rendered".into());
    }
    Ok(rows(&costs_per_chart))
}

fn rows(charts: &[Costs]) -> Vec<Figure> {
    let mean =
        |of: &dyn Fn(&Costs) -> f64| charts.iter().map(of).sum::<f64>() / charts.len() as f64;
    let max = |of: &dyn Fn(&Costs) -> f64| charts.iter().map(of).fold(0.0, f64::max);
    let [process, helm, library, helm_library] = [0, 1, 2, 3]
        .map(|index: usize| move |costs: &Costs| costs.get(index).map_or(0.0, |c| c.milliseconds));
    let [process_peak, helm_peak, library_peak, helm_library_peak] = [0, 1, 2, 3]
        .map(|index: usize| move |costs: &Costs| costs.get(index).map_or(0.0, |c| c.peak));
    let figure = |name, unit, value, peer| Figure {
        name,
        value,
        unit,
        peer: Some(peer),
    };
    vec![
        figure(
            "render a chart with meshspan template",
            "ms",
            mean(&process),
            ("helm template", mean(&helm)),
        ),
        figure(
            "peak memory",
            "MB",
            max(&process_peak),
            ("helm template", max(&helm_peak)),
        ),
        figure(
            "render a chart with the library",
            "ms",
            mean(&library),
            ("Helm as a library", mean(&helm_library)),
        ),
        figure(
            "peak memory",
            "MB",
            max(&library_peak),
            ("Helm as a library", max(&helm_library_peak)),
        ),
    ]
}

struct Renderers<'a> {
    program: &'a Path,
    helm: PathBuf,
    python: PathBuf,
    script: PathBuf,
    example: PathBuf,
}

impl<'a> Renderers<'a> {
    fn new(program: &'a Path, helpers: &Path) -> Outcome<Self> {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(cache::root()).args([
            "build",
            "--locked",
            "--profile",
            "dist",
            "-p",
            "chart",
            "--example",
            "render_often",
        ]);
        run_program::run("compiling our library's bench", &mut cargo)?;
        Ok(Self {
            program,
            helm: helpers.join("helm"),
            python: tools::helm_for_python()?,
            script: cache::root().join("xtask/src/bench/charts.py"),
            example: cache::target().join("dist/examples/render_often"),
        })
    }

    fn costs(&self, chart: &Path) -> Outcome<Costs> {
        let output = Command::new(&self.example)
            .arg(chart)
            .arg(REPETITIONS)
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().into());
        }
        Ok([
            self.process(self.program, chart)?,
            self.process(&self.helm, chart)?,
            Cost::read(&String::from_utf8_lossy(&output.stdout))?,
            self.measure(&["library", REPETITIONS, &chart.display().to_string()])?,
        ])
    }

    fn process(&self, program: &Path, chart: &Path) -> Outcome<Cost> {
        let (program, chart) = (program.display().to_string(), chart.display().to_string());
        self.measure(&[
            "process",
            REPETITIONS,
            &program,
            "template",
            "rel",
            &chart,
            "-n",
            "ns1",
        ])
    }

    fn measure(&self, words: &[&str]) -> Outcome<Cost> {
        let mut python = Command::new(&self.python);
        Cost::read(&run_program::read(python.arg(&self.script).args(words))?)
    }
}

fn find(folder: &Path, charts: &mut Vec<PathBuf>) -> Outcome {
    if folder.join("Chart.yaml").is_file() {
        charts.push(folder.to_owned());
        return Ok(());
    }
    let mut below: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    below.sort();
    below
        .iter()
        .filter(|path| path.is_dir())
        .try_for_each(|path| find(path, charts))
}
