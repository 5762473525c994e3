//! `meshspan lint`: reports problems of a chart with file and line.

use super::{failure, locate, template, values};
use crate::config::Lint;
use chart::{LintMessage, Severity};
use std::{io::Write as _, process::ExitCode};

/// Checks a chart and prints the messages; the command fails when one of them is an error.
pub(crate) fn lint(options: &Lint) -> ExitCode {
    let messages = match messages(options) {
        Ok(messages) => messages,
        Err(error) => return failure(&format!("{error:#}")),
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
    if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn messages(options: &Lint) -> anyhow::Result<Vec<LintMessage>> {
    let values = values::read(&options.values, options.helm.version)?;
    let chart = match locate::chart(&options.chart, None) {
        Ok(chart) => chart,
        Err(error) => {
            let error = error.downcast::<chart::Error>()?;
            return Ok(vec![chart::lint_message(&error)]);
        }
    };
    Ok(chart::lint(
        &chart,
        &values,
        &template::facts("release-name", options.helm.version),
    ))
}
