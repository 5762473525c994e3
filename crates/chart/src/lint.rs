//! The chart linter: errors and recommendations, each with its file and line.
//!
//! The linter checks the metadata, parses every template and renders the chart with its default
//! values; a parse error in one template does not hide errors in the next. It finds what `helm lint` of
//! Helm 3.17 finds in charts that can be loaded, in its words. Start at [`lint`]; [`metadata`] has the rules
//! for Chart.yaml, [`object`] those for rendered objects.
mod metadata;
mod object;

use std::collections::BTreeSet;

use gotmpl::{Budget, Limits, Templates};
use wire::HelmVersion;

use crate::dependencies;
use crate::error::Error;
use crate::facts::Facts;
use crate::funcs;
use crate::manifest::{Manifest, Manifests};
use crate::model::Chart;
use crate::render::render_to_lint;
use crate::schema::unsupported_keywords;
use crate::values::Values;
use crate::yaml::{duplicate_keys, second_document};

/// The severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The chart cannot be installed.
    Error,
    /// The chart can be installed, but part of it has no effect.
    Warning,
    /// A recommendation.
    Info,
}

impl Severity {
    /// The prefix of a message.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A finding of the linter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintMessage {
    /// The severity.
    pub severity: Severity,
    /// The file; templates have the name of the chart as prefix.
    pub file: String,
    /// The line, from 1; 0 for the whole file.
    pub line: usize,
    /// What it is.
    pub text: String,
}

impl std::fmt::Display for LintMessage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = self.severity.as_str();
        match self.line {
            0 => write!(formatter, "{severity}: {}: {}", self.file, self.text),
            line => write!(formatter, "{severity}: {}:{line}: {}", self.file, self.text),
        }
    }
}

/// The lint message for an error.
pub fn lint_message(error: &Error) -> LintMessage {
    let (file, line) = match error.location() {
        Some((file, line, _)) => (file.to_owned(), line),
        None => ("Chart.yaml".to_owned(), 0),
    };
    LintMessage {
        severity: Severity::Error,
        file,
        line,
        text: error.detail(),
    }
}

/// Checks a chart and renders it with these values over its defaults.
pub fn lint(chart: &Chart, values: &Values, facts: &Facts) -> Vec<LintMessage> {
    let mut messages = check_files(chart);
    for (name, keyword) in unsupported_keywords(chart, facts.helm) {
        messages.push(LintMessage {
            severity: Severity::Warning,
            file: "values.schema.json".to_owned(),
            line: line_of(chart.schema_text().unwrap_or_default(), keyword),
            text: format!("{keyword} in the schema of {name} is ignored by Helm 3"),
        });
    }
    let second = second_document(chart.values_text());
    if let Some(line) = second.filter(|_| facts.helm == HelmVersion::V3) {
        messages.push(LintMessage {
            severity: Severity::Warning,
            file: "values.yaml".to_owned(),
            line,
            text: "Helm 3 takes the first document only; this one is ignored".to_owned(),
        });
    }
    for repeated in duplicate_keys(chart.values_text()) {
        messages.push(LintMessage {
            severity: Severity::Warning,
            file: "values.yaml".to_owned(),
            line: repeated.line,
            text: format!(
                "key {} is repeated; the value of line {} is ignored",
                repeated.path.join("."),
                repeated.first_line
            ),
        });
    }
    let budget = Budget::new(Limits::default());
    let parse_errors = parse_errors(chart, facts, &budget);
    if !parse_errors.is_empty() {
        messages.extend(parse_errors);
    } else if !chart.metadata().is_library() {
        match render_to_lint(chart, values, facts) {
            Ok(manifests) => messages.extend(check_manifests(&manifests, minor_version(facts))),
            Err(error) => messages.push(lint_message(&error)),
        }
    }
    messages.sort_by(|a, b| (a.severity, &a.file, a.line).cmp(&(b.severity, &b.file, b.line)));
    messages
}

/// The minor version of the Kubernetes that the chart is checked for.
fn minor_version(facts: &Facts) -> u32 {
    let mut parts = facts.capabilities.kube_version.split('.').skip(1);
    let minor = parts.next().unwrap_or_default();
    let digits = minor.trim_end_matches(|c: char| !c.is_ascii_digit());
    digits.parse().unwrap_or(u32::MAX)
}

fn line_of(text: &str, word: &str) -> usize {
    text.lines()
        .position(|line| line.contains(word))
        .map_or(0, |at| at + 1)
}

fn check_files(chart: &Chart) -> Vec<LintMessage> {
    let in_metadata = metadata::check(chart).into_iter();
    let mut messages: Vec<LintMessage> = in_metadata
        .map(|(severity, text)| LintMessage {
            severity,
            file: "Chart.yaml".to_owned(),
            line: 0,
            text,
        })
        .collect();
    let mut add_message = |severity, file: &str, text: String| {
        messages.push(LintMessage {
            severity,
            file: file.to_owned(),
            line: 0,
            text,
        });
    };
    for file in chart.templates() {
        let name = format!("{}/{}", chart.name(), file.name);
        let extension = file
            .name
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension);
        if !matches!(extension, "yaml" | "yml" | "tpl" | "txt") {
            let text = format!(
                "file extension '.{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"
            );
            add_message(Severity::Error, &name, text);
        }
        if file.text().is_ok_and(|text| text.contains(".Release.Time")) {
            let text = ".Release.Time has been removed in v3, please replace with the `now` function in your templates";
            add_message(Severity::Error, &name, text.to_owned());
        }
    }
    if let Err(Error::MissingDependencies { names }) = dependencies::check_dependencies(chart) {
        let names = names.join(",");
        let text = format!("chart directory is missing these dependencies: {names}");
        add_message(Severity::Warning, "charts/", text);
    }
    if !chart.has_values() {
        add_message(
            Severity::Info,
            "values.yaml",
            "file does not exist".to_owned(),
        );
    }
    if chart.templates().is_empty() && !chart.metadata().is_library() {
        add_message(
            Severity::Warning,
            "templates/",
            "directory not found or empty".to_owned(),
        );
    }
    messages
}

/// The parse errors of all templates.
fn parse_errors(chart: &Chart, facts: &Facts, budget: &Budget) -> Vec<LintMessage> {
    let mut messages = Vec::new();
    let functions = funcs::table_to_lint(facts, &funcs::Observed::default());
    let mut templates = Templates::new(functions);
    for file in chart.templates() {
        let name = format!("{}/{}", chart.name(), file.name);
        let text = String::from_utf8_lossy(&file.data);
        if let Err(error) = templates.parse(&name, &text, budget) {
            messages.push(lint_message(&Error::Template {
                error: Box::new(error),
                helm: facts.helm,
            }));
        }
    }
    messages.extend(
        chart
            .subcharts()
            .iter()
            .flat_map(|child| parse_errors(child, facts, budget)),
    );
    messages
}

fn check_manifests(manifests: &Manifests, minor: u32) -> Vec<LintMessage> {
    let mut messages = Vec::new();
    let mut add_message = |manifest: &Manifest, severity, text: String| {
        messages.push(LintMessage {
            severity,
            file: manifest.template.clone(),
            line: 0,
            text,
        });
    };
    let mut seen = BTreeSet::new();
    let hooks = manifests.hooks.iter().map(|hook| &hook.manifest);
    for manifest in manifests.objects.iter().chain(hooks) {
        if manifest.is_blank() {
            continue;
        }
        for (severity, text) in object::check(manifest, minor) {
            add_message(manifest, severity, text);
        }
        for (key, value) in [
            ("apiVersion", &manifest.api_version),
            ("kind", &manifest.kind),
            ("metadata.name", &manifest.name),
        ] {
            let list = manifest.kind.ends_with("List") || manifest.object.get("items").is_some();
            let generated = manifest.object.pointer("/metadata/generateName").is_some();
            if value.is_empty() && !(key == "metadata.name" && (list || generated)) {
                let text = format!("an object has no {key}");
                add_message(manifest, Severity::Error, text);
            }
        }
        let namespace = manifest.namespace.clone().unwrap_or_default();
        let identity = (
            &manifest.api_version,
            &manifest.kind,
            namespace,
            &manifest.name,
        );
        if !manifest.name.is_empty() && !seen.insert(identity) {
            let text = format!("{} {} is defined twice", manifest.kind, manifest.name);
            add_message(manifest, Severity::Warning, text);
        }
    }
    // Ignored schema keywords are already reported with their line.
    let of_schema = |warning: &&String| warning.starts_with("the schema of chart ");
    for warning in manifests
        .warnings
        .iter()
        .filter(|warning| !of_schema(warning))
    {
        messages.push(LintMessage {
            severity: Severity::Warning,
            file: "templates/".to_owned(),
            line: 0,
            text: warning.clone(),
        });
    }
    messages
}

#[cfg(test)]
mod tests;
