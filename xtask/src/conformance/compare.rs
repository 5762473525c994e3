//! The comparison of two renderings of a chart.

use super::{
    find::Case,
    program::{Output, Programs},
};
use crate::Outcome;
use std::{collections::BTreeSet, time::Duration};

/// The result of the comparison of one case.
pub(super) enum Finding {
    /// Both programs print the same manifests.
    Identical,
    /// Both programs fail with the same error.
    SameError,
    /// Both programs fail with different errors.
    DifferentError { helm: String, meshspan: String },
    /// Only Helm fails.
    OnlyHelmFails { helm: String },
    /// Only Meshspan fails.
    OnlyMeshspanFails { meshspan: String },
    /// The manifests differ; the first different line and its position.
    Different {
        source: String,
        line: usize,
        helm: String,
        meshspan: String,
    },
}

impl Finding {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::SameError => "same error",
            Self::DifferentError { .. } => "different error",
            Self::OnlyHelmFails { .. } => "only helm fails",
            Self::OnlyMeshspanFails { .. } => "only meshspan fails",
            Self::Different { .. } => "different",
        }
    }

    pub(super) fn is_equal(&self) -> bool {
        matches!(self, Self::Identical | Self::SameError)
    }

    pub(super) fn detail(&self) -> String {
        match self {
            Self::Identical | Self::SameError => String::new(),
            Self::DifferentError { helm, meshspan } => {
                format!("helm: {helm}\nmeshspan: {meshspan}")
            }
            Self::OnlyHelmFails { helm } => format!("helm: {helm}"),
            Self::OnlyMeshspanFails { meshspan } => format!("meshspan: {meshspan}"),
            Self::Different {
                source,
                line,
                helm,
                meshspan,
            } => format!("{source}, line {line} of the output\nhelm: {helm}\nmeshspan: {meshspan}"),
        }
    }
}

/// Renders a case with both programs and compares the results.
pub(super) fn compare(programs: &Programs, case: &Case) -> Outcome<Finding> {
    let (helm, meshspan) = (programs.helm(case)?, programs.meshspan(case)?);
    Ok(match (helm, meshspan) {
        (Output::Error(helm), Output::Error(meshspan)) if helm == meshspan => Finding::SameError,
        (Output::Error(helm), Output::Error(meshspan)) => {
            Finding::DifferentError { helm, meshspan }
        }
        (Output::Error(helm), Output::Manifests(_)) => Finding::OnlyHelmFails { helm },
        (Output::Manifests(_), Output::Error(meshspan)) => Finding::OnlyMeshspanFails { meshspan },
        (Output::Manifests(helm), Output::Manifests(meshspan)) if helm == meshspan => {
            Finding::Identical
        }
        (Output::Manifests(helm), Output::Manifests(meshspan)) => {
            // After a second, values that depend on the time have changed as well.
            std::thread::sleep(Duration::from_millis(1100));
            let helm_again = programs.helm(case)?;
            let meshspan_again = programs.meshspan(case)?;
            match (helm_again, meshspan_again) {
                (Output::Manifests(helm_again), Output::Manifests(meshspan_again)) => {
                    difference([&helm, &helm_again], [&meshspan, &meshspan_again])
                }
                _ => first_difference([&helm, &helm], [&meshspan, &meshspan]),
            }
        }
    })
}

/// The first line that differs and is not random; each side is rendered twice.
fn difference(helm: [&str; 2], meshspan: [&str; 2]) -> Finding {
    let count = |text: &str| text.lines().count();
    if count(helm[0]) == count(helm[1]) {
        return first_difference(helm, meshspan);
    }
    // The number of lines is random as well: the lines that both runs share are compared as sets.
    let stable_lines = |texts: [&str; 2]| -> BTreeSet<String> {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
        &lines(texts[0]) & &lines(texts[1])
    };
    let (helm, meshspan) = (stable_lines(helm), stable_lines(meshspan));
    match helm.symmetric_difference(&meshspan).next() {
        None => Finding::Identical,
        Some(line) => Finding::Different {
            source: "the lines that are not random".to_owned(),
            line: 0,
            helm: quoted(helm.get(line).map(String::as_str)),
            meshspan: quoted(meshspan.get(line).map(String::as_str)),
        },
    }
}

fn first_difference(helm: [&str; 2], meshspan: [&str; 2]) -> Finding {
    let lines = |text| -> Vec<&str> { str::lines(text).collect() };
    let (expected, expected_again) = (lines(helm[0]), lines(helm[1]));
    let actual = lines(meshspan[0]);
    let mut source = "";
    for index in 0..expected.len().max(actual.len()) {
        let (helm_line, meshspan_line) = (expected.get(index), actual.get(index));
        if let Some(line) = helm_line.filter(|line| line.starts_with("# Source: ")) {
            source = line;
        }
        let is_random = helm_line.is_some()
            && meshspan_line.is_some()
            && helm_line != expected_again.get(index);
        if helm_line != meshspan_line && !is_random {
            return Finding::Different {
                source: source.trim_start_matches("# Source: ").to_owned(),
                line: index + 1,
                helm: quoted(helm_line.copied()),
                meshspan: quoted(meshspan_line.copied()),
            };
        }
    }
    if expected.is_empty() || helm[0].ends_with('\n') == meshspan[0].ends_with('\n') {
        return Finding::Identical;
    }
    Finding::Different {
        source: source.to_owned(),
        line: expected.len(),
        helm: "a newline at the end".to_owned(),
        meshspan: "no newline at the end".to_owned(),
    }
}

fn quoted(line: Option<&str>) -> String {
    line.map_or_else(|| "(no such line)".to_owned(), |line| format!("{line:?}"))
}
