//! `meshspan doctor`: runs all mesh checks and prints the report as text or JSON; a server may be
//! running on the same data directory.

use crate::{config, shutdown};
use anyhow::{Result, bail};
use app::words::doctor as words;
use console::{AddressPolicy, Caller, Console, Role, Setup};
use std::fmt::Write as _;
use wire::{
    ClusterName,
    check::{CheckView, DoctorRequest, DoctorView, Group, Stage, Verdict},
};

/// The groups in the order of the report.
const GROUPS: &[Group] = &[
    Group::Network,
    Group::Identity,
    Group::Access,
    Group::Cluster,
    Group::Conflicts,
    Group::Sync,
    Group::Addresses,
    Group::Workloads,
    Group::Certificates,
    Group::Removal,
];

/// Runs all checks and prints the report.
///
/// # Errors
/// When a cluster is not registered, and when a check failed.
#[expect(clippy::print_stdout, reason = "the report is what the command is for")]
pub(crate) async fn run(options: &config::Doctor) -> Result<()> {
    let folder = config::data_dir(options.data_dir.as_ref());
    if !folder.join("meshspan.db").exists() {
        bail!("{} holds no console database", folder.display());
    }
    let mut setup = Setup {
        stop: shutdown::token(),
        ..Setup::default()
    };
    if options.allow_loopback_clusters {
        setup.addresses = AddressPolicy::WithLoopback;
    }
    let console = Console::open_read_only(&folder, setup)?;
    let clusters: Result<Vec<ClusterName>, _> = options
        .clusters
        .iter()
        .map(|name| ClusterName::new(name.as_str()))
        .collect();
    let request = DoctorRequest {
        clusters: clusters?,
    };
    let report = Box::pin(console.doctor(&terminal(), request, &progress)).await?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", text(&report));
    }
    match report.count(Verdict::Blocked) {
        0 => Ok(()),
        1 => bail!("1 check failed"),
        count => bail!("{count} checks failed"),
    }
}

/// Prints the progress of the checks to standard error, apart from the report.
#[expect(
    clippy::print_stderr,
    reason = "progress does not belong in the report"
)]
fn progress(stage: Stage, checks: &[CheckView]) {
    let source = match stage {
        Stage::Clusters => "clusters",
        Stage::Remotes => "remotes and their readers",
        Stage::Answers | Stage::Ways => "control planes and the sample",
    };
    eprintln!("read the {source}: {} checks finished", checks.len());
}

/// The caller at the terminal; access to the data directory implies the role of an operator.
fn terminal() -> Caller {
    Caller {
        operator: "terminal".to_owned(),
        role: Role::Operator,
        ends: i64::MAX,
    }
}

/// The report as text: one line per check, grouped, with its details and remedies below.
fn text(report: &DoctorView) -> String {
    let mut text = format!(
        "Mesh over {} ({})\n",
        report.clusters.join(", "),
        report.line
    );
    for group in GROUPS {
        let checks = report.checks.iter().filter(|check| check.group == *group);
        let mut checks = checks.peekable();
        if checks.peek().is_some() {
            let _ = write!(text, "\n{}\n", words::group(*group));
        }
        checks.for_each(|check| line(&mut text, check));
    }
    let count = |verdict| report.count(verdict);
    let _ = writeln!(
        text,
        "\n{} passed, {} skipped, {} info, {} warnings, {} failed",
        count(Verdict::Passed),
        count(Verdict::Skipped),
        count(Verdict::Noted),
        count(Verdict::Warning),
        count(Verdict::Blocked)
    );
    text
}

fn line(text: &mut String, check: &CheckView) {
    let symbol = match check.verdict {
        Verdict::Passed => '✓',
        Verdict::Skipped => '·',
        Verdict::Noted => 'i',
        Verdict::Warning => '!',
        Verdict::Blocked => '✗',
    };
    let id = check.code.id();
    let word = words::verdict(check.verdict);
    let (title, detail) = (words::title(check), words::detail(check));
    let _ = writeln!(text, "  {symbol} {id:<3} {word:<13} {title}. {detail}");
    for found in &check.found {
        let _ = writeln!(text, "        {}", printable(found));
    }
    for remedy in words::to_do(check) {
        let _ = writeln!(text, "      → {remedy}");
    }
    if check.verdict > Verdict::Skipped {
        let _ = writeln!(text, "      → docs/checks/{id}.md");
    }
}

/// Replaces control characters, so that names from a cluster cannot control the terminal.
fn printable(line: &str) -> String {
    let replace = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    line.chars().map(replace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::check::{CheckCode, Remedy, SkipReason};

    fn check(code: CheckCode, verdict: Verdict) -> CheckView {
        CheckView {
            code,
            group: Group::Network,
            verdict,
            skipped: (verdict == Verdict::Skipped).then_some(SkipReason::NoRemote),
            args: vec![("count".into(), "1".into())],
            found: Vec::new(),
            remedies: Vec::new(),
            problem: None,
            took: 0,
        }
    }

    #[test]
    fn a_failed_check_shows_its_details_remedies_and_page() {
        let mut blocked = check(CheckCode::PodRanges, Verdict::Blocked);
        blocked.found = vec!["east \u{1b}[31m10.0.0.0/8".into()];
        blocked.remedies = vec![Remedy::TellRanges];
        let report = DoctorView {
            clusters: vec!["east".into(), "west".into()],
            line: "today".into(),
            at: 0,
            checks: vec![blocked, check(CheckCode::ServerAddress, Verdict::Skipped)],
        };
        let text = text(&report);
        assert!(
            text.starts_with("Mesh over east, west (today)\n\nNetwork\n"),
            "{text}"
        );
        assert!(text.contains("✗ P01 Failed"), "{text}");
        assert!(text.contains("→ docs/checks/P01.md"), "{text}");
        assert!(text.contains("· P05 Skipped"), "{text}");
        assert!(text.contains("No cluster joins another one."), "{text}");
        assert!(
            !text.contains('\u{1b}'),
            "no control character reaches the terminal"
        );
        assert!(text.ends_with("0 passed, 1 skipped, 0 info, 0 warnings, 1 failed\n"));
    }
}
