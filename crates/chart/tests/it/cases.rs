//! The files below tests/cases contain small templates, each with the result of Helm 3.17.2.
//!
//! A case is `=== a sentence`, the template, `--- gives` or `--- fails`, and Helm's result,
//! recorded by `cargo xtask golden`. The template becomes `templates/_case.tpl` in
//! `tests/cases/chart`.
use std::fs;
use std::path::{Path, PathBuf};

use chart::{Chart, Error, Manifests, Values, render};

use crate::golden::facts;

/// A case of a file.
struct Case {
    title: String,
    template: String,
    fails: bool,
    expected: String,
}

fn cases(file: &Path) -> Vec<Case> {
    let text = format!("\n{}", fs::read_to_string(file).unwrap());
    let parts = text.split("\n=== ").skip(1);
    parts
        .map(|part| {
            let (title, body) = part.split_once('\n').unwrap();
            let body = format!("\n{body}");
            let recorded = body.split_once("\n--- ");
            let (template, expected) = recorded.unwrap_or_else(|| {
                panic!("{title}: no recorded result; run `cargo xtask golden`");
            });
            let (how, expected) = expected.split_once('\n').unwrap();
            let expected = expected.trim_end_matches('\n');
            Case {
                title: title.to_owned(),
                template: template.strip_prefix('\n').unwrap_or(template).to_owned(),
                fails: how == "fails",
                expected: match how {
                    "gives json" => serde_json::from_str(expected).unwrap(),
                    _ => expected.to_owned(),
                },
            }
        })
        .collect()
}

fn base(folder: &Path, directory: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            base(folder, &path, found);
        } else {
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
            found.push((name.to_owned(), fs::read(&path).unwrap()));
        }
    }
}

/// The output of the template, which `templates/out.yaml` writes as JSON.
fn written(manifests: &Manifests) -> String {
    let text = manifests.text();
    let json = text
        .split_once("out: ")
        .map_or("\"\"", |(_, json)| json.trim());
    serde_json::from_str(json).unwrap()
}

fn difference(case: &Case, result: Result<Manifests, Error>) -> Option<String> {
    let (fails, actual) = match &result {
        Ok(manifests) => (false, written(manifests)),
        Err(error) => (true, error.detail()),
    };
    let verb = |fails| if fails { "fail with" } else { "give" };
    (fails != case.fails || actual != case.expected).then(|| {
        format!(
            "{}\n{}\n  should {}\n{}\n  but {}s\n{actual}",
            case.title,
            case.template,
            verb(case.fails),
            case.expected,
            verb(fails).trim_end_matches(" with")
        )
    })
}

#[test]
#[expect(clippy::disallowed_methods, reason = "CASES selects one subject")]
fn every_case_has_the_result_of_helm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut chart_files = Vec::new();
    let chart_folder = folder.join("chart");
    base(&chart_folder, &chart_folder, &mut chart_files);
    let filter = std::env::var("CASES").ok();
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let (mut failures, mut count) = (Vec::new(), 0);
    for file in files {
        let subject = file.file_stem().unwrap().to_str().unwrap();
        let values = fs::read_to_string(file.with_extension("yaml")).unwrap_or_default();
        for case in cases(&file) {
            let name = format!("{subject}: {}", case.title);
            if filter
                .as_ref()
                .is_some_and(|filter| !name.contains(filter.as_str()))
            {
                continue;
            }
            count += 1;
            let mut all = chart_files.clone();
            all.push((
                "templates/_case.tpl".to_owned(),
                case.template.clone().into_bytes(),
            ));
            let chart = Chart::from_files(all).unwrap();
            let result = render(&chart, &Values::parse(&values).unwrap(), &facts());
            let differs = difference(&case, result);
            failures.extend(differs.map(|text| format!("=== {subject}: {text}")));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {count} differ\n{}",
        failures.len(),
        failures.join("\n")
    );
}
