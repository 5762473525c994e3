//! The rules for Chart.yaml, with the messages of `helm lint`.

use super::Severity;
use crate::model::{Chart, Metadata, MetadataFault, is_version};

const API_VERSION_MISSING: &str =
    "apiVersion is required. The value must be either \"v1\" or \"v2\"";

/// The findings in Chart.yaml.
pub(super) fn check(chart: &Chart) -> Vec<(Severity, String)> {
    let metadata = chart.metadata();
    let mut found = Vec::new();
    let mut error = |text: String| found.push((Severity::Error, text));
    match metadata.api_version.as_str() {
        "" | "v1" | "v2" => {}
        other => error(format!(
            "apiVersion '{other}' is not valid. The value must be either \"v1\" or \"v2\""
        )),
    }
    for fault in chart.metadata_faults() {
        error(match fault {
            MetadataFault::NoApiVersion => API_VERSION_MISSING.to_owned(),
            MetadataFault::NotAString { field, go_type } => {
                format!("{field} should be of type string but it's of type {go_type}")
            }
        });
    }
    if metadata.api_version == "v1" {
        for (is_given, field, is) in [
            (
                metadata.chart_type.is_some(),
                "chart type is not valid in",
                "It is",
            ),
            (
                metadata.declares_dependencies && !metadata.dependencies.is_empty(),
                "dependencies are not valid in the Chart file with",
                "They are",
            ),
        ] {
            if is_given {
                error(format!(
                    "{field} apiVersion 'v1'. {is} valid in apiVersion 'v2'"
                ));
            }
        }
    }
    check_people(metadata, &mut error);
    if metadata.icon.is_empty() {
        found.push((Severity::Info, "icon is recommended".to_owned()));
    } else if !is_url(&metadata.icon) {
        let text = format!("invalid icon URL '{}'", metadata.icon);
        found.push((Severity::Error, text));
    }
    if metadata.version.split('.').count() < 3 || !is_version(&metadata.version) {
        let text = format!(
            "version {:?} is not a complete semantic version",
            metadata.version
        );
        found.push((Severity::Warning, text));
    }
    found
}

/// Maintainers and sources; only the first invalid maintainer is reported, as by Helm.
fn check_people(metadata: &Metadata, error: &mut impl FnMut(String)) {
    let maintainer = metadata.maintainers.iter().find_map(|maintainer| {
        let (name, email, url) = (&maintainer.name, &maintainer.email, &maintainer.url);
        if name.is_empty() {
            return Some("each maintainer requires a name".to_owned());
        }
        if !email.is_empty() && !is_email(email) {
            return Some(format!("invalid email '{email}' for maintainer '{name}'"));
        }
        (!url.is_empty() && !is_url(url))
            .then(|| format!("invalid url '{url}' for maintainer '{name}'"))
    });
    maintainer.into_iter().for_each(&mut *error);
    for source in metadata.sources.iter().filter(|source| !is_url(source)) {
        error(format!("invalid source URL '{source}'"));
    }
}

/// Whether a text is an absolute URL without blanks.
fn is_url(text: &str) -> bool {
    let valid = |(scheme, rest): (&str, &str)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
            && !rest.is_empty()
    };
    !text.contains(char::is_whitespace) && text.split_once("://").is_some_and(valid)
}

/// Whether a text looks like an email address.
fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !text.contains(char::is_whitespace)
    })
}
