//! The values of an upgrade, compared by key, are those with which the real helm renders the next chart.
#![expect(
    clippy::disallowed_methods,
    reason = "a test has no configuration but its environment"
)]

use chart::{
    Budget, Chart, HelmVersion, Limits, Values, ValuesMerge, merge_values, settable_defaults,
    use_defaults,
};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use wire::values_merge::MergeOutcome;

const TEST: &str = "helm_renders_the_next_chart_with_the_merged_values";

/// The values files of two versions of a chart, and of its subchart with the alias `store`.
const OLD: [&str; 2] = [
    "memory: 2048Mi\ncpu: 1\nports: [80]\nlabels: {}\nmode: fast\ngone: 1\n",
    "size: 1\nclass: slow\nglobal: {zone: a}\n",
];
const NEW: [&str; 2] = [
    "memory: 2560Mi\ncpu: 2\nports: [80, 443]\nlabels: {}\nmode: {name: fast}\nextra: true\n",
    "size: 2\nclass: fast\nglobal: {zone: b}\n",
];
/// The text of the operator.
const TEXT: &str = "# measured in May\nmemory: 1536Mi\ncpu: 1\nports: [8080]\nlabels: {team: a}\n\
                    store:\n  class: null # as the cluster has it\n  size: 3\nglobal: {zone: c}\n";

/// The program helm; none, with a line that says why, where it is not there.
#[expect(
    clippy::print_stdout,
    reason = "the line that `cargo xtask test` counts"
)]
fn helm() -> Option<PathBuf> {
    let tools = std::env::var_os("MESHSPAN_TOOLS").map(PathBuf::from);
    let program = tools.map(|tools| tools.join("helm"));
    let program = program.filter(|program| program.is_file());
    if program.is_none() {
        println!("SKIPPED: {TEST}: helm is not in MESHSPAN_TOOLS");
    }
    program
}

/// The files of a version whose manifest is its values.
fn files([values, of_child]: [&str; 2]) -> Vec<(&'static str, String)> {
    let child = "apiVersion: v2\nname: db\nversion: 1.0.0\n";
    let parent = "apiVersion: v2\nname: shop\nversion: 1.0.0\ndependencies:\n\
                  - {name: db, version: 1.0.0, alias: store}\n";
    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values}\n\
                  data:\n  values: {{ .Values | toJson | quote }}\n";
    vec![
        ("Chart.yaml", parent.to_owned()),
        ("values.yaml", values.to_owned()),
        ("templates/values.yaml", object.to_owned()),
        ("charts/db/Chart.yaml", child.to_owned()),
        ("charts/db/values.yaml", of_child.to_owned()),
    ]
}

fn chart(values: [&str; 2]) -> Chart {
    let files = files(values).into_iter();
    let files = files.map(|(name, text)| (name.to_owned(), text.into_bytes()));
    Chart::from_files(files).unwrap()
}

/// The values that a template of the next chart sees with a text of the operator.
fn of_helm(helm: &Path, text: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files(NEW) {
        let path = folder.path().join("shop").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let values = folder.path().join("own.yaml");
    std::fs::write(&values, text).unwrap();
    let output = Command::new(helm)
        .env("HOME", folder.path())
        .args(["template", "web"])
        .arg(folder.path().join("shop"))
        .arg("--values")
        .arg(&values)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let manifest = Values::parse(&String::from_utf8(output.stdout).unwrap()).unwrap();
    let values = manifest.to_json()["data"]["values"]
        .as_str()
        .unwrap()
        .to_owned();
    serde_json::from_str(&values).unwrap()
}

fn merged(text: &str) -> ValuesMerge {
    let values = Values::parse(text).unwrap();
    let budget = || Budget::new(Limits::default());
    let [old, new] =
        [OLD, NEW].map(|files| settable_defaults(&chart(files), &values, &budget()).unwrap());
    merge_values((&old, &new), (text, HelmVersion::V3), &|_| false).unwrap()
}

fn at<'v>(values: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(values, |value, key| value.get(key))
}

/// Checks every key against the values of helm.
fn check(helm: &Path, text: &str) -> ValuesMerge {
    let (merge, rendered) = (merged(text), of_helm(helm, text));
    for key in &merge.keys {
        // The globals of a subchart are those of its parent, as far as that has some.
        let is_global = key.path.first().is_some_and(|first| first == "global");
        let seen_by = if is_global {
            &rendered["store"]
        } else {
            &rendered
        };
        let found = at(seen_by, &key.path);
        let expected = match key.outcome {
            MergeOutcome::NewDefault | MergeOutcome::Added | MergeOutcome::Removed => &key.new,
            // A null removes the default.
            _ if key.yours == Some(Value::Null) => &None,
            _ => &key.yours,
        };
        assert_eq!(found, expected.as_ref(), "{key:?}");
    }
    merge
}

#[test]
fn helm_renders_the_next_chart_with_the_merged_values() {
    let Some(helm) = helm() else { return };
    let merge = check(&helm, TEXT);
    let conflicts = merge
        .keys
        .iter()
        .filter(|key| key.outcome == MergeOutcome::Conflict);
    let paths: Vec<Vec<String>> = conflicts.map(|key| key.path.clone()).collect();
    let named: Vec<String> = paths.iter().map(|path| path.join(".")).collect();
    assert_eq!(
        named,
        [
            "memory",
            "ports",
            "store.class",
            "store.size",
            "global.zone"
        ]
    );

    let taken = use_defaults(TEXT, &paths).unwrap();
    assert_eq!(
        taken,
        "# measured in May\ncpu: 1\nlabels: {team: a}\nglobal: {}\n"
    );
    let after = check(&helm, &taken);
    assert!(
        after
            .keys
            .iter()
            .all(|key| key.outcome != MergeOutcome::Conflict)
    );
}
