//! The rules for the files of a chart: metadata, templates, CRDs, values and dependencies.

use wire::HelmVersion;

use super::{LintMessage, Severity, metadata};
use crate::dependencies;
use crate::error::Error;
use crate::facts::Facts;
use crate::manifest::{self, ObjectHead};
use crate::model::{Chart, File};
use crate::schema::unsupported_keywords;
use crate::yaml::{self, duplicate_keys, second_document};

/// The extensions of templates.
const EXTENSIONS: [&str; 4] = [".yaml", ".yml", ".tpl", ".txt"];

/// The findings in the files of a chart.
pub(super) fn check(chart: &Chart, facts: &Facts) -> Vec<LintMessage> {
    let mut messages = metadata::check(chart.metadata(), chart.metadata_faults());
    messages.extend(check_schema(chart, facts.helm));
    messages.extend(check_values(chart, facts.helm));
    messages.extend(check_templates(chart, facts.helm));
    messages.extend(check_folders(chart, facts.helm));
    check_crds(chart, "", facts.helm, &mut messages);
    messages.extend(check_dependencies(chart));
    messages
}

/// The findings in a Chart.yaml of a chart that cannot be loaded.
pub(super) fn check_metadata(text: &[u8]) -> Vec<LintMessage> {
    let metadata = crate::model::unchecked_metadata(text);
    metadata.map_or_else(Vec::new, |(metadata, faults)| {
        metadata::check(&metadata, &faults)
    })
}

fn check_schema(chart: &Chart, helm: HelmVersion) -> Vec<LintMessage> {
    let text = chart.schema_text().unwrap_or_default();
    let line_of = |word: &str| {
        let at = text.lines().position(|line| line.contains(word));
        at.map_or(0, |at| at + 1)
    };
    unsupported_keywords(chart, helm)
        .into_iter()
        .map(|(name, keyword)| LintMessage {
            severity: Severity::Warning,
            file: "values.schema.json".to_owned(),
            line: line_of(keyword),
            text: format!("{keyword} in the schema of {name} is ignored by Helm 3"),
        })
        .collect()
}

fn check_values(chart: &Chart, helm: HelmVersion) -> Vec<LintMessage> {
    let message = |severity, line, text| LintMessage {
        severity,
        file: "values.yaml".to_owned(),
        line,
        text,
    };
    let mut messages = Vec::new();
    if !chart.has_values() {
        messages.push(message(Severity::Info, 0, "file does not exist".to_owned()));
    }
    let second = second_document(chart.values_text());
    if let Some(line) = second.filter(|_| helm == HelmVersion::V3) {
        let text = "Helm 3 takes the first document only; this one is ignored".to_owned();
        messages.push(message(Severity::Warning, line, text));
    }
    for repeated in duplicate_keys(chart.values_text()) {
        let text = super::repeated_key(&repeated);
        messages.push(message(Severity::Warning, repeated.line, text));
    }
    messages
}

fn check_templates(chart: &Chart, helm: HelmVersion) -> Vec<LintMessage> {
    let mut messages = Vec::new();
    for file in chart.templates() {
        let name = format!("{}/{}", chart.name(), file.name);
        let extension = extension(&file.name);
        if !EXTENSIONS.contains(&extension) {
            let text = format!(
                "file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"
            );
            messages.push(LintMessage::of_file(Severity::Error, &name, text));
        }
        let source = String::from_utf8_lossy(&file.data);
        if helm == HelmVersion::V3 && has_crd_install_hook(&source) {
            let text = "manifest is a crd-install hook. This hook is no longer supported in v3 and all CRDs should also exist the crds/ directory at the top level of the chart";
            messages.push(LintMessage::of_file(
                Severity::Warning,
                &name,
                text.to_owned(),
            ));
        }
        if source.contains(".Release.Time") {
            let text = ".Release.Time has been removed in v3, please replace with the `now` function in your templates";
            let severity = match helm {
                HelmVersion::V3 => Severity::Error,
                HelmVersion::V4 => Severity::Warning,
            };
            messages.push(LintMessage::of_file(severity, &name, text.to_owned()));
        }
    }
    messages
}

/// Whether a template contains the annotation of the hook `crd-install`.
fn has_crd_install_hook(source: &str) -> bool {
    source.split("helm.sh/hook").skip(1).any(|rest| {
        let rest = rest.strip_prefix('"').unwrap_or(rest);
        let Some(value) = rest.strip_prefix(':') else {
            return false;
        };
        value.starts_with(char::is_whitespace) && value.trim_start().starts_with("crd-install")
    })
}

/// The extension of a file with its dot; empty when the name has none.
fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rfind('.')
        .map_or("", |at| name.get(at..).unwrap_or_default())
}

/// Files in place of folders, and missing templates.
fn check_folders(chart: &Chart, helm: HelmVersion) -> Vec<LintMessage> {
    let severity = match helm {
        HelmVersion::V3 => Severity::Warning,
        HelmVersion::V4 => Severity::Error,
    };
    let is_file = |name: &str| chart.files().iter().any(|file| file.name == name);
    let mut messages: Vec<LintMessage> = ["templates", "crds"]
        .into_iter()
        .filter(|name| is_file(name))
        .map(|name| LintMessage::of_file(severity, &format!("{name}/"), "not a directory".into()))
        .collect();
    if chart.templates().is_empty() && !chart.metadata().is_library() && !is_file("templates") {
        let text = "directory does not exist".to_owned();
        messages.push(LintMessage::of_file(Severity::Warning, "templates/", text));
    }
    messages
}

/// The files below crds/ contain CRDs and are no templates. Helm 4 checks it; Helm 3 installs what they
/// contain.
fn check_crds(chart: &Chart, folder: &str, helm: HelmVersion, messages: &mut Vec<LintMessage>) {
    let severity = match helm {
        HelmVersion::V3 => Severity::Warning,
        HelmVersion::V4 => Severity::Error,
    };
    for file in chart.own_crds() {
        let name = format!("{folder}{}", file.name);
        let found = crd_faults(file).into_iter();
        messages.extend(found.map(|text| LintMessage::of_file(severity, &name, text)));
    }
    for child in chart.subcharts() {
        let folder = format!("{folder}charts/{}/", child.name());
        check_crds(child, &folder, helm, messages);
    }
}

fn crd_faults(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    let text = String::from_utf8_lossy(&file.data);
    for document in manifest::split(&text) {
        let value = match yaml::read_part(document, ObjectHead::includes_key) {
            Ok(gotmpl::Value::Nil) => continue,
            Ok(value) => value,
            Err(error) => {
                faults.push(format!("unable to parse YAML: {}", error.helm_message()));
                break;
            }
        };
        let head = match ObjectHead::read(&value) {
            Ok(head) => head,
            Err(reason) => {
                faults.push(format!(
                    "unable to parse YAML: error unmarshaling JSON: while decoding JSON: {reason}"
                ));
                break;
            }
        };
        if !head.api_version.starts_with("apiextensions.k8s.io") {
            faults.push("apiVersion is not in 'apiextensions.k8s.io'".to_owned());
        }
        if head.kind != "CustomResourceDefinition" {
            faults.push("object kind is not 'CustomResourceDefinition'".to_owned());
        }
    }
    faults
}

fn check_dependencies(chart: &Chart) -> Vec<LintMessage> {
    let mut messages = Vec::new();
    let is_declared = |name: &str| {
        let declared = &chart.metadata().dependencies;
        declared.iter().any(|dependency| dependency.name == name)
    };
    let names = chart.subcharts().iter().map(Chart::name);
    let undeclared: Vec<&str> = names.filter(|name| !is_declared(name)).collect();
    if !undeclared.is_empty() {
        let names = undeclared.join(",");
        let text = format!("chart metadata is missing these dependencies: {names}");
        messages.push(LintMessage::of_file(Severity::Error, "charts/", text));
    }
    if let Err(Error::MissingDependencies { names }) = dependencies::check_dependencies(chart) {
        let names = names.join(",");
        let text = format!("chart directory is missing these dependencies: {names}");
        messages.push(LintMessage::of_file(Severity::Warning, "charts/", text));
    }
    messages
}
