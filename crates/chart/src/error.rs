//! Why a chart cannot be read, completed or rendered.
use crate::archive::ArchiveFault;
use crate::ignore::IgnoreError;
use crate::schema::SchemaError;
use crate::yaml;

/// Why a chart cannot be read, completed or rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive of a chart is refused.
    #[error("could not unpack the chart's archive")]
    Archive(#[source] ArchiveFault),
    /// A `.helmignore` cannot be used.
    #[error("could not read .helmignore, line {}", .0.line)]
    Ignore(#[from] IgnoreError),
    /// A chart inside of a chart cannot be read.
    #[error("error unpacking subchart {file} in {parent}")]
    Subchart {
        /// Its folder or archive below charts/.
        file: String,
        /// The chart it is in.
        parent: String,
        /// Why not.
        #[source]
        source: Box<Error>,
    },
    /// A values file is not a map.
    #[error("{file} holds {found} where a map must be")]
    NotAMap {
        /// The file, from the root of the chart.
        file: String,
        /// What it holds, as JSON names it.
        found: String,
    },
    /// The chart has no `Chart.yaml`.
    #[error("Chart.yaml file is missing")]
    NoMetadata,
    /// `Chart.yaml` says something that cannot be.
    #[error("validation: {reason}")]
    Metadata {
        /// What cannot be.
        reason: String,
    },
    /// A file about the chart has something of the wrong type in it.
    #[error("{file} of the chart: {reason}")]
    Unmarshal {
        /// The file, from the root of the chart.
        file: String,
        /// What is of the wrong type.
        reason: String,
    },
    /// A file of the chart is not text.
    #[error("{file} is not UTF-8 text")]
    NotText {
        /// The file, from the root of the chart.
        file: String,
    },
    /// A YAML text cannot be read.
    #[error("could not read {file} as YAML")]
    Yaml {
        /// The file, from the root of the chart; `values` for the values a person gave.
        file: String,
        /// Where and why.
        #[source]
        source: yaml::Error,
    },
    /// A file of values that a person gave cannot be read.
    #[error("failed to parse {file}: {reason}")]
    Given {
        /// The file.
        file: String,
        /// Why not.
        reason: String,
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// The chart needs another Kubernetes.
    #[error("chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {found}")]
    KubeVersion {
        /// What the chart asks for.
        wanted: String,
        /// What there is.
        found: String,
    },
    /// A chart it depends on is not in it.
    #[error("found in Chart.yaml, but missing in charts/ directory: {}", names.join(", "))]
    MissingDependencies {
        /// The names of the absent charts.
        names: Vec<String>,
    },
    /// A value stands where the values of a chart below belong.
    #[error("type mismatch on {chart}: {found}")]
    TypeMismatch {
        /// The chart below.
        chart: String,
        /// The value, as Go prints what it did not expect.
        found: String,
    },
    /// A library cannot be installed.
    #[error("library charts are not installable")]
    Library,
    /// The values do not fit the chart's schema.
    #[error("values don't meet the specifications of the schema(s) in the following chart(s):\n{}", shown(.0))]
    Schema(Vec<SchemaError>),
    /// A chart's schema is not a schema.
    #[error("values.schema.json of chart {chart} cannot be used: {reason}")]
    BadSchema {
        /// The chart whose schema it is.
        chart: String,
        /// Why not.
        reason: String,
    },
    /// A template cannot be parsed or carried out.
    #[error("could not render the chart's templates")]
    Template(#[source] Box<gotmpl::Error>),
    /// A template's output is not a manifest.
    #[error("YAML parse error on {template}")]
    Output {
        /// The template that wrote it.
        template: String,
        /// What it wrote, in case a person wants to see it.
        text: String,
        /// Where and why.
        #[source]
        source: yaml::Error,
    },
    /// A template's output is YAML, and yet no manifest.
    #[error("YAML parse error on {template}")]
    NoManifest {
        /// The template that wrote it.
        template: String,
        /// What is of the wrong type.
        reason: String,
    },
    /// The thread for the rendering could not be started, or it ended badly.
    #[error("rendering stopped unexpectedly")]
    Stopped,
}

/// The mistakes, under the name of the chart whose schema found them.
fn shown(errors: &[SchemaError]) -> String {
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

/// The next thing a person could try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Change the values at this place.
    EditValues {
        /// The keys that lead there.
        path: Vec<String>,
    },
    /// The chart itself must be mended by its author.
    AskAuthor,
}

impl Error {
    /// The file, line and column (both counted from 1) that the failure is about, where it is
    /// known.
    pub fn place(&self) -> Option<(&str, usize, usize)> {
        match self {
            Self::Yaml { file, source } => Some((file, source.line, source.column)),
            Self::Output {
                template, source, ..
            } => Some((template, source.line, source.column)),
            Self::NoManifest { template, .. } => Some((template, 1, 1)),
            Self::Given {
                file, line, column, ..
            } => Some((file, *line, *column)),
            Self::Template(error) => Some((
                &error.file,
                error.line,
                error.column.map_or(1, |column| column + 1),
            )),
            Self::Ignore(error) => Some((".helmignore", error.line, 1)),
            Self::BadSchema { .. } => Some(("values.schema.json", 1, 1)),
            Self::Subchart { source, .. } => source.place(),
            _ => None,
        }
    }

    /// The line of the file the failure is about, as written.
    pub fn snippet(&self) -> Option<String> {
        match self {
            Self::Yaml { source, .. } => Some(source.snippet.clone()),
            Self::Output { text, source, .. } => text
                .lines()
                .nth(source.line.saturating_sub(1))
                .map(str::to_owned),
            Self::Template(error) => Some(error.snippet.clone()),
            Self::Subchart { source, .. } => source.snippet(),
            _ => None,
        }
    }

    /// The words of Helm, the whole chain in one text.
    pub fn detail(&self) -> String {
        match self {
            Self::Template(error) if error.kind == gotmpl::Kind::Refused => {
                format!("execution error at ({}): {}", error.outermost, error.reason)
            }
            Self::Template(error) if error.is_plain_parse_error() => {
                // Helm keeps what stands behind the last colon.
                let reason = error.reason.rsplit(": ").next().unwrap_or_default();
                format!("parse error at ({}:{}): {reason}", error.file, error.line)
            }
            Self::Template(error) => error.to_string(),
            Self::Yaml { file, source } => {
                format!("cannot load {file}: {}", source.as_helm_says())
            }
            Self::Output { source, .. } => format!("{self}: {}", source.as_helm_says()),
            Self::BadSchema { chart, reason } => format!(
                "values don't meet the specifications of the schema(s) in the following \
                 chart(s):\n{chart}:\n{reason}"
            ),
            Self::NoManifest { reason, .. } => {
                format!("{self}: error unmarshaling JSON: while decoding JSON: {reason}")
            }
            Self::MissingDependencies { .. } => format!(
                "An error occurred while checking for chart dependencies. You may need to run \
                 `helm dependency build` to fetch missing dependencies: {self}"
            ),
            Self::Archive(fault) => fault.to_string(),
            Self::Ignore(error) => error.to_string(),
            Self::Subchart { source, .. } => format!("{self}: {}", source.detail()),
            Self::NotAMap { file, found } => format!(
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

    /// Whether the chart and its values were good, and its templates were not.
    pub fn is_of_templates(&self) -> bool {
        matches!(
            self,
            Self::KubeVersion { .. }
                | Self::Template(_)
                | Self::Output { .. }
                | Self::NoManifest { .. }
        )
    }

    /// The next thing a person could try, when we know one.
    pub fn hint(&self) -> Option<Hint> {
        match self {
            Self::Schema(errors) => errors.first().map(|error| Hint::EditValues {
                path: error.path.clone(),
            }),
            Self::Template(error) if error.kind != gotmpl::Kind::Refused => Some(Hint::AskAuthor),
            Self::BadSchema { .. }
            | Self::Metadata { .. }
            | Self::Unmarshal { .. }
            | Self::Archive(_)
            | Self::Ignore(_)
            | Self::Subchart { .. }
            | Self::NoMetadata => Some(Hint::AskAuthor),
            _ => None,
        }
    }
}
