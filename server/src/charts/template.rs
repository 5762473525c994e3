//! `meshspan template`: what a chart renders to, as `helm template` prints it.

use super::{failed, given::Given, located};
use chart::{Capabilities, Facts, HookSelection, Manifests, PrintOptions, ReleaseFacts, Values};
use clap::Args;
use std::{
    fmt::Write as _,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    io::Write as _,
    process::ExitCode,
};

/// Helm's words for a name that no release can have.
const BAD_NAME: &str = "invalid release name, must match regex \
    ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be \
    longer than 53";

/// Print what a chart renders to, as `helm template` does.
#[derive(Args)]
pub(crate) struct Template {
    /// The release and the chart: a folder, an archive, or `repository/name`.
    #[arg(num_args = 1..=2, required = true, value_names = ["RELEASE", "CHART"])]
    named: Vec<String>,
    /// The version of a chart in a repository; the newest when it is not given.
    #[arg(long)]
    version: Option<String>,
    /// The namespace of the release.
    #[arg(short, long, default_value = "default")]
    namespace: String,
    #[command(flatten)]
    given: Given,
    /// The version of Kubernetes that templates are told.
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
    /// Further versions of APIs that templates are told.
    #[arg(short, long, value_name = "GROUP/VERSION", value_delimiter = ',')]
    api_versions: Vec<String>,
    /// Print the files below crds/ too.
    #[arg(long)]
    include_crds: bool,
    /// Leave hooks out.
    #[arg(long)]
    no_hooks: bool,
    /// Leave tests out.
    #[arg(long)]
    skip_tests: bool,
    /// Print only what comes of this template.
    #[arg(short, long, value_name = "TEMPLATE")]
    show_only: Vec<String>,
    /// Tell templates that this is an upgrade.
    #[arg(long)]
    is_upgrade: bool,
}

/// Renders and prints.
pub(crate) fn template(asked: &Template) -> ExitCode {
    match printed(asked) {
        Ok(text) => {
            let written = std::io::stdout().lock().write_all(text.as_bytes());
            written.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
        }
        Err(text) => failed(&text),
    }
}

fn printed(asked: &Template) -> Result<String, String> {
    let facts = asked.facts()?;
    let values = asked
        .given
        .values()
        .map_err(|error| located::words(&error))?;
    let (release, named) = asked.names();
    let chart =
        located::chart(named, asked.version.as_deref()).map_err(|error| located::words(&error))?;
    if chart.metadata().deprecated {
        eprintln!("WARNING: This chart is deprecated");
    }
    if chart.missing_dependencies().is_empty()
        && !chart.metadata().is_library()
        && !is_release_name(release)
    {
        return Err(format!("release name {release:?}: {BAD_NAME}"));
    }
    let manifests = render(&chart, &values, &facts)?;
    for warning in &manifests.warnings {
        eprintln!("warning: {warning}");
    }
    let what = PrintOptions {
        crds: asked.include_crds,
        hooks: match (asked.no_hooks, asked.skip_tests) {
            (true, _) => HookSelection::None,
            (false, true) => HookSelection::NoTests,
            (false, false) => HookSelection::All,
        },
        show_only: asked.show_only.clone(),
    };
    manifests.print(&what).map_err(|error| error.to_string())
}

fn is_release_name(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let part = |part: &str| {
        part.bytes().all(|b| letter(b) || b == b'-')
            && !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    name.len() <= 53 && name.split('.').all(part)
}

fn render(chart: &chart::Chart, values: &Values, facts: &Facts) -> Result<Manifests, String> {
    chart::render_to_print(chart, values, facts).map_err(|error| {
        let mut text = error.detail();
        if error.is_template_error() {
            text.push_str("\n\nUse --debug flag to render out invalid YAML");
        }
        if let Some((file, line, column)) = error.location() {
            let snippet = error.snippet().unwrap_or_default();
            let snippet = snippet.trim();
            let _ = write!(text, "\n\n  at {file}:{line}:{column}: {snippet}");
        }
        text
    })
}

impl Template {
    fn names(&self) -> (&str, &str) {
        match self.named.as_slice() {
            [release, chart, ..] => (release, chart),
            [chart] => ("release-name", chart),
            [] => ("release-name", ""),
        }
    }

    fn facts(&self) -> Result<Facts, String> {
        let (release, _) = self.names();
        let mut facts = facts(release);
        facts.release.namespace.clone_from(&self.namespace);
        facts.release.upgrade = self.is_upgrade;
        if let Some(version) = &self.kube_version {
            facts.capabilities = facts
                .capabilities
                .with_kube_version(version)
                .map_err(|error| error.to_string())?;
        }
        let further = self.api_versions.iter().cloned();
        facts.capabilities.api_versions.extend(further);
        Ok(facts)
    }
}

/// What templates are told where there is no cluster.
pub(super) fn facts(release: &str) -> Facts {
    Facts {
        release: ReleaseFacts {
            name: release.to_owned(),
            namespace: "default".to_owned(),
            revision: 1,
            upgrade: false,
        },
        capabilities: Capabilities::default(),
        now: jiff::Timestamp::now(),
        seed: RandomState::new().build_hasher().finish(),
    }
}
