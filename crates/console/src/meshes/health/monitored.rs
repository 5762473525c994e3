//! One monitored mesh: its latest findings, and the recent results of connectivity tests.

use super::{CHECK_INTERVAL, CONFIRM_INTERVAL, RECOVERY_TIME, SETTLE_TIME};
use crate::Error;
use ::mesh::{
    doctor::{CHECKS, examine_at, position, report_with},
    facts::MeshFacts,
};
use parking_lot::Mutex;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use wire::{
    MeshName, Problem,
    check::{CheckView, SkipReason, Stage},
    mesh::{HealthRow, HealthView},
};

/// The results of probe Jobs are valid for this many seconds.
const PROBE_RESULT_TTL_SECONDS: i64 = 600;

/// One monitored mesh.
pub(super) struct MonitoredMesh {
    pub(super) seen: watch::Sender<HealthView>,
    /// The facts of the last complete checks.
    pub(super) facts: watch::Sender<Option<Arc<MeshFacts>>>,
    pub(super) again: Notify,
    /// Locked while the checks of the mesh run.
    pub(super) turn: tokio::sync::Mutex<()>,
    /// The latest results of probe Jobs, and their time.
    tried: Mutex<Option<(i64, Vec<CheckView>)>>,
    /// Whether endpoints differ that another reading has to confirm.
    unconfirmed: AtomicBool,
    /// Whether an address of the control plane is resolved from a host name.
    has_host_names: AtomicBool,
    /// Until when the checks run more often.
    unsettled_until: Mutex<Option<Instant>>,
    pub(super) stop: CancellationToken,
}

impl MonitoredMesh {
    pub(super) fn new(mesh: MeshName, stop: CancellationToken) -> Self {
        let (seen, _) = watch::channel(HealthView::begun(mesh));
        Self {
            seen,
            facts: watch::Sender::new(None),
            again: Notify::new(),
            turn: tokio::sync::Mutex::default(),
            tried: Mutex::default(),
            unconfirmed: AtomicBool::default(),
            has_host_names: AtomicBool::default(),
            unsettled_until: Mutex::default(),
            stop,
        }
    }

    /// Notes whether endpoints have to be read again soon.
    pub(super) fn follow_endpoints(&self, facts: &MeshFacts) {
        let unconfirmed = facts.has_unconfirmed_endpoints();
        self.unconfirmed.store(unconfirmed, Ordering::Relaxed);
    }

    /// Notes whether host names have to be resolved again.
    pub(super) fn follow_host_names(&self, has_host_names: bool) {
        self.has_host_names.store(has_host_names, Ordering::Relaxed);
    }

    /// Whether host names have to be resolved again.
    pub(super) fn has_host_names(&self) -> bool {
        self.has_host_names.load(Ordering::Relaxed)
    }

    /// Notes that the problems have changed: they are checked more often for some time.
    pub(super) fn follow_problems(&self, row: Option<&HealthRow>) {
        let has_problems = row.is_some_and(|row| row.blocked + row.warned > 0);
        *self.unsettled_until.lock() = has_problems.then(|| Instant::now() + RECOVERY_TIME);
    }

    /// Notes that a Service or a pod of the control plane has changed, whose effect istiod tells later.
    pub(super) fn follow_control_plane(&self) {
        let until = Instant::now() + SETTLE_TIME;
        let mut unsettled = self.unsettled_until.lock();
        *unsettled = unsettled.max(Some(until));
    }

    /// The time until the next complete check: `recovery` for some time after a change.
    pub(super) fn check_interval(&self, recovery: Duration) -> Duration {
        let until = *self.unsettled_until.lock();
        if until.is_some_and(|until| Instant::now() < until) {
            recovery
        } else if self.unconfirmed.load(Ordering::Relaxed) {
            CONFIRM_INTERVAL
        } else {
            CHECK_INTERVAL
        }
    }

    /// Publishes the checks of a stage, each in its place.
    pub(super) fn publish(&self, stage: Stage, facts: &MeshFacts) {
        let mut checks: Vec<CheckView> = examine_at(facts, stage).collect();
        if stage == Stage::ControlPlanes {
            checks.extend(self.connectivity_checks(facts));
        }
        // Before, what only the control plane knows is missing.
        let topology = (stage == Stage::ControlPlanes).then(|| facts.topology());
        self.seen.send_modify(|view| {
            view.topology = topology.or(view.topology.take());
            let mut all = std::mem::take(&mut view.doctor.checks);
            all.retain(|check| checks.iter().all(|new| new.code != check.code));
            all.extend(checks);
            all.sort_by_key(|check| position(check.code));
            let missing = CHECKS.len() - all.len();
            view.waiting = u32::try_from(missing).unwrap_or(u32::MAX);
            let at = view.doctor.at;
            view.doctor = report_with(facts, all);
            view.doctor.at = at;
            view.asking = next(stage).or(view.asking);
        });
    }

    /// The checks that need probe Jobs, with recent results where there are no new ones.
    fn connectivity_checks(&self, facts: &MeshFacts) -> Vec<CheckView> {
        let tried = self.tried.lock();
        let recent = tried
            .as_ref()
            .filter(|(at, _)| facts.now.as_second() - at < PROBE_RESULT_TTL_SECONDS);
        let recent = recent.map(|(_, checks)| checks.as_slice());
        let found = |check: CheckView| {
            let skipped = check.skipped == Some(SkipReason::Unknown);
            let mut recent = recent.unwrap_or_default().iter();
            let known = recent.find(|known| skipped && known.code == check.code);
            known.cloned().unwrap_or(check)
        };
        examine_at(facts, Stage::Connectivity).map(found).collect()
    }

    /// Stores the results of probe Jobs, and publishes them.
    pub(super) fn publish_connectivity(&self, facts: &MeshFacts) {
        let found = examine_at(facts, Stage::Connectivity).collect();
        let found = Some((facts.now.as_second(), found));
        *self.tried.lock() = found;
        self.publish(Stage::ControlPlanes, facts);
    }

    /// Publishes the end of a complete inspection.
    pub(super) fn end(&self, now: i64, outcome: Result<(), Error>) {
        self.seen.send_modify(|view| {
            view.problem = outcome.err().map(Problem::from);
            view.doctor.at = now;
        });
    }

    /// Publishes that the checks run, until the returned guard is dropped.
    pub(super) fn asks(&self) -> RefreshGuard<'_> {
        self.seen
            .send_modify(|view| view.asking = Some(Stage::Clusters));
        RefreshGuard(self)
    }
}

/// A running inspection; dropping it ends the indication on pages.
pub(super) struct RefreshGuard<'a>(&'a MonitoredMesh);

impl Drop for RefreshGuard<'_> {
    fn drop(&mut self) {
        self.0.seen.send_modify(|view| view.asking = None);
    }
}

fn next(stage: Stage) -> Option<Stage> {
    match stage {
        Stage::Clusters => Some(Stage::Remotes),
        Stage::Remotes => Some(Stage::ControlPlanes),
        Stage::ControlPlanes | Stage::Connectivity => None,
    }
}

#[cfg(test)]
mod tests;
