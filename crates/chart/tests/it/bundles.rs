//! The files below tests/charts contain complete charts, each with a command line and the result of
//! Helm 3.17.2, or of Helm 4.1.4 with `$ --helm 4`; `cargo xtask golden` records the results.
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chart::{
    Capabilities, Chart, Error, Facts, HelmVersion, HookSelection, PrintOptions, ReleaseFacts,
    SetFlag, Values, render_to_print,
};

const METADATA: &str = "apiVersion: v2\nname: web\nversion: 0.1.0\n";

type Files = BTreeMap<String, String>;

fn files(text: &str, files: &mut Files) {
    for part in format!("\n{text}").split("\n>>> ").skip(1) {
        let (path, body) = part.split_once('\n').unwrap_or((part, ""));
        let body = format!("{}\n", body.trim_end_matches('\n'));
        files.insert(path.trim().to_owned(), body);
    }
}

/// The options of a command line.
#[derive(Default)]
struct CommandLine {
    values: Vec<String>,
    sets: Vec<(String, String)>,
    print: PrintOptions,
    upgrade: bool,
    kube_version: Option<String>,
    api_versions: Vec<String>,
    release: Option<String>,
    helm: HelmVersion,
}

impl CommandLine {
    fn read(case: &str) -> Self {
        let mut line = Self::default();
        for flag in case.lines().filter_map(|line| line.strip_prefix("$ ")) {
            let (flag, value) = flag.split_once(' ').unwrap_or((flag, ""));
            let value = value.to_owned();
            match flag {
                "-f" => line.values.push(value),
                "--include-crds" => line.print.crds = true,
                "--no-hooks" => line.print.hooks = HookSelection::None,
                "--skip-tests" => line.print.hooks = HookSelection::NoTests,
                "--show-only" => line.print.show_only.push(value),
                "--is-upgrade" => line.upgrade = true,
                "--kube-version" => line.kube_version = Some(value),
                "--helm" => line.helm = value.parse().expect("a version of Helm"),
                "--api-versions" => line.api_versions.push(value),
                flag => line.sets.push((flag.to_owned(), value)),
            }
        }
        line
    }

    fn values(&self, files: &Files) -> Result<Values, String> {
        let outside = |name: &str| {
            let found = files.get(&format!("../{name}")).cloned();
            found.ok_or_else(|| format!("open {name}: no such file or directory"))
        };
        let mut values = Values::empty();
        for name in &self.values {
            let file_values =
                Values::from_file(name, &outside(name)?, self.helm).map_err(|e| e.detail())?;
            values = values.merge(&file_values);
        }
        let order = [
            "--set-json",
            "--set",
            "--set-string",
            "--set-file",
            "--set-literal",
        ];
        for option in order {
            let kind = match option {
                "--set-json" => SetFlag::Json(self.helm),
                "--set" => SetFlag::Typed,
                "--set-string" => SetFlag::Strings,
                "--set-file" => SetFlag::Files(&outside),
                _ => SetFlag::Literal,
            };
            for (_, text) in self.sets.iter().filter(|(flag, _)| flag == option) {
                kind.apply(text, &mut values)
                    .map_err(|error| error.reason)?;
            }
        }
        Ok(values)
    }

    fn facts(&self) -> Result<Facts, String> {
        let version = self.kube_version.as_deref().unwrap_or("1.31.0");
        let mut capabilities = Capabilities::of_client(self.helm)
            .with_kube_version(version, self.helm)
            .map_err(|error| error.to_string())?;
        capabilities.api_versions.extend(self.api_versions.clone());
        Ok(Facts {
            release: ReleaseFacts {
                name: self.release.clone().unwrap_or_else(|| "rel".to_owned()),
                namespace: "ns1".into(),
                revision: 1,
                upgrade: self.upgrade,
            },
            capabilities,
            now: jiff::Timestamp::UNIX_EPOCH,
            seed: chart::Seed::new([7; 32]),
            lookup: chart::Lookup::none(),
            helm: self.helm,
        })
    }
}

fn run_case(shared: &str, case: &str) -> Result<String, String> {
    let mut all = Files::from([("Chart.yaml".to_owned(), METADATA.to_owned())]);
    files(shared, &mut all);
    files(case, &mut all);
    let line = CommandLine::read(case);
    let facts = line.facts()?;
    let values = line.values(&all)?;
    let own = all.iter().filter(|(path, _)| !path.starts_with("../"));
    let own = own.map(|(path, body)| (path.clone(), body.clone().into_bytes()));
    let detail = |error: Error| error.detail();
    let chart = Chart::from_folder(own).map_err(detail)?;
    let manifests = render_to_print(&chart, &values, &facts).map_err(detail)?;
    manifests
        .print(&line.print)
        .map_err(|error| error.to_string())
}

/// The sorted lines of a message; Helm lists schema errors in no particular order.
fn sorted_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.trim_end().lines().map(str::to_owned).collect();
    if text.contains("specifications of the schema") {
        lines.sort_unstable();
    }
    lines
}

/// The difference between the findings of the linter and those of `helm lint`.
fn lint_difference(shared: &str, case: &str, expected: &str) -> Option<String> {
    let mut all = Files::from([("Chart.yaml".to_owned(), METADATA.to_owned())]);
    files(shared, &mut all);
    files(case, &mut all);
    let line = CommandLine::read(case);
    let mut facts = line.facts().unwrap();
    facts.release = ReleaseFacts {
        name: "test-release".into(),
        namespace: "default".into(),
        ..facts.release
    };
    if line.kube_version.is_none() {
        facts.capabilities = Capabilities::of_client(line.helm);
    }
    let owned = all
        .into_iter()
        .map(|(path, body)| (path, body.into_bytes()));
    let messages = chart::lint_folder(owned.collect(), &Values::empty(), &facts);
    crate::lint::difference(&messages, expected)
}

fn difference(shared: &str, case: &str) -> Option<String> {
    let (text, expected) = case.split_once("\n--- ").unwrap_or((case, "gives\n"));
    let (kind, expected) = expected.split_once('\n').unwrap_or((expected, ""));
    if text.lines().any(|line| line == "$ lint") {
        return lint_difference(shared, text, expected.trim_end());
    }
    let actual = run_case(shared, text);
    let is_equal = match (&actual, kind) {
        (Ok(actual), "gives") => actual.trim_end() == expected.trim_end(),
        (Err(actual), "fails") => sorted_lines(actual) == sorted_lines(expected),
        _ => false,
    };
    let (outcome, actual) = match &actual {
        Ok(actual) => ("gives", actual),
        Err(actual) => ("fails", actual),
    };
    (!is_equal)
        .then(|| format!("--- expected: {kind}\n{expected}\n--- actual: {outcome}\n{actual}"))
}

fn bundles() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
#[expect(clippy::disallowed_methods, reason = "GOLDEN selects some cases")]
fn every_chart_of_a_bundle_renders_as_in_helm() {
    let filter = std::env::var("GOLDEN").unwrap_or_default();
    let mut failures = Vec::new();
    let mut count = 0;
    for file in bundles() {
        let text = fs::read_to_string(&file).unwrap();
        let subject = file.file_stem().unwrap().to_str().unwrap();
        let mut parts = text.split("\n=== ");
        let shared = parts.next().unwrap();
        for case in parts {
            let title = case.lines().next().unwrap_or_default();
            if !subject.contains(&filter) && !title.contains(&filter) {
                continue;
            }
            count += 1;
            if let Some(difference) = difference(shared, case) {
                failures.push(format!("=== {subject}: {title}\n{difference}"));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count} differ\n{}",
        failures.len(),
        failures.join("\n")
    );
}
