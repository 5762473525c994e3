//! The rules for Chart.yaml, with the messages of `helm lint`.

use super::url::{is_email, is_page_url, is_request_url};
use super::{LintMessage, Severity, repeated_key};
use crate::model::{Maintainer, Metadata, MetadataFault, is_version};

const FILE: &str = "Chart.yaml";

const API_VERSION_MISSING: &str =
    "apiVersion is required. The value must be either \"v1\" or \"v2\"";

/// The findings in Chart.yaml.
pub(super) fn check(metadata: &Metadata, faults: &[MetadataFault]) -> Vec<LintMessage> {
    let mut found: Vec<LintMessage> = faults.iter().filter_map(fault_message).collect();
    let mut add = |severity, text: String| {
        found.push(LintMessage::of_file(severity, FILE, text));
    };
    let mut error = |text: String| add(Severity::Error, text);
    match metadata.api_version.as_str() {
        "" | "v1" | "v2" => {}
        other => error(format!(
            "apiVersion '{other}' is not valid. The value must be either \"v1\" or \"v2\""
        )),
    }
    if metadata.name.is_empty() {
        error("name is required".to_owned());
    } else if metadata.name.contains(['/', '\\']) || matches!(metadata.name.as_str(), "." | "..") {
        error(format!("chart name {:?} is invalid", metadata.name));
    }
    let version = if faults.contains(&MetadataFault::NoApiVersion) {
        ""
    } else {
        &metadata.api_version
    };
    if version != "v2" && metadata.chart_type.is_some() {
        error(format!(
            "chart type is not valid in apiVersion '{version}'. It is valid in apiVersion 'v2'"
        ));
    }
    if version != "v2" && faults.contains(&MetadataFault::OwnDependencies) {
        error(format!(
            "dependencies are not valid in the Chart file with apiVersion '{version}'. They are valid in apiVersion 'v2'"
        ));
    }
    check_people(metadata, &mut error);
    if !metadata.icon.is_empty() && !is_request_url(&metadata.icon) {
        error(format!("invalid icon URL '{}'", metadata.icon));
    }
    if metadata.version.is_empty() {
        error("version is required".to_owned());
    } else if !is_version(&metadata.version) {
        error(format!(
            "version '{}' is not a valid SemVer",
            metadata.version
        ));
    }
    if metadata.icon.is_empty() {
        add(Severity::Info, "icon is recommended".to_owned());
    }
    if !is_strict_version(&metadata.version) {
        let text = format!("version '{}' is not a valid SemVerV2", metadata.version);
        add(Severity::Warning, text);
    }
    found
}

/// The message of a fault; none when it is one only together with others.
fn fault_message(fault: &MetadataFault) -> Option<LintMessage> {
    let (severity, line, text) = match fault {
        MetadataFault::NoApiVersion => (Severity::Error, 0, API_VERSION_MISSING.to_owned()),
        MetadataFault::NotAString { field, go_type } => {
            let text = format!("{field} should be of type string but it's of type {go_type}");
            (Severity::Error, 0, text)
        }
        MetadataFault::UnknownField { field, line } => {
            let text = format!("unknown field {field:?}");
            (Severity::Warning, *line, text)
        }
        MetadataFault::RepeatedField(key) => (Severity::Warning, key.line, repeated_key(key)),
        MetadataFault::OwnDependencies => return None,
    };
    Some(LintMessage {
        severity,
        file: FILE.to_owned(),
        line,
        text,
    })
}

/// Whether semantic versioning 2.0.0 has this version: three numbers without leading zeros, no `v`.
fn is_strict_version(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let is_number = |part: &str| {
        part.bytes().all(|b| b.is_ascii_digit()) && (part.len() == 1 || !part.starts_with('0'))
    };
    is_version(version) && core.split('.').count() == 3 && core.split('.').all(is_number)
}

/// Maintainers and sources; only the first invalid maintainer is reported, as by Helm.
fn check_people(metadata: &Metadata, error: &mut impl FnMut(String)) {
    let maintainer = metadata.maintainers.iter().find_map(|maintainer| {
        if *maintainer == Maintainer::default() {
            return Some("a maintainer entry is empty".to_owned());
        }
        let (name, email, url) = (&maintainer.name, &maintainer.email, &maintainer.url);
        if name.is_empty() {
            return Some("each maintainer requires a name".to_owned());
        }
        if !email.is_empty() && !is_email(email) {
            return Some(format!("invalid email '{email}' for maintainer '{name}'"));
        }
        (!url.is_empty() && !is_page_url(url))
            .then(|| format!("invalid url '{url}' for maintainer '{name}'"))
    });
    maintainer.into_iter().for_each(&mut *error);
    for source in metadata
        .sources
        .iter()
        .filter(|source| !is_request_url(source))
    {
        error(format!("invalid source URL '{source}'"));
    }
}
