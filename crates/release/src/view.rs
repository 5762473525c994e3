//! What a page sees of a release.

use crate::{Release, State, status::ResourceStatus};
use jiff::Timestamp;
use wire::{
    Revision,
    release::{Health, ReleaseState, ResourceView, RevisionRow},
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
    /// Seconds since it was last changed, at `now`.
    pub fn age(&self, now: Timestamp) -> u64 {
        let changed = self.info.deleted.or(self.info.last_deployed);
        changed.map_or(0, |then| {
            u64::try_from(now.as_second() - then.as_second()).unwrap_or(0)
        })
    }

    /// Its row in the list of revisions.
    pub fn row(&self, now: Timestamp) -> RevisionRow {
        RevisionRow {
            revision: Revision(self.version),
            state: self.info.status.into(),
            chart: self.chart.label(),
            age: self.age(now),
            description: self.info.description.clone(),
        }
    }
}

impl ResourceStatus {
    /// What a page sees of it at `now`.
    pub fn view(&self, now: Timestamp) -> ResourceView {
        let health = match (&self.live, &self.readiness) {
            (Err(error), _) => Health::Unknown(error.to_string()),
            (Ok(None), _) | (Ok(Some(_)), None) => Health::Missing,
            (Ok(Some(_)), Some(readiness)) => health(readiness),
        };
        let live = self.live.as_ref().ok().and_then(Option::as_ref);
        ResourceView {
            object: self.object.clone(),
            health,
            age: live.and_then(|live| live.age(now)),
            note: self
                .readiness
                .as_ref()
                .map(|r| r.note().to_owned())
                .unwrap_or_default(),
        }
    }
}

/// How a readiness is told to a page.
pub fn health(readiness: &cluster::Readiness) -> Health {
    match readiness {
        cluster::Readiness::Ready { .. } => Health::Ready,
        cluster::Readiness::Waiting { reason, .. } => Health::Waiting(reason.clone()),
        cluster::Readiness::Failed { reason, .. } => Health::Failed(reason.clone()),
    }
}
