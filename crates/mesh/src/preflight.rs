//! What is looked at before a chart is installed: one check a file, each ending in a [`Finding`].
//!
//! A check reads what it needs and judges it by a pure function: beside it, or the doctor's where both
//! look at the same. One that could not be carried out says so with the cluster's own words; it never
//! counts as passed.

mod capacity;
mod crds;
mod release_name;
mod namespace;
mod ownership;
mod permissions;
mod kubernetes_version;
mod api_server;
mod webhooks;

pub use permissions::rights;

use crate::finding::Finding;
use chart::{Chart, Manifests};
use cluster::Cluster;
use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use release::{Place, Plan};
use std::{collections::BTreeMap, time::Instant};
use wire::{
    Problem,
    check::{CheckCode, CheckView, Group, Verdict},
    install::ChecksView,
};

/// What the checks stand on.
#[derive(Clone, Copy)]
pub struct PreflightContext<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// The chart.
    pub chart: &'a Chart,
    /// Where it goes.
    pub place: &'a Place,
    /// What it renders with the values as they are.
    pub manifests: &'a Manifests,
    /// The objects, in order.
    pub plan: &'a Plan,
    /// Whether the values render yet; a chart may need some that come after the checks.
    pub renders: bool,
}

type Look = for<'a> fn(PreflightContext<'a>) -> BoxFuture<'a, Result<Finding, cluster::Error>>;

/// Every check, in the order in which a person reads them.
const CHECKS: &[(CheckCode, Group, Look)] = &[
    (CheckCode::ServerAnswers, Group::Cluster, |ground| {
        Box::pin(api_server::look(ground))
    }),
    (CheckCode::RunsHere, Group::Cluster, |ground| {
        Box::pin(kubernetes_version::look(ground))
    }),
    (CheckCode::Capacity, Group::Cluster, |ground| {
        Box::pin(capacity::look(ground))
    }),
    (CheckCode::Rights, Group::Access, |ground| {
        Box::pin(permissions::look(ground))
    }),
    (CheckCode::NamespaceState, Group::Conflicts, |ground| {
        Box::pin(namespace::look(ground))
    }),
    (CheckCode::NameFree, Group::Conflicts, |ground| {
        Box::pin(release_name::look(ground))
    }),
    (CheckCode::Ownership, Group::Conflicts, |ground| {
        Box::pin(ownership::look(ground))
    }),
    (CheckCode::LeftoverWebhooks, Group::Conflicts, |ground| {
        Box::pin(webhooks::look(ground))
    }),
    (CheckCode::LeftoverCrds, Group::Conflicts, |ground| {
        Box::pin(crds::look_left_over(ground))
    }),
    (CheckCode::TerminatingCrds, Group::Conflicts, |ground| {
        Box::pin(crds::look_going(ground))
    }),
];

/// Carries out every check, all at once, and tells after each what has ended; `word` words what kept one
/// from being carried out.
pub async fn preflight(
    ground: PreflightContext<'_>,
    word: impl Fn(&cluster::Error) -> Problem,
    told: impl Fn(ChecksView),
) -> ChecksView {
    let fitting = CHECKS.iter().filter(|(code, _, _)| applies(*code, ground));
    let each = fitting
        .enumerate()
        .map(async |(place, (code, group, look))| {
            let start = Instant::now();
            let outcome = if ground.renders || !needs_manifest(*code) {
                look(ground).await
            } else {
                Ok(Finding::of(Verdict::Skipped))
            };
            (place, view(*code, *group, outcome, &word, start))
        });
    let mut coming: FuturesUnordered<_> = each.collect();
    let mut ended = BTreeMap::new();
    while let Some((place, check)) = coming.next().await {
        ended.insert(place, check);
        told(so_far(&ended, coming.len()));
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

/// Whether a check has something to say of this chart.
fn applies(code: CheckCode, ground: PreflightContext<'_>) -> bool {
    match code {
        CheckCode::RunsHere => kubernetes_version::applies(ground.chart.metadata()),
        _ => true,
    }
}

/// Whether a check looks at what the chart renders; the review repeats those.
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
    word: impl Fn(&cluster::Error) -> Problem,
    start: Instant,
) -> CheckView {
    let (finding, problem) = match outcome {
        Ok(finding) => (finding, None),
        // What cannot be read is a warning to be accepted, except that the server must answer.
        Err(error) => {
            let blocks = code == CheckCode::ServerAnswers;
            let verdict = if blocks {
                Verdict::Blocked
            } else {
                Verdict::Warning
            };
            (Finding::of(verdict), Some(word(&error)))
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
