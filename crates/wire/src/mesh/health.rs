//! The health of a mesh: the results of the checks, and the addresses of remotes that have drifted.

use super::{DriftView, MeshTopologyView};
use crate::{
    MeshName, Problem,
    check::{CheckCode, CheckStatus, CheckView, DoctorView, SkipReason, Stage},
};
use serde::{Deserialize, Serialize};

/// The health of a mesh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthView {
    /// The mesh.
    pub mesh: MeshName,
    /// The latest result of each check. Its time is that of the last complete run; 0 before the first.
    pub doctor: DoctorView,
    /// The stage that is being read; none between two runs.
    pub asking: Option<Stage>,
    /// The number of checks that have not run yet.
    pub waiting: u32,
    /// The addresses that are no longer current.
    pub drifted: Vec<DriftView>,
    /// The topology that the last complete checks found; none before the first.
    pub topology: Option<MeshTopologyView>,
    /// The problem that blocks the checks.
    pub problem: Option<Problem>,
}

/// The health of a mesh in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthRow {
    /// The number of failed checks.
    pub blocked: u32,
    /// The number of warnings.
    pub warned: u32,
    /// The addresses that are no longer current.
    pub drifted: u32,
    /// The checks that could not run.
    pub unknown: u32,
}

impl HealthView {
    /// The health before the first check.
    pub fn begun(mesh: MeshName) -> Self {
        Self {
            mesh,
            doctor: DoctorView {
                clusters: Vec::new(),
                generation: String::new(),
                at: 0,
                checks: Vec::new(),
            },
            asking: Some(Stage::Clusters),
            waiting: 0,
            drifted: Vec::new(),
            topology: None,
            problem: None,
        }
    }

    /// Whether all checks have run.
    pub fn is_whole(&self) -> bool {
        self.doctor.at != 0
    }

    /// The summary, once all checks have run.
    pub fn row(&self) -> Option<HealthRow> {
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        self.is_whole().then(|| HealthRow {
            blocked: count(self.doctor.count(CheckStatus::Failed)),
            warned: count(self.doctor.count(CheckStatus::Warning)),
            drifted: count(self.drifted.len()),
            unknown: count(self.unknown()),
        })
    }

    /// Whether a check runs with a test of the connectivity only, which an operator starts.
    pub fn waits_for_connectivity(check: &CheckView) -> bool {
        matches!(
            check.code,
            CheckCode::ServerReachable | CheckCode::ControlPlaneReachable
        )
    }

    /// The number of checks that could not run, except those that need a connectivity test.
    pub fn unknown(&self) -> usize {
        let checks = self.doctor.checks.iter();
        let unknown = checks.filter(|check| check.skipped == Some(SkipReason::Unknown));
        let unknown = unknown.filter(|check| !Self::waits_for_connectivity(check));
        unknown.count()
    }
}
