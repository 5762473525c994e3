//! The faults of Chart.yaml with which Helm loads a chart, for the linter.
use gotmpl::{Map, Value};

use super::load::read_yaml;
use super::{File, Metadata, MetadataFault};
use crate::error::Error;
use crate::yaml::duplicate_keys;

/// The keys of Chart.yaml that Helm reads.
const FIELDS: [&str; 17] = [
    "name",
    "home",
    "sources",
    "version",
    "description",
    "keywords",
    "maintainers",
    "icon",
    "apiVersion",
    "condition",
    "tags",
    "appVersion",
    "deprecated",
    "annotations",
    "kubeVersion",
    "dependencies",
    "type",
];
/// The keys of a maintainer.
const MAINTAINER: [&str; 3] = ["name", "email", "url"];
/// The keys of a dependency.
const DEPENDENCY: [&str; 8] = [
    "name",
    "version",
    "repository",
    "condition",
    "tags",
    "enabled",
    "import-values",
    "alias",
];

/// The contents of a Chart.yaml that may be invalid, and its faults; none when it cannot be decoded.
pub(crate) fn unchecked_metadata(text: &[u8]) -> Option<(Metadata, Vec<MetadataFault>)> {
    let file = File {
        name: "Chart.yaml".to_owned(),
        data: text.to_vec(),
    };
    Some((Metadata::read(&file).ok()?, metadata_faults(&file).ok()?))
}

/// The faults of Chart.yaml that the decoded metadata does not show.
pub(super) fn metadata_faults(file: &File) -> Result<Vec<MetadataFault>, Error> {
    let (text, value) = (file.text()?, read_yaml(file)?);
    let Some(map) = value.as_map() else {
        return Ok(Vec::new());
    };
    let not_a_string = |field| {
        let go_type = match map.get(field)? {
            Value::Float(_) | Value::Int(_) => "float64",
            Value::Bool(_) => "bool",
            _ => return None,
        };
        Some(MetadataFault::NotAString { field, go_type })
    };
    let missing = (!map.contains("apiVersion")).then_some(MetadataFault::NoApiVersion);
    let mut faults: Vec<MetadataFault> = missing.into_iter().collect();
    faults.extend(
        ["version", "appVersion"]
            .into_iter()
            .filter_map(not_a_string),
    );
    let mut unknown = unknown_keys(&map, &FIELDS);
    for (list, known) in [
        ("maintainers", &MAINTAINER[..]),
        ("dependencies", &DEPENDENCY[..]),
    ] {
        let Some(Value::List(items)) = map.get(list) else {
            continue;
        };
        if list == "dependencies" && !items.is_empty() {
            faults.push(MetadataFault::OwnDependencies);
        }
        let items = items.to_vec();
        for item in &items {
            unknown.extend(
                item.as_map()
                    .into_iter()
                    .flat_map(|item| unknown_keys(&item, known)),
            );
        }
    }
    faults.extend(
        unknown
            .into_iter()
            .map(|field| MetadataFault::UnknownField {
                line: line_of_key(text, &field),
                field,
            }),
    );
    faults.extend(
        duplicate_keys(text)
            .into_iter()
            .map(MetadataFault::RepeatedField),
    );
    Ok(faults)
}

/// The keys of a map that are not known; Go's keys are case-insensitive.
fn unknown_keys(map: &Map, known: &[&str]) -> Vec<String> {
    let keys = map.entries().into_iter().map(|(key, _)| key.to_string());
    keys.filter(|key| !known.iter().any(|known| known.eq_ignore_ascii_case(key)))
        .collect()
}

fn line_of_key(text: &str, key: &str) -> usize {
    let is_key = |line: &str| {
        let line = line.trim_start_matches([' ', '-']);
        line.strip_prefix(key)
            .is_some_and(|rest| rest.starts_with(':'))
    };
    text.lines().position(is_key).map_or(0, |at| at + 1)
}
