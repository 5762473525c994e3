//! Each folder below tests/golden is a chart with the result of Helm 3.17.2.
//!
//! `actual.yaml` contains the user's values and `flags` further options; `expected.yaml` is the
//! output of `helm template rel CHART -n ns1 --kube-version 1.31.0`, `expected-error.txt` its
//! error, and `expected-notes.txt` the notes. `cargo xtask golden` records them.
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chart::{Capabilities, Chart, Error, Facts, Manifests, ReleaseFacts, Values, render};

pub(crate) fn facts() -> Facts {
    Facts {
        release: ReleaseFacts {
            name: "rel".into(),
            namespace: "ns1".into(),
            revision: 1,
            upgrade: false,
        },
        capabilities: Capabilities {
            kube_version: "v1.31.0".into(),
            api_versions: ["v1", "apps/v1", "batch/v1", "policy/v1"]
                .map(str::to_owned)
                .into(),
        },
        now: jiff::Timestamp::from_second(1_780_000_000).unwrap(),
        seed: chart::Seed::new([7; 32]),
        lookup: chart::Lookup::none(),
        helm: chart::HelmVersion::V3,
    }
}

fn files(folder: &Path, directory: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(folder, &path, found);
            continue;
        }
        let name = path
            .strip_prefix(folder)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let is_expected_file = ["expected", "given"]
            .iter()
            .any(|prefix| name.starts_with(prefix));
        if !is_expected_file && name != "flags" {
            found.push((name, fs::read(&path).unwrap()));
        }
    }
}

fn read(path: PathBuf) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn manifests_text(manifests: &Manifests) -> String {
    let hooks: String = manifests
        .hooks
        .iter()
        .map(|hook| hook.manifest.with_source())
        .collect();
    manifests.text() + &hooks
}

fn rendered(folder: &Path) -> Result<Manifests, Error> {
    let mut found = Vec::new();
    files(folder, folder, &mut found);
    let chart = Chart::from_files(found)?;
    let user_values = read(folder.join("given.yaml")).unwrap_or_default();
    let values = Values::parse(&user_values).map_err(|source| Error::Yaml {
        file: "values".into(),
        source,
    })?;
    render(&chart, &values, &facts())
}

/// The sorted lines of a message; Helm lists schema errors in no particular order.
fn sorted_lines(message: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = message.trim().lines().collect();
    if message.contains("specifications of the schema") {
        lines.sort_unstable();
    }
    lines
}

/// The difference between a folder's rendering and Helm's; `None` when they are equal.
fn difference(folder: &Path) -> Option<String> {
    let result = rendered(folder);
    if let Some(expected) = read(folder.join("expected-error.txt")) {
        return match result {
            Ok(manifests) => Some(format!(
                "should fail, but renders\n{}",
                manifests_text(&manifests)
            )),
            Err(error) if sorted_lines(&error.detail()) == sorted_lines(&expected) => None,
            Err(error) => Some(format!(
                "expected error\n{expected}\nactual error\n{}",
                error.detail()
            )),
        };
    }
    let manifests = match result {
        Ok(manifests) => manifests,
        Err(error) => return Some(format!("fails: {}", error.detail())),
    };
    let expected = read(folder.join("expected.yaml")).unwrap_or_default();
    let actual = manifests_text(&manifests);
    if actual.trim() != expected.trim() {
        return Some(format!("expected\n{expected}\nactual\n{actual}"));
    }
    let notes = read(folder.join("expected-notes.txt"));
    if notes.is_some()
        && notes.as_deref().map(str::trim) != manifests.notes.as_deref().map(str::trim)
    {
        return Some(format!(
            "notes should be\n{notes:?}\nbut are\n{:?}",
            manifests.notes
        ));
    }
    None
}

#[test]
#[expect(clippy::disallowed_methods, reason = "GOLDEN selects one folder")]
fn every_golden_chart_renders_as_in_helm() {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let filter = std::env::var("GOLDEN").ok();
    let mut failures = Vec::new();
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(all).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        if filter.as_ref().is_some_and(|filter| !name.contains(filter)) {
            continue;
        }
        if let Some(difference) = difference(&folder) {
            failures.push(format!("=== {name}\n{difference}"));
        }
        seen.insert(name);
    }
    assert!(
        failures.is_empty(),
        "{} of {} differ\n{}",
        failures.len(),
        seen.len(),
        failures.join("\n")
    );
}
