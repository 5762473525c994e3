//! The health of a mesh: what the doctor says all the time, and which addresses have changed under a
//! remote.

use super::DriftView;
use crate::{
    MeshName, Problem,
    check::{CheckCode, CheckView, DoctorView, SkipReason, Stage, CheckStatus},
};
use serde::{Deserialize, Serialize};

/// How a mesh is, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthView {
    /// Which mesh.
    pub mesh: MeshName,
    /// The checks that were told so far, each as it was told last. Its time is that of the last whole
    /// look; 0 before the first has ended.
    pub doctor: DoctorView,
    /// What is being asked just now; none between two looks.
    pub asking: Option<Stage>,
    /// So many checks have never been told.
    pub waiting: u32,
    /// Addresses that are good no more.
    pub drifted: Vec<DriftView>,
    /// Why nobody could be asked.
    pub problem: Option<Problem>,
}

/// The same in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthRow {
    /// What must be mended.
    pub blocked: u32,
    /// What is worth knowing.
    pub warned: u32,
    /// Addresses that are good no more.
    pub drifted: u32,
    /// Checks that could not be carried out.
    pub unknown: u32,
}

impl HealthView {
    /// Nothing is known yet.
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
            problem: None,
        }
    }

    /// Whether a whole look has ended.
    pub fn is_whole(&self) -> bool {
        self.doctor.at != 0
    }

    /// It in a line, once it is whole.
    pub fn row(&self) -> Option<HealthRow> {
        let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
        self.is_whole().then(|| HealthRow {
            blocked: count(self.doctor.count(CheckStatus::Failed)),
            warned: count(self.doctor.count(CheckStatus::Warning)),
            drifted: count(self.drifted.len()),
            unknown: count(self.unknown()),
        })
    }

    /// How many checks could not be carried out, but for those that wait for a person to let Jobs dial.
    pub fn unknown(&self) -> usize {
        let waits = |check: &CheckView| {
            matches!(
                check.code,
                CheckCode::ServerReachable | CheckCode::ControlPlaneReachable
            )
        };
        let checks = self.doctor.checks.iter();
        let unknown = checks.filter(|check| check.skipped == Some(SkipReason::Unknown));
        unknown.filter(|check| !waits(check)).count()
    }
}
