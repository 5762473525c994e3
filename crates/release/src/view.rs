//! The views of releases.

use crate::{Release, State, hooks::hooks_for_event, status::ResourceStatus};
use wire::{
    Revision, Time,
    release::{Health, ReleaseState, ResourceView, RevisionRow},
    test_result::{TestResult, TestRow},
};

impl From<State> for ReleaseState {
    fn from(state: State) -> Self {
        match state {
            State::Unknown => Self::Unknown,
            State::Deployed => Self::Deployed,
            State::Uninstalled => Self::Uninstalled,
            State::Superseded => Self::Superseded,
            State::Failed => Self::Failed,
            State::Uninstalling => Self::Uninstalling,
            State::PendingInstall => Self::PendingInstall,
            State::PendingUpgrade => Self::PendingUpgrade,
            State::PendingRollback => Self::PendingRollback,
        }
    }
}

impl Release {
    /// When it was last changed; none when the record could not be read.
    pub fn changed(&self) -> Option<Time> {
        let changed = self.info.deleted.or(self.info.last_deployed);
        changed.map(|time| Time(time.as_second()))
    }

    /// Its tests, in the order in which they run, with their results.
    pub fn tests(&self) -> Vec<TestRow> {
        let tests = hooks_for_event(&self.hooks, "test").map(|hook| TestRow {
            kind: hook.kind.clone(),
            name: hook.name.clone(),
            result: match hook.last_run.phase.as_str() {
                "Succeeded" => TestResult::Succeeded,
                "Failed" => TestResult::Failed,
                "Running" => TestResult::Running,
                _ => TestResult::NotRun,
            },
            ended: hook
                .last_run
                .completed_at
                .map(|time| Time(time.as_second())),
        });
        tests.collect()
    }

    /// Its row in the list of revisions.
    pub fn row(&self) -> RevisionRow {
        RevisionRow {
            revision: Revision(self.version),
            state: self.info.status.into(),
            chart: self.chart.label(),
            created: self.changed(),
            description: self.info.description.clone(),
        }
    }
}

impl ResourceStatus {
    /// Its view.
    pub fn view(&self) -> ResourceView {
        let health = match (&self.live, &self.readiness) {
            (Err(error), _) => Health::Unknown(error.to_string()),
            (Ok(None), _) | (Ok(Some(_)), None) => Health::Missing,
            (Ok(Some(_)), Some(readiness)) => health(readiness),
        };
        ResourceView {
            object: self.object.clone(),
            health,
            note: self
                .readiness
                .as_ref()
                .map(|r| r.note().to_owned())
                .unwrap_or_default(),
        }
    }
}

/// The health that a page shows for a readiness.
pub fn health(readiness: &cluster::Readiness) -> Health {
    match readiness {
        cluster::Readiness::Ready { .. } => Health::Ready,
        cluster::Readiness::Waiting { reason, .. } => Health::Waiting(reason.clone()),
        cluster::Readiness::Failed { reason, .. } => Health::Failed(reason.clone()),
    }
}
