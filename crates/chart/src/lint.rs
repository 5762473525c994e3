//! The chart linter: errors and recommendations, each with its file and line.
//!
//! The linter checks the metadata and the files, parses every template and renders the chart with its default
//! values; a parse error in one template does not hide errors in the next. It finds what `helm lint` finds, in
//! its words; what only Helm 4 finds is a warning for Helm 3. Start at [`lint`]; [`metadata`] has the rules for
//! Chart.yaml, [`files`] those for the other files, [`object`] those for rendered objects.
mod files;
mod manifests;
mod metadata;
mod object;
mod url;

use gotmpl::{Budget, Limits, Templates};

use crate::error::Error;
use crate::facts::Facts;
use crate::funcs;
use crate::model::{Chart, File};
use crate::render::{check_kube_version, render_to_lint};
use crate::values::Values;
use crate::yaml::DuplicateKey;

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

impl LintMessage {
    /// A message about a whole file.
    fn of_file(severity: Severity, file: &str, text: String) -> Self {
        Self {
            severity,
            file: file.to_owned(),
            line: 0,
            text,
        }
    }
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

/// The message about a repeated key.
fn repeated_key(repeated: &DuplicateKey) -> String {
    format!(
        "key {} is repeated; the value of line {} is ignored",
        repeated.path.join("."),
        repeated.first_line
    )
}

/// Checks the chart in a folder and renders it with these values over its defaults. Of a chart that cannot be
/// loaded, Chart.yaml is checked, and the error is one of the messages.
pub fn lint_folder(
    files: Vec<(String, Vec<u8>)>,
    values: &Values,
    facts: &Facts,
) -> Vec<LintMessage> {
    let metadata = files.iter().find(|(name, _)| name == "Chart.yaml");
    let metadata = metadata.map(|(_, text)| text.clone());
    match Chart::from_folder(files) {
        Ok(chart) => lint(&chart, values, facts),
        Err(error) => {
            let mut messages = files::check_metadata(&metadata.unwrap_or_default());
            messages.push(lint_message(&error));
            sort(&mut messages);
            messages
        }
    }
}

/// Checks a chart and renders it with these values over its defaults.
pub fn lint(chart: &Chart, values: &Values, facts: &Facts) -> Vec<LintMessage> {
    let mut messages = files::check(chart, facts);
    if let Err(error) = check_kube_version(chart, facts) {
        messages.push(LintMessage {
            severity: Severity::Warning,
            ..lint_message(&error)
        });
    }
    let budget = Budget::new(Limits::default());
    let parse_errors = parse_errors(chart, facts, &budget);
    if !parse_errors.is_empty() {
        messages.extend(parse_errors);
    } else if !chart.metadata().is_library() {
        match render_to_lint(chart, values, facts) {
            Ok((manifests, faults)) => {
                messages.extend(manifests::check(
                    &manifests,
                    minor_version(facts),
                    facts.helm,
                ));
                messages.extend(faults.invalid.iter().map(lint_message));
                messages.extend(faults.indented.iter().map(indented_message));
                messages.extend(faults.separators.iter().map(|(template, rest)| {
                    let text =
                        format!("unable to parse YAML: invalid Yaml document separator: {rest}");
                    LintMessage::of_file(Severity::Error, template, text)
                }));
            }
            Err(error) => messages.push(lint_message(&error)),
        }
    }
    sort(&mut messages);
    messages
}

fn sort(messages: &mut [LintMessage]) {
    messages.sort_by(|a, b| (a.severity, &a.file, a.line).cmp(&(b.severity, &b.file, b.line)));
}

/// The message about a template whose output begins with an indented line.
fn indented_message((template, line): &(String, String)) -> LintMessage {
    let line = gotmpl::quote(line);
    let text =
        format!("document starts with an illegal indent: {line}, which may cause parsing problems");
    LintMessage::of_file(Severity::Warning, template, text)
}

/// The minor version of the Kubernetes that the chart is checked for.
fn minor_version(facts: &Facts) -> u32 {
    let mut parts = facts.capabilities.kube_version.split('.').skip(1);
    let minor = parts.next().unwrap_or_default();
    let digits = minor.trim_end_matches(|c: char| !c.is_ascii_digit());
    digits.parse().unwrap_or(u32::MAX)
}

/// The parse errors of all templates.
fn parse_errors(chart: &Chart, facts: &Facts, budget: &Budget) -> Vec<LintMessage> {
    let mut messages = Vec::new();
    let functions = funcs::table_to_lint(facts, &funcs::Observed::default());
    let mut templates = Templates::new(functions);
    // Of a library only the files of definitions are parsed.
    let is_library = chart.metadata().is_library();
    let is_parsed = |file: &&File| {
        let name = file.name.rsplit('/').next().unwrap_or_default();
        !is_library || name.starts_with('_')
    };
    for file in chart.templates().iter().filter(is_parsed) {
        let name = format!("{}/{}", chart.name(), file.name);
        let text = String::from_utf8_lossy(&file.data);
        if let Err(error) = templates.parse(&name, text, budget) {
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

#[cfg(test)]
mod tests;
