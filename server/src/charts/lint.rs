//! `meshspan lint`: what is wrong with a chart, with file and line.

use super::{failed, given::Given, located, template};
use chart::{LintMessage, Severity};
use clap::Args;
use std::{io::Write as _, process::ExitCode};

/// Say what is wrong with a chart, with file and line.
#[derive(Args)]
pub(crate) struct Lint {
    /// The chart: a folder, an archive, or `repository/name`.
    chart: String,
    #[command(flatten)]
    given: Given,
}

/// Looks at a chart and says what it finds; an error among it is the exit status.
pub(crate) fn lint(asked: &Lint) -> ExitCode {
    let remarks = match remarks(asked) {
        Ok(remarks) => remarks,
        Err(error) => return failed(&format!("{error:#}")),
    };
    let mut out = std::io::stdout().lock();
    for remark in &remarks {
        let _ = writeln!(out, "{remark}");
    }
    let errors = remarks
        .iter()
        .filter(|remark| remark.severity == Severity::Error)
        .count();
    let _ = writeln!(out, "{errors} errors, {} remarks in all", remarks.len());
    if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn remarks(asked: &Lint) -> anyhow::Result<Vec<LintMessage>> {
    let values = asked.given.values()?;
    let chart = match located::chart(&asked.chart, None) {
        Ok(chart) => chart,
        Err(error) => {
            let error = error.downcast::<chart::Error>()?;
            return Ok(vec![chart::lint_message(&error)]);
        }
    };
    Ok(chart::lint(
        &chart,
        &values,
        &template::facts("release-name"),
    ))
}
