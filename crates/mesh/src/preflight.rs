//! The checks of one chart on one cluster before an installation: one check per file, each with a
//! [`Finding`].
//!
//! A check reads what it needs and evaluates it with a pure function, shared with the doctor where both
//! check the same. A check that fails to run reports the error of the cluster; it never counts as passed.

mod capacity;
mod crds;
mod name_free;
mod namespace;
mod ownership;
mod rights;
mod runs_here;
mod server;
mod webhooks;

pub use rights::rights;

use crate::finding::Finding;
use chart::{Chart, Manifests};
use cluster::Cluster;
use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use release::{Plan, ReleaseKey};
use std::{collections::BTreeMap, time::Instant};
use wire::{
    Problem,
    check::{CheckCode, CheckView, Group, Verdict},
    install::ChecksView,
};

/// The cluster and the rendered chart that are checked.
#[derive(Clone, Copy)]
pub struct PreflightContext<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// The chart.
    pub chart: &'a Chart,
    /// The release.
    pub key: &'a ReleaseKey,
    /// The manifests of the chart with the current values.
    pub manifests: &'a Manifests,
    /// The objects, in the order of their installation.
    pub plan: &'a Plan,
    /// Whether the chart renders with the current values; it may need values that are set after the checks.
    pub renders: bool,
}

type CheckFn = for<'a> fn(PreflightContext<'a>) -> BoxFuture<'a, Result<Finding, cluster::Error>>;

/// All checks, in the order of the page.
const CHECKS: &[(CheckCode, Group, CheckFn)] = &[
    (CheckCode::ServerAnswers, Group::Cluster, |context| {
        Box::pin(server::check(context))
    }),
    (CheckCode::RunsHere, Group::Cluster, |context| {
        Box::pin(runs_here::check(context))
    }),
    (CheckCode::Capacity, Group::Cluster, |context| {
        Box::pin(capacity::check(context))
    }),
    (CheckCode::Rights, Group::Access, |context| {
        Box::pin(rights::check(context))
    }),
    (CheckCode::NamespaceState, Group::Conflicts, |context| {
        Box::pin(namespace::check(context))
    }),
    (CheckCode::NameFree, Group::Conflicts, |context| {
        Box::pin(name_free::check(context))
    }),
    (CheckCode::Ownership, Group::Conflicts, |context| {
        Box::pin(ownership::check(context))
    }),
    (CheckCode::LeftoverWebhooks, Group::Conflicts, |context| {
        Box::pin(webhooks::check(context))
    }),
    (CheckCode::LeftoverCrds, Group::Conflicts, |context| {
        Box::pin(crds::check_leftovers(context))
    }),
    (CheckCode::TerminatingCrds, Group::Conflicts, |context| {
        Box::pin(crds::check_terminating(context))
    }),
];

/// Runs every check at once, and reports the finished checks after each.
pub async fn preflight(context: PreflightContext<'_>, on_event: impl Fn(ChecksView)) -> ChecksView {
    let fitting = CHECKS.iter().filter(|(code, _, _)| applies(*code, context));
    let each = fitting
        .enumerate()
        .map(async |(place, (code, group, check))| {
            let start = Instant::now();
            let outcome = if context.renders || !needs_manifest(*code) {
                check(context).await
            } else {
                Ok(Finding::of(Verdict::Skipped))
            };
            (place, view(*code, *group, outcome, start))
        });
    let mut coming: FuturesUnordered<_> = each.collect();
    let mut ended = BTreeMap::new();
    while let Some((place, check)) = coming.next().await {
        ended.insert(place, check);
        on_event(so_far(&ended, coming.len()));
    }
    so_far(&ended, 0)
}

fn so_far(ended: &BTreeMap<usize, CheckView>, coming: usize) -> ChecksView {
    ChecksView {
        checks: ended.values().cloned().collect(),
        waiting: Some(u32::try_from(coming).unwrap_or(u32::MAX)),
        problem: None,
    }
}

/// Whether a check applies to this chart.
fn applies(code: CheckCode, context: PreflightContext<'_>) -> bool {
    match code {
        CheckCode::RunsHere => runs_here::applies(context.chart.metadata()),
        _ => true,
    }
}

/// Whether a check reads the rendered manifests; the review repeats those.
fn needs_manifest(code: CheckCode) -> bool {
    matches!(
        code,
        CheckCode::Rights | CheckCode::Ownership | CheckCode::Capacity
    )
}

fn view(
    code: CheckCode,
    group: Group,
    outcome: Result<Finding, cluster::Error>,
    start: Instant,
) -> CheckView {
    let (finding, problem) = match outcome {
        Ok(finding) => (finding, None),
        // A failed check is a warning, unless the API server does not respond.
        Err(error) => {
            let blocks = code == CheckCode::ServerAnswers;
            let verdict = if blocks {
                Verdict::Blocked
            } else {
                Verdict::Warning
            };
            (Finding::of(verdict), Some(Problem::from(&error)))
        }
    };
    CheckView {
        code,
        group,
        verdict: finding.verdict,
        skipped: finding.skipped,
        args: finding.args,
        found: finding.found,
        remedies: finding.remedies,
        problem,
        took: u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX),
    }
}
