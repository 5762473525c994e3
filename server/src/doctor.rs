//! `meshspan doctor`: runs all mesh checks and prints the report as text or JSON; a server may be
//! running on the same data directory.

use crate::{config, istio_releases, shutdown, terminal};
use anyhow::{Result, bail};
use app::words::doctor as words;
use console::{AddressPolicy, Console, Setup, visible_view};
use std::fmt::Write as _;
use wire::{
    ClusterName,
    check::{CheckStatus, CheckView, DoctorRequest, DoctorView, Group, Stage},
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
        istio_releases: istio_releases::read(options.istio_releases.as_deref())?,
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
    let report = console
        .doctor(&terminal::caller(), request, &progress)
        .await?;
    // A terminal obeys escape sequences of a cluster.
    let report = visible_view(report)?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", text(&report));
    }
    match report.count(CheckStatus::Failed) {
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
        Stage::ControlPlanes | Stage::Connectivity => "control planes and the sample",
    };
    eprintln!("read the {source}: {} checks finished", checks.len());
}

/// The report as text: one line per check, grouped, with its details and remedies below.
fn text(report: &DoctorView) -> String {
    let mut text = format!(
        "Mesh over {} ({})\n",
        report.clusters.join(", "),
        report.generation
    );
    for group in GROUPS {
        let checks = report.checks.iter().filter(|check| check.group == *group);
        let mut checks = checks.peekable();
        if checks.peek().is_some() {
            let _ = write!(text, "\n{}\n", words::group(*group));
        }
        checks.for_each(|check| line(&mut text, check));
    }
    let count = |status| report.count(status);
    let _ = writeln!(
        text,
        "\n{} passed, {} skipped, {} info, {} warnings, {} failed",
        count(CheckStatus::Passed),
        count(CheckStatus::Skipped),
        count(CheckStatus::Info),
        count(CheckStatus::Warning),
        count(CheckStatus::Failed)
    );
    text
}

fn line(text: &mut String, check: &CheckView) {
    let symbol = match check.status {
        CheckStatus::Passed => '✓',
        CheckStatus::Skipped => '·',
        CheckStatus::Info => 'i',
        CheckStatus::Warning => '!',
        CheckStatus::Failed => '✗',
    };
    let id = check.code.id();
    let word = words::status(check.status);
    let (title, summary) = (words::title(check), words::summary(check));
    let _ = writeln!(text, "  {symbol} {id:<3} {word:<7} {title}. {summary}");
    for detail in words::details(check) {
        let _ = writeln!(text, "        {}", printable(&detail));
    }
    for remedy in words::remedies(check) {
        let _ = writeln!(text, "      → {remedy}");
    }
    if check.status > CheckStatus::Skipped {
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
    use wire::check::{CheckCode, Detail, Remedy, SkipReason, detail::PodRangesIncomplete};

    fn check(code: CheckCode, status: CheckStatus) -> CheckView {
        CheckView {
            code,
            group: Group::Network,
            status,
            skipped: (status == CheckStatus::Skipped).then_some(SkipReason::NoRemote),
            args: vec![("count".into(), "1".into())],
            details: Vec::new(),
            remedies: Vec::new(),
            problem: None,
            took: 0,
        }
    }

    #[test]
    fn a_failed_check_shows_its_details_remedies_and_page() {
        let mut failed = check(CheckCode::PodRanges, CheckStatus::Failed);
        let detail = Detail::from(PodRangesIncomplete {
            source: "\u{1b}[31m".into(),
        });
        failed.details = vec![detail.on("east")];
        failed.remedies = vec![Remedy::EnterRanges];
        let report = DoctorView {
            clusters: vec!["east".into(), "west".into()],
            generation: "istiod".into(),
            at: 0,
            checks: vec![
                failed,
                check(CheckCode::ServerAddress, CheckStatus::Skipped),
            ],
        };
        let text = text(&report);
        assert!(
            text.starts_with("Mesh over east, west (istiod)\n\nNetwork\n"),
            "{text}"
        );
        assert!(text.contains("✗ P01 Failed"), "{text}");
        assert!(text.contains("east: Pod CIDRs are incomplete"), "{text}");
        assert!(text.contains("→ docs/checks/P01.md"), "{text}");
        assert!(text.contains("· P05 Skipped"), "{text}");
        assert!(text.contains("The mesh has no remote cluster."), "{text}");
        assert!(
            !text.contains('\u{1b}'),
            "no control character reaches the terminal"
        );
        assert!(text.ends_with("0 passed, 1 skipped, 0 info, 0 warnings, 1 failed\n"));
    }
}
