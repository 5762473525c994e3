//! The verdict about a mesh: one, from its verification and its checks. Start at [`MeshVerdict`].

use super::{Diagnosis, HealthView};
use crate::check::{CheckStatus, CheckView};

/// The verdict about a mesh. A verified mesh with a failed check is not healthy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeshVerdict {
    /// The mesh is verified, and no check failed.
    Healthy,
    /// The verification is incomplete, and no check failed.
    Incomplete,
    /// The checks that failed.
    Failed(Vec<CheckView>),
}

impl MeshVerdict {
    /// The verdict of a verification and of the latest checks.
    pub fn new(diagnosis: &Diagnosis, health: Option<&HealthView>) -> Self {
        let checks = health.map(|health| health.doctor.checks.as_slice());
        let checks = checks.unwrap_or_default().iter();
        let failed = checks.filter(|check| check.status == CheckStatus::Failed);
        let failed: Vec<CheckView> = failed.cloned().collect();
        if !failed.is_empty() {
            Self::Failed(failed)
        } else if diagnosis.whole {
            Self::Healthy
        } else {
            Self::Incomplete
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        MeshName,
        check::{CheckCode, Group},
    };

    fn verdict(whole: bool, status: CheckStatus) -> MeshVerdict {
        let mut health = HealthView::begun(MeshName::new("shop").expect("a name"));
        health.doctor.checks.push(CheckView {
            code: CheckCode::ClusterReachable,
            group: Group::Cluster,
            status,
            skipped: None,
            args: Vec::new(),
            details: Vec::new(),
            remedies: Vec::new(),
            problem: None,
            took: 0,
        });
        let diagnosis = Diagnosis {
            whole,
            missing: None,
            lines: Vec::new(),
        };
        MeshVerdict::new(&diagnosis, Some(&health))
    }

    #[test]
    fn a_verified_mesh_with_a_failed_check_is_not_healthy() {
        let MeshVerdict::Failed(reasons) = verdict(true, CheckStatus::Failed) else {
            panic!("a failed check decides");
        };
        assert_eq!(reasons[0].code, CheckCode::ClusterReachable);
        assert_eq!(verdict(true, CheckStatus::Warning), MeshVerdict::Healthy);
        assert_eq!(verdict(false, CheckStatus::Passed), MeshVerdict::Incomplete);
    }
}
