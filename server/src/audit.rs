//! `meshspan audit`: prints the audit log as text or as JSON lines.

use crate::config;
use anyhow::{Context as _, Result, ensure};
use console::{AuditFilter, AuditLine, read_audit};
use jiff::Timestamp;
use std::io::{self, Write as _};
use wire::visible::visible;

/// Prints the selected lines, the oldest first.
///
/// # Errors
/// When the directory holds no database, and when the database cannot be read.
pub(crate) fn print(options: &config::Audit) -> Result<()> {
    let folder = config::data_dir(options.data_dir.as_ref());
    ensure!(
        folder.join("meshspan.db").exists(),
        "{} holds no console database",
        folder.display()
    );
    let filter = AuditFilter {
        operator: options.actor.clone(),
        action: options.action.clone(),
        target: options.subject.clone(),
        since: options.since.map(|since| since.seconds(Timestamp::now())),
        outcome: options.outcome.clone(),
        limit: options.limit,
    };
    let lines = read_audit(&folder, &filter)?;
    let mut text = String::new();
    if options.json {
        for line in &lines {
            text += &serde_json::to_string(&json(line)?)?;
            text.push('\n');
        }
    } else {
        text = table(&lines)?;
    }
    match io::stdout().lock().write_all(text.as_bytes()) {
        // Such as `meshspan audit | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot print the audit log"),
    }
}

/// A line as a JSON object, without absent parts.
#[derive(serde::Serialize)]
struct Line<'a> {
    time: String,
    actor: &'a str,
    action: &'a str,
    subject: &'a str,
    outcome: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<&'a str>,
}

fn json(line: &AuditLine) -> Result<Line<'_>> {
    Ok(Line {
        time: Timestamp::from_second(line.at)?.to_string(),
        actor: &line.operator,
        action: &line.action,
        subject: &line.target,
        outcome: outcome(line),
        job: line.job.as_deref(),
    })
}

/// The outcome; an action without one runs.
fn outcome(line: &AuditLine) -> &str {
    line.outcome.as_deref().unwrap_or("running")
}

/// The lines in columns.
fn table(lines: &[AuditLine]) -> Result<String> {
    let header = ["TIME", "ACTOR", "ACTION", "OUTCOME", "JOB", "SUBJECT"].map(str::to_owned);
    let mut rows = vec![header];
    for line in lines {
        let text = |text: &str| match text {
            "" => "-".to_owned(),
            text => visible(text),
        };
        rows.push([
            Timestamp::from_second(line.at)?.to_string(),
            text(&line.operator),
            text(&line.action),
            text(outcome(line)),
            text(line.job.as_deref().unwrap_or_default()),
            text(&line.target),
        ]);
    }
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(widths);
        let line: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        text += line.join("  ").trim_end();
        text.push('\n');
    }
    Ok(text)
}
