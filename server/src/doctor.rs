//! `meshspan doctor`: every check of a mesh, as text or JSON, beside a console that may be running.

use crate::{config, shutdown};
use anyhow::{Result, bail};
use app::words::doctor as words;
use console::{AddressPolicy, Caller, Console, Role, Setup};
use std::fmt::Write as _;
use wire::{
    ClusterName,
    check::{CheckView, DoctorRequest, DoctorView, Group, Stage, Verdict},
};

/// The groups in the order in which a person reads them.
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

/// Carries out every check and prints it.
///
/// # Errors
/// When the clusters are not known, and when something must be mended.
#[expect(clippy::print_stdout, reason = "the report is what the command is for")]
pub(crate) async fn examine(arguments: &config::Doctor) -> Result<()> {
    let folder = config::data_dir(arguments.data_dir.as_ref());
    if !folder.join("meshspan.db").exists() {
        bail!("there is no console in {}", folder.display());
    }
    let mut setup = Setup {
        stop: shutdown::token(),
        ..Setup::default()
    };
    if arguments.allow_loopback_clusters {
        setup.addresses = AddressPolicy::WithLoopback;
    }
    let console = Console::open_read_only(&folder, setup)?;
    let clusters: Result<Vec<ClusterName>, _> = arguments
        .clusters
        .iter()
        .map(|name| ClusterName::new(name.as_str()))
        .collect();
    let request = DoctorRequest {
        clusters: clusters?,
    };
    let report = Box::pin(console.doctor(&terminal(), request, &progress)).await?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", text(&report));
    }
    match report.count(Verdict::Blocked) {
        0 => Ok(()),
        count => bail!("{count} to mend first"),
    }
}

/// What is asked takes a while: who waits is told how far it has come, beside the report.
#[expect(clippy::print_stderr, reason = "a line for the person who waits")]
fn progress(stage: Stage, checks: &[CheckView]) {
    let after = match stage {
        Stage::Clusters => "the clusters were asked",
        Stage::Remotes => "the remotes and their readers were asked",
        Stage::Answers | Stage::Ways => "the control planes and the sample were asked",
    };
    eprintln!("{after}: {} checks", checks.len());
}

/// Who has the data directory is the operator.
fn terminal() -> Caller {
    Caller {
        operator: "terminal".to_owned(),
        role: Role::Operator,
        ends: i64::MAX,
    }
}

/// The report as a person reads it: groups, a line a check, what was seen and what to do below it.
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
        "\n{} passed, {} skipped, {} worth knowing, {} to accept, {} to mend",
        count(Verdict::Passed),
        count(Verdict::Skipped),
        count(Verdict::Noted),
        count(Verdict::Warning),
        count(Verdict::Blocked)
    );
    text
}

fn line(text: &mut String, check: &CheckView) {
    let sign = match check.verdict {
        Verdict::Passed => '✓',
        Verdict::Skipped => '·',
        Verdict::Noted => 'i',
        Verdict::Warning => '!',
        Verdict::Blocked => '✗',
    };
    let id = check.code.id();
    let word = words::verdict(check.verdict);
    let (title, detail) = (words::title(check), words::detail(check));
    let _ = writeln!(text, "  {sign} {id:<3} {word:<13} {title}. {detail}");
    for found in &check.found {
        let _ = writeln!(text, "        {}", shown(found));
    }
    for remedy in words::to_do(check) {
        let _ = writeln!(text, "      → {remedy}");
    }
    if check.verdict > Verdict::Skipped {
        let _ = writeln!(text, "      → docs/checks/{id}.md");
    }
}

/// A line as a terminal may show it: a cluster's names must not steer it.
fn shown(line: &str) -> String {
    let printable = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    line.chars().map(printable).collect()
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
    fn a_finding_stands_with_what_was_seen_what_to_do_and_its_page() {
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
        assert!(text.contains("✗ P01 To mend"), "{text}");
        assert!(text.contains("→ docs/checks/P01.md"), "{text}");
        assert!(text.contains("· P05 Skipped"), "{text}");
        assert!(text.contains("No cluster joins another one."), "{text}");
        assert!(
            !text.contains('\u{1b}'),
            "no control character reaches the terminal"
        );
        assert!(text.ends_with("0 passed, 1 skipped, 0 worth knowing, 0 to accept, 1 to mend\n"));
    }
}
