//! Tests of what only this linter finds; `tests/charts/lint.txt` has what `helm lint` finds.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use super::lint;
use crate::facts::{Capabilities, Facts, ReleaseFacts};
use crate::model::Chart;
use crate::values::Values;

fn lint_lines(files: &[(&str, &str)]) -> Vec<String> {
    let file = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
    let chart = Chart::from_files(files.iter().map(file)).unwrap();
    let facts = Facts {
        release: ReleaseFacts {
            name: "rel".into(),
            namespace: "ns".into(),
            revision: 1,
            upgrade: false,
        },
        capabilities: Capabilities::default(),
        now: jiff::Timestamp::UNIX_EPOCH,
        seed: crate::Seed::new([1; 32]),
        lookup: crate::Lookup::none(),
        helm: crate::HelmVersion::V3,
    };
    let messages = lint(&chart, &Values::empty(), &facts);
    messages.iter().map(ToString::to_string).collect()
}

const METADATA: (&str, &str) = (
    "Chart.yaml",
    "apiVersion: v2\nname: web\nversion: 1.0.0\nicon: https://example.com/i",
);
const GOOD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

#[test]
fn a_valid_chart_has_no_messages() {
    let files = [
        METADATA,
        ("values.yaml", "a: 1"),
        ("templates/a.yaml", GOOD),
    ];
    assert_eq!(lint_lines(&files), [""; 0]);
}

#[test]
fn each_parse_error_is_reported_with_its_line() {
    let files = [
        METADATA,
        ("values.yaml", "a: 1"),
        ("templates/a.yaml", "a: 1\nb: {{ nope }}\n"),
        ("templates/b.yaml", "{{ if }}\n"),
    ];
    let lint_lines = lint_lines(&files);
    assert!(lint_lines[0].starts_with("error: web/templates/a.yaml:2: parse error at"));
    assert!(lint_lines[1].starts_with("error: web/templates/b.yaml:1: parse error at"));
}

#[test]
fn unnamed_and_duplicate_objects_are_reported() {
    let files = [
        METADATA,
        ("values.yaml", "a: 1"),
        ("templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\n"),
        ("templates/b.yaml", GOOD),
        ("templates/c.yaml", GOOD),
    ];
    assert_eq!(
        lint_lines(&files),
        [
            "error: web/templates/a.yaml: an object has no metadata.name",
            "warning: web/templates/c.yaml: ConfigMap a is defined twice",
        ]
    );
}

#[test]
fn a_repeated_key_is_reported_with_both_lines() {
    let files = [
        METADATA,
        ("values.yaml", "a: 1\nb:\n  c: 1\n  c: 2\n"),
        ("templates/a.yaml", GOOD),
    ];
    assert_eq!(
        lint_lines(&files),
        ["warning: values.yaml:4: key b.c is repeated; the value of line 3 is ignored"]
    );
}

#[test]
fn unsupported_keywords_are_reported_with_their_line() {
    let files = [
        METADATA,
        ("values.yaml", "a: [1]"),
        ("templates/a.yaml", GOOD),
        (
            "values.schema.json",
            "{\"properties\": {\"a\": {\n\"prefixItems\": []}}}",
        ),
    ];
    let lint_lines = lint_lines(&files);
    assert!(lint_lines[0].starts_with("warning: values.schema.json:2: prefixItems"));
}
