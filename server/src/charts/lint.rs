//! `meshspan lint`: reports problems of a chart with file and line.

use super::{failure, locate, template, values};
use crate::config::Lint;
use chart::{Remark, Severity};
use std::{io::Write as _, process::ExitCode};

/// Checks a chart and prints the remarks; the command fails when one of them is an error.
pub(crate) fn lint(options: &Lint) -> ExitCode {
    let remarks = match remarks(options) {
        Ok(remarks) => remarks,
        Err(error) => return failure(&format!("{error:#}")),
    };
    let mut out = std::io::stdout().lock();
    for remark in &remarks {
        let _ = writeln!(out, "{remark}");
    }
    let errors = remarks
        .iter()
        .filter(|remark| remark.severity == Severity::Error)
        .count();
    let _ = writeln!(out, "errors: {errors}, remarks: {}", remarks.len());
    if errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn remarks(options: &Lint) -> anyhow::Result<Vec<Remark>> {
    let values = values::read(&options.values)?;
    let chart = match locate::chart(&options.chart, None) {
        Ok(chart) => chart,
        Err(error) => {
            let error = error.downcast::<chart::Error>()?;
            return Ok(vec![chart::remark_of(&error)]);
        }
    };
    Ok(chart::lint(
        &chart,
        &values,
        &template::facts("release-name"),
    ))
}
