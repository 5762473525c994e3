//! The checks before the installation of a chart: one per file, each with a [`Finding`].
//!
//! A check reads its facts and evaluates them by a pure function, its own or the one of the doctor. A check
//! that cannot run reports the error of the cluster and never passes.

mod api_server;
mod capacity;
mod crds;
mod kubernetes_version;
mod namespace;
mod ownership;
mod permissions;
mod release_name;
mod release_upgradable;
mod webhooks;

pub use permissions::permissions;

use crate::{finding::Finding, istio_releases::IstioReleases};
use chart::{Chart, Manifests};
use cluster::{AsUser, Cluster, Identity as _};
use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use release::{Plan, ReleaseKey};
use std::{collections::BTreeMap, time::Instant};
use wire::{
    Problem,
    check::{CheckCode, CheckStatus, CheckView, Group},
    install::ChecksView,
};

/// The input of the checks.
#[derive(Clone, Copy)]
pub struct PreflightContext<'a> {
    /// The operator who installs the chart.
    pub user: &'a AsUser,
    /// The chart.
    pub chart: &'a Chart,
    /// The release.
    pub key: &'a ReleaseKey,
    /// The rendered manifests with the current values.
    pub manifests: &'a Manifests,
    /// The objects, in order.
    pub plan: &'a Plan,
    /// The version of Istio that the chart belongs to, with what is known about it; none for another chart.
    pub istio: Option<(&'a str, &'a IstioReleases)>,
    /// Whether the chart renders with the current values; a chart may require values that are set later.
    pub renders: bool,
    /// The revision of the release that is upgraded; none for an installation.
    pub upgrades: Option<u32>,
}

impl<'a> PreflightContext<'a> {
    fn cluster(&self) -> &'a Cluster {
        self.user.cluster()
    }
}

type CheckFunction =
    for<'a> fn(PreflightContext<'a>) -> BoxFuture<'a, Result<Finding, cluster::Error>>;

macro_rules! checks {
    ($($code:ident, $group:ident, $function:path;)*) => {
        /// Every check, in the order of a page.
        const CHECKS: &[(CheckCode, Group, CheckFunction)] = &[$(
            (CheckCode::$code, Group::$group, |context| Box::pin($function(context))),
        )*];
    };
}

checks! {
    ApiServerReachable,   Cluster,   api_server::check;
    KubernetesVersion,    Cluster,   kubernetes_version::check;
    Capacity,             Cluster,   capacity::check;
    Permissions,          Access,    permissions::check;
    NamespaceState,       Conflicts, namespace::check;
    ReleaseNameAvailable, Conflicts, release_name::check;
    ReleaseUpgradable,    Conflicts, release_upgradable::check;
    Ownership,            Conflicts, ownership::check;
    LeftoverWebhooks,     Conflicts, webhooks::check;
    LeftoverCrds,         Conflicts, crds::check_conflicts;
    TerminatingCrds,      Conflicts, crds::check_terminating;
}

/// Runs every check at the same time and calls `on_event` after each one.
pub async fn preflight(context: PreflightContext<'_>, on_event: impl Fn(ChecksView)) -> ChecksView {
    let checks = CHECKS.iter().filter(|(code, _, _)| applies(*code, context));
    let runs = checks
        .enumerate()
        .map(async |(position, (code, group, check))| {
            let start = Instant::now();
            let outcome = if context.renders || !needs_manifest(*code) {
                check(context).await
            } else {
                Ok(Finding::new(CheckStatus::Skipped))
            };
            (position, view(*code, *group, outcome, start))
        });
    let mut running: FuturesUnordered<_> = runs.collect();
    let mut finished = BTreeMap::new();
    while let Some((position, check)) = running.next().await {
        finished.insert(position, check);
        on_event(progress(&finished, running.len()));
    }
    progress(&finished, 0)
}

fn progress(finished: &BTreeMap<usize, CheckView>, running: usize) -> ChecksView {
    ChecksView {
        checks: finished.values().cloned().collect(),
        waiting: Some(u32::try_from(running).unwrap_or(u32::MAX)),
        problem: None,
    }
}

/// Whether a check applies to this chart.
fn applies(code: CheckCode, context: PreflightContext<'_>) -> bool {
    match code {
        CheckCode::KubernetesVersion => {
            context.istio.is_some() || kubernetes_version::applies(context.chart.metadata())
        }
        CheckCode::ReleaseNameAvailable => context.upgrades.is_none(),
        CheckCode::ReleaseUpgradable => context.upgrades.is_some(),
        // The pods of the installed revision run on the nodes already.
        CheckCode::Capacity => context.upgrades.is_none(),
        _ => true,
    }
}

/// Whether a check inspects the rendered manifests; the review repeats such a check.
fn needs_manifest(code: CheckCode) -> bool {
    matches!(
        code,
        CheckCode::Permissions | CheckCode::Ownership | CheckCode::Capacity
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
        // An unreadable fact is a warning; only an unreachable API server fails.
        Err(error) => {
            let status = if code == CheckCode::ApiServerReachable {
                CheckStatus::Failed
            } else {
                CheckStatus::Warning
            };
            (Finding::new(status), Some(Problem::from(&error)))
        }
    };
    CheckView {
        code,
        group,
        status: finding.status,
        skipped: finding.skipped,
        args: finding.args,
        details: finding.details,
        remedies: finding.remedies,
        problem,
        took: u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX),
    }
}
