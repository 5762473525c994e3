//! `meshspan lint`: reports problems of a chart with file and line.

use super::{failure, folder, locate, template, values};
use crate::config::Lint;
use chart::{Facts, LintMessage, Severity};
use std::{io::Write as _, path::Path, process::ExitCode};
use wire::error_chain;

/// Checks a chart and prints the messages; the command fails when one of them is an error, or with `--strict` a
/// warning.
pub(crate) fn lint(options: &Lint) -> ExitCode {
    let messages = match messages(options) {
        Ok(messages) => messages,
        Err(error) => return failure(&error_chain(error.as_ref())),
    };
    let mut out = std::io::stdout().lock();
    for message in &messages {
        let _ = writeln!(out, "{message}");
    }
    let errors = messages
        .iter()
        .filter(|message| message.severity == Severity::Error)
        .count();
    let _ = writeln!(out, "errors: {errors}, messages: {}", messages.len());
    let is_fault = |message: &LintMessage| match message.severity {
        Severity::Error => true,
        Severity::Warning => options.strict,
        Severity::Info => false,
    };
    if messages.iter().any(is_fault) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

fn messages(options: &Lint) -> anyhow::Result<Vec<LintMessage>> {
    let values = values::read(&options.values, options.helm.version)?;
    let facts = facts(options)?;
    if Path::new(&options.chart).is_dir() {
        let files = folder::files(Path::new(&options.chart))?;
        return Ok(chart::lint_folder(files, &values, &facts));
    }
    let chart = match locate::chart(&options.chart, None) {
        Ok(chart) => chart,
        Err(error) => {
            let error = error.downcast::<chart::Error>()?;
            return Ok(vec![chart::lint_message(&error)]);
        }
    };
    Ok(chart::lint(&chart, &values, &facts))
}

/// The facts with which `helm lint` renders.
fn facts(options: &Lint) -> anyhow::Result<Facts> {
    let helm = options.helm.version;
    let mut facts = template::facts("test-release", helm);
    facts.release.namespace.clone_from(&options.namespace);
    if let Some(version) = &options.kube_version {
        facts.capabilities = facts.capabilities.with_kube_version(version, helm)?;
    }
    Ok(facts)
}
