//! Charts: milliseconds and memory of one rendering, ours against Helm, as a process and as a library.
//!
//! Helm as a library is the Python package that embeds it. A chart that Helm itself cannot render with
//! its own values is left out.

use super::Figure;
use crate::{Outcome, cache, run_program, tools};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// How often a chart is rendered; the median counts.
const TIMES: &str = "11";

/// What one way of rendering costs.
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

/// The four ways of one chart: our process, Helm's, our library, Helm's.
type Costs = [Cost; 4];

/// The figures over our own charts and those below the folders given; each chart has a line of its own
/// on standard error.
pub(super) fn figures(program: &Path, helpers: &Path, folders: &[PathBuf]) -> Outcome<Vec<Figure>> {
    let ways = Ways::new(program, helpers)?;
    let mut charts = Vec::new();
    find(&cache::root().join("crates/catalog/charts"), &mut charts)?;
    for folder in folders {
        find(folder, &mut charts)?;
    }
    let mut all = Vec::new();
    for chart in charts {
        match ways.costs(&chart) {
            Ok(costs) => {
                let [ours, helm, library, other] = costs.map(|cost| cost.milliseconds);
                eprintln!(
                    "xtask: {}: process {ours:.1} ms, helm {helm:.1}; library {library:.2} ms, helm {other:.2}",
                    chart.display()
                );
                all.push(costs);
            }
            Err(error) => eprintln!("xtask: {} is left out: {error}", chart.display()),
        }
    }
    if all.is_empty() {
        return Err("no chart could be rendered".into());
    }
    Ok(rows(&all))
}

fn rows(all: &[Costs]) -> Vec<Figure> {
    let mean = |of: &dyn Fn(&Costs) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
    let most = |of: &dyn Fn(&Costs) -> f64| all.iter().map(of).fold(0.0, f64::max);
    let [process, helm, library, other] = [0, 1, 2, 3]
        .map(|at: usize| move |costs: &Costs| costs.get(at).map_or(0.0, |c| c.milliseconds));
    let [process_peak, helm_peak, library_peak, other_peak] =
        [0, 1, 2, 3].map(|at: usize| move |costs: &Costs| costs.get(at).map_or(0.0, |c| c.peak));
    let figure = |name, unit, value, peer| Figure {
        name,
        value,
        unit,
        peer: Some(peer),
    };
    vec![
        figure(
            "a chart by meshspan template",
            "ms",
            mean(&process),
            ("helm template", mean(&helm)),
        ),
        figure(
            "its memory, the most",
            "MB",
            most(&process_peak),
            ("helm template", most(&helm_peak)),
        ),
        figure(
            "a chart by our library",
            "ms",
            mean(&library),
            ("Helm as a library", mean(&other)),
        ),
        figure(
            "its memory, the most",
            "MB",
            most(&library_peak),
            ("Helm as a library", most(&other_peak)),
        ),
    ]
}

struct Ways<'a> {
    program: &'a Path,
    helm: PathBuf,
    python: PathBuf,
    script: PathBuf,
    often: PathBuf,
}

impl<'a> Ways<'a> {
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
            often: cache::target().join("dist/examples/render_often"),
        })
    }

    fn costs(&self, chart: &Path) -> Outcome<Costs> {
        let often = Command::new(&self.often).arg(chart).arg(TIMES).output()?;
        if !often.status.success() {
            return Err(String::from_utf8_lossy(&often.stderr).trim().into());
        }
        Ok([
            self.process(self.program, chart)?,
            self.process(&self.helm, chart)?,
            Cost::read(&String::from_utf8_lossy(&often.stdout))?,
            self.measured(&["library", TIMES, &chart.display().to_string()])?,
        ])
    }

    fn process(&self, program: &Path, chart: &Path) -> Outcome<Cost> {
        let (program, chart) = (program.display().to_string(), chart.display().to_string());
        self.measured(&[
            "process", TIMES, &program, "template", "rel", &chart, "-n", "ns1",
        ])
    }

    fn measured(&self, words: &[&str]) -> Outcome<Cost> {
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
