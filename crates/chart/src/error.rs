//! Errors of reading, completing and rendering a chart.
//!
//! `Display` says what failed; [`Error::detail`] gives Helm's message. Start at [`Error`].
mod problem;
mod schema_error;

use gotmpl::Call;
use wire::HelmVersion;

use crate::archive::ArchiveError;
use crate::ignore::IgnoreError;
use crate::yaml;
pub use schema_error::{SchemaError, SchemaErrorKind};

/// Why a chart cannot be read, completed or rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive of a chart is invalid.
    #[error("could not unpack the chart's archive")]
    Archive(#[source] ArchiveError),
    /// A `.helmignore` file is invalid.
    #[error("could not read .helmignore, line {}", .0.line)]
    Ignore(#[from] IgnoreError),
    /// A subchart cannot be read.
    #[error("error unpacking subchart {file} in {parent}")]
    Subchart {
        /// The folder or archive of the subchart below charts/.
        file: String,
        /// The parent chart.
        parent: String,
        /// The reason.
        #[source]
        source: Box<Error>,
    },
    /// A values file does not contain a map.
    #[error("{file} contains {found} instead of a map")]
    NotAMapping {
        /// The file, relative to the root of the chart.
        file: String,
        /// The JSON type of its content.
        found: String,
    },
    /// The chart has no `Chart.yaml`.
    #[error("Chart.yaml file is missing")]
    MissingMetadata,
    /// `Chart.yaml` is invalid.
    #[error("validation: {reason}")]
    Metadata {
        /// The reason.
        reason: String,
    },
    /// A metadata file contains a value of the wrong type.
    #[error("could not decode {file}: {reason}")]
    Unmarshal {
        /// The file, relative to the root of the chart.
        file: String,
        /// The value of the wrong type.
        reason: String,
    },
    /// A file of the chart is not UTF-8 text.
    #[error("{file} is not UTF-8 text")]
    NotText {
        /// The file, relative to the root of the chart.
        file: String,
    },
    /// A text is not valid YAML.
    #[error("could not read {file} as YAML")]
    Yaml {
        /// The file, relative to the root of the chart; `values` for the user's values.
        file: String,
        /// The position and the reason.
        #[source]
        source: yaml::Error,
    },
    /// A values file from the user is invalid.
    #[error("failed to parse {file}: {reason}")]
    ValuesFile {
        /// The file.
        file: String,
        /// The reason.
        reason: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// The chart requires another version of Kubernetes.
    #[error("chart requires kubeVersion: {required} which is incompatible with Kubernetes {found}")]
    KubeVersion {
        /// The required version range.
        required: String,
        /// The version of the cluster.
        found: String,
    },
    /// The chart does not include all of its dependencies.
    #[error("found in Chart.yaml, but missing in charts/ directory: {}", names.join(", "))]
    MissingDependencies {
        /// The names of the missing charts.
        names: Vec<String>,
    },
    /// The values of a subchart are not a map.
    #[error("type mismatch on {chart}: {found}")]
    TypeMismatch {
        /// The subchart.
        chart: String,
        /// The value, as Go prints it.
        found: String,
    },
    /// A library chart cannot be installed.
    #[error("library charts are not installable")]
    Library,
    /// The values do not match the chart's schema.
    #[error("values don't meet the specifications of the schema(s) in the following chart(s):\n{}", format_by_chart(.0))]
    Schema(Vec<SchemaError>),
    /// The schema of a chart is invalid.
    #[error("values.schema.json of chart {chart} is invalid: {reason}")]
    BadSchema {
        /// The chart with the schema.
        chart: String,
        /// The reason.
        reason: String,
    },
    /// A template cannot be parsed or executed.
    #[error("could not render the chart's templates")]
    Template {
        /// The error, with its position.
        #[source]
        error: Box<gotmpl::Error>,
        /// The version of Helm whose message is given.
        helm: HelmVersion,
    },
    /// The output of a template is not valid YAML.
    #[error("YAML parse error on {template}")]
    InvalidOutput {
        /// The template.
        template: String,
        /// The output of the template.
        text: String,
        /// The line of the template, from 1, that wrote the line of the failure.
        template_line: Option<usize>,
        /// The position and the reason.
        #[source]
        source: yaml::Error,
    },
    /// The output of a template is valid YAML but not a manifest.
    #[error("YAML parse error on {template}")]
    InvalidManifest {
        /// The template.
        template: String,
        /// The value of the wrong type.
        reason: String,
    },
    /// The chart needs more memory or time than the limits allow.
    #[error("the chart exceeds a limit: {0}")]
    Limit(#[from] gotmpl::LimitExceeded),
    /// The rendering thread did not start or panicked.
    #[error("rendering stopped unexpectedly")]
    RenderThread,
}

/// The violations, grouped by chart.
fn format_by_chart(errors: &[SchemaError]) -> String {
    let mut lines = Vec::new();
    let mut chart = None;
    for error in errors {
        if chart != Some(&error.chart) {
            chart = Some(&error.chart);
            lines.push(format!("{}:", error.chart));
        }
        lines.push(format!("- {error}"));
    }
    lines.join("\n")
}

/// The failed templates as Helm 4 lists them, one below the other.
fn format_trace(calls: &[Call]) -> String {
    let mut calls = calls.to_vec();
    calls.dedup();
    let mut text = String::new();
    for call in calls {
        // Go's errors of other templates begin after this word.
        let message = call.message.split(" template:").next().unwrap_or_default();
        for (part, end) in [
            (&*call.location, "\n  "),
            (&*call.context, "\n    "),
            (message, "\n"),
        ] {
            if !part.is_empty() {
                text.push_str(part);
                text.push_str(end);
            }
        }
    }
    text.trim().to_owned()
}

impl Error {
    /// The file, line and column of the failure, if known; line and column are counted from 1.
    pub fn location(&self) -> Option<(&str, usize, usize)> {
        match self {
            Self::Yaml { file, source } => Some((file, source.line, source.column)),
            Self::InvalidOutput {
                template,
                template_line,
                source,
                ..
            } => match template_line {
                Some(line) => Some((template, *line, 1)),
                None => Some((template, source.line, source.column)),
            },
            Self::InvalidManifest { template, .. } => Some((template, 1, 1)),
            Self::ValuesFile {
                file, line, column, ..
            } => Some((file, *line, *column)),
            Self::Template { error, .. } => Some((
                &error.file,
                error.line,
                error.column.map_or(1, |column| column + 1),
            )),
            Self::Ignore(error) => Some((".helmignore", error.line, 1)),
            Self::BadSchema { .. } => Some(("values.schema.json", 1, 1)),
            Self::Subchart { source, .. } => source.location(),
            _ => None,
        }
    }

    /// The message of a template that called `required` or `fail`.
    pub fn failed_call(&self) -> Option<&str> {
        match self {
            Self::Template { error, .. } if error.kind == gotmpl::ErrorKind::Fail => {
                Some(&error.reason)
            }
            _ => None,
        }
    }

    /// The name of an existing template that may be meant instead of a missing one.
    pub fn similar_template(&self) -> Option<&str> {
        match self {
            Self::Template { error, .. } => error.similar.as_deref(),
            Self::Subchart { source, .. } => source.similar_template(),
            _ => None,
        }
    }

    /// The source line of the failure.
    pub fn snippet(&self) -> Option<String> {
        match self {
            Self::Yaml { source, .. } => Some(source.snippet.clone()),
            Self::InvalidOutput { text, source, .. } => text
                .lines()
                .nth(source.line.saturating_sub(1))
                .map(str::to_owned),
            Self::Template { error, .. } => Some(error.snippet.clone()),
            Self::Subchart { source, .. } => source.snippet(),
            _ => None,
        }
    }

    /// Helm's message, with the complete chain of causes in one text.
    pub fn detail(&self) -> String {
        match self {
            Self::Template { error, .. } if error.kind == gotmpl::ErrorKind::Fail => {
                format!("execution error at ({}): {}", error.outermost, error.reason)
            }
            Self::Template { error, .. } if error.is_plain_parse_error() => {
                // Helm keeps the text after the last colon.
                let reason = error.reason.rsplit(": ").next().unwrap_or_default();
                format!("parse error at ({}): {reason}", error.outermost)
            }
            Self::Template {
                error,
                helm: HelmVersion::V4,
            } => error
                .trace()
                .map_or_else(|| error.to_string(), format_trace),
            Self::Template { error, .. } => error.to_string(),
            Self::Yaml { file, source } => {
                format!("cannot load {file}: {}", source.helm_message())
            }
            Self::InvalidOutput { source, .. } => format!("{self}: {}", source.helm_message()),
            Self::BadSchema { chart, reason } => format!(
                "values don't meet the specifications of the schema(s) in the following \
                 chart(s):\n{chart}:\n{reason}"
            ),
            Self::InvalidManifest { reason, .. } => {
                format!("{self}: error unmarshaling JSON: while decoding JSON: {reason}")
            }
            Self::MissingDependencies { .. } => format!(
                "An error occurred while checking for chart dependencies. You may need to run \
                 `helm dependency build` to fetch missing dependencies: {self}"
            ),
            Self::Archive(error) => error.to_string(),
            Self::Ignore(error) => error.to_string(),
            Self::Subchart { source, .. } => format!("{self}: {}", source.detail()),
            Self::NotAMapping { file, found } => format!(
                "cannot load {file}: error unmarshaling JSON: while decoding JSON: json: \
                 cannot unmarshal {found} into Go value of type map[string]interface {{}}"
            ),
            Self::Unmarshal { file, reason } => {
                format!(
                    "cannot load {file}: error unmarshaling JSON: while decoding JSON: {reason}"
                )
            }
            _ => self.to_string(),
        }
    }
}
