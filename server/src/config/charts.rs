//! The options of the chart commands: `template`, `lint` and `export`.

use clap::Args;
use std::path::PathBuf;
use wire::HelmVersion;

/// Render a chart and print the manifests, as `helm template` does.
#[derive(Args)]
pub(crate) struct Template {
    /// Release name and chart; the chart is a directory, an archive, or `repository/name`.
    #[arg(num_args = 1..=2, required = true, value_names = ["RELEASE", "CHART"])]
    pub(crate) names: Vec<String>,
    /// Version of a chart in a repository; the newest version by default.
    #[arg(long)]
    pub(crate) version: Option<String>,
    /// Namespace of the release.
    #[arg(short, long, default_value = "default")]
    pub(crate) namespace: String,
    #[command(flatten)]
    pub(crate) values: ValueOptions,
    /// Kubernetes version that templates see in `.Capabilities.KubeVersion`.
    #[arg(long, value_name = "VERSION")]
    pub(crate) kube_version: Option<String>,
    /// Additional API versions that templates see in `.Capabilities.APIVersions`.
    #[arg(short, long, value_name = "GROUP/VERSION", value_delimiter = ',')]
    pub(crate) api_versions: Vec<String>,
    /// Include the CRDs of the chart's crds/ directory in the output.
    #[arg(long)]
    pub(crate) include_crds: bool,
    /// Omit hooks from the output.
    #[arg(long)]
    pub(crate) no_hooks: bool,
    /// Omit test hooks from the output.
    #[arg(long)]
    pub(crate) skip_tests: bool,
    /// Print only the manifests rendered from this template.
    #[arg(short, long, value_name = "TEMPLATE")]
    pub(crate) show_only: Vec<String>,
    /// Set `.Release.IsUpgrade` instead of `.Release.IsInstall`.
    #[arg(long)]
    pub(crate) is_upgrade: bool,
    #[command(flatten)]
    pub(crate) helm: HelmOption,
}

/// The version of Helm that a command follows.
#[derive(Args)]
pub(crate) struct HelmOption {
    /// Version of Helm to follow: 3 (3.17) or 4 (4.1).
    #[arg(
        id = "helm",
        long = "helm",
        value_name = "VERSION",
        default_value = "3"
    )]
    pub(crate) version: HelmVersion,
}

/// Check a chart and report problems with file and line.
#[derive(Args)]
pub(crate) struct Lint {
    /// Chart: a directory, an archive, or `repository/name`.
    pub(crate) chart: String,
    /// Namespace of the release.
    #[arg(short, long, default_value = "default")]
    pub(crate) namespace: String,
    #[command(flatten)]
    pub(crate) values: ValueOptions,
    /// Kubernetes version for which APIs are deprecated, and that templates see.
    #[arg(long, value_name = "VERSION")]
    pub(crate) kube_version: Option<String>,
    /// Fail on warnings too.
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) helm: HelmOption,
}

/// Write the built-in charts as directories, DIR/built-in/NAME. Existing files are never overwritten.
#[derive(Args)]
pub(crate) struct Export {
    /// Directory to write to.
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

/// Values from the command line.
#[derive(Args)]
pub(crate) struct ValueOptions {
    /// Values file; `-` reads standard input. Later files take precedence.
    #[arg(
        short = 'f',
        long = "values",
        value_name = "FILE",
        value_delimiter = ','
    )]
    pub(crate) files: Vec<String>,
    /// Set values, for example `a.b=1,c={x,y}`.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Set values that are always strings.
    #[arg(long, value_name = "KEY=STRING")]
    pub(crate) set_string: Vec<String>,
    /// Set values that are JSON; with `--helm 4` also a whole object.
    #[arg(long, value_name = "KEY=JSON")]
    pub(crate) set_json: Vec<String>,
    /// Set values to the content of files.
    #[arg(long, value_name = "KEY=FILE")]
    pub(crate) set_file: Vec<String>,
    /// Set a literal string; nothing in the value is interpreted.
    #[arg(long, value_name = "KEY=STRING")]
    pub(crate) set_literal: Vec<String>,
}
