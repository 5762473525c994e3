//! `meshspan template`: renders a chart and prints the manifests, as `helm template` does.

use super::{failure, locate, values};
use crate::config::Template;
use chart::{
    Capabilities, Facts, HelmVersion, HookSelection, Lookup, Manifests, PrintOptions, ReleaseFacts,
    Seed, Values,
};
use std::{fmt::Write as _, io::Write as _, process::ExitCode};

/// Helm's message for an invalid release name.
const INVALID_NAME: &str = "invalid release name, must match regex \
    ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be \
    longer than 53";

/// Renders a chart and prints the manifests, all on the thread of the rendering, so that the allocator uses one
/// heap.
pub(crate) fn template(options: &Template) -> ExitCode {
    chart::with_large_stack(|| match rendered(options) {
        Ok(text) => {
            let written = std::io::stdout().lock().write_all(text.as_bytes());
            written.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
        }
        Err(message) => failure(&message),
    })
    .unwrap_or_else(|error| failure(&error.detail()))
}

fn rendered(options: &Template) -> Result<String, String> {
    let (release, reference) = names(options);
    let facts = facts_from_options(options, release)?;
    let values = values::read(&options.values, options.helm.version)
        .map_err(|error| locate::message(&error))?;
    let chart = locate::chart(reference, options.version.as_deref())
        .map_err(|error| locate::message(&error))?;
    if chart.metadata().deprecated {
        eprintln!("WARNING: This chart is deprecated");
    }
    if chart.missing_dependencies().is_empty()
        && !chart.metadata().is_library()
        && !is_release_name(release)
    {
        return Err(format!("release name {release:?}: {INVALID_NAME}"));
    }
    warn_of_charts(&chart, facts.helm);
    let manifests = render(&chart, &values, &facts)?;
    for warning in &manifests.warnings {
        eprintln!("warning: {warning}");
    }
    let print_options = PrintOptions {
        crds: options.include_crds,
        hooks: match (options.no_hooks, options.skip_tests) {
            (true, _) => HookSelection::None,
            (false, true) => HookSelection::NoTests,
            (false, false) => HookSelection::All,
        },
        show_only: options.show_only.clone(),
    };
    let text = manifests
        .print(&print_options)
        .map_err(|error| error.to_string());
    // The process ends next, which frees them faster.
    std::mem::forget((chart, manifests));
    text
}

/// Warns of documents that are ignored in the values.yaml of a chart or of a subchart.
fn warn_of_charts(chart: &chart::Chart, helm: HelmVersion) {
    let file = format!("values.yaml of {}", chart.name());
    values::warn_of_more_documents(&file, chart.values_text(), helm);
    for subchart in chart.subcharts() {
        warn_of_charts(subchart, helm);
    }
}

fn is_release_name(name: &str) -> bool {
    let is_alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let is_label = |label: &str| {
        label.bytes().all(|b| is_alphanumeric(b) || b == b'-')
            && !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 53 && name.split('.').all(is_label)
}

fn render(chart: &chart::Chart, values: &Values, facts: &Facts) -> Result<Manifests, String> {
    chart::render_to_print(chart, values, facts).map_err(|error| {
        let mut text = error.detail();
        if let Some((file, line, column)) = error.location() {
            let snippet = error.snippet().unwrap_or_default();
            let snippet = snippet.trim();
            let _ = write!(text, "\n\n  at {file}:{line}:{column}: {snippet}");
        }
        if let Some(similar) = error.similar_template() {
            let _ = write!(text, "\n  did you mean {similar:?}?");
        }
        text
    })
}

/// The name of the release and the reference of the chart.
fn names(options: &Template) -> (&str, &str) {
    match options.names.as_slice() {
        [release, chart, ..] => (release, chart),
        [chart] => ("release-name", chart),
        [] => ("release-name", ""),
    }
}

fn facts_from_options(options: &Template, release: &str) -> Result<Facts, String> {
    let helm = options.helm.version;
    let mut facts = facts(release, helm);
    facts.release.namespace.clone_from(&options.namespace);
    facts.release.upgrade = options.is_upgrade;
    if let Some(version) = &options.kube_version {
        facts.capabilities = facts
            .capabilities
            .with_kube_version(version, helm)
            .map_err(|error| error.to_string())?;
    }
    let api_versions = options.api_versions.iter().cloned();
    facts.capabilities.api_versions.extend(api_versions);
    Ok(facts)
}

/// The facts of a rendering without a cluster.
pub(super) fn facts(release: &str, helm: HelmVersion) -> Facts {
    Facts {
        release: ReleaseFacts {
            name: release.to_owned(),
            namespace: "default".to_owned(),
            revision: 1,
            upgrade: false,
        },
        capabilities: Capabilities::of_client(helm),
        now: jiff::Timestamp::now(),
        seed: Seed::new(console::random_bytes()),
        lookup: Lookup::none(),
        helm,
    }
}
