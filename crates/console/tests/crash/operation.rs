//! The operations of a round, in the order in which they follow each other.

use wire::job::JobKind;

/// An operation of the console; a round ends where it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Install,
    Join,
    InstallRemote,
    Upgrade,
    Rollback,
    Rotate,
    UninstallRemote,
    Leave,
    /// An upgrade of the control plane to other values.
    ChangeValues,
    /// The rollback of that upgrade.
    RestoreValues,
    Uninstall,
    Cleanup,
}

impl Operation {
    /// A mesh.
    pub(crate) const ROUND: [Self; 10] = [
        Self::Install,
        Self::Join,
        Self::InstallRemote,
        Self::Upgrade,
        Self::Rollback,
        Self::Rotate,
        Self::UninstallRemote,
        Self::Leave,
        Self::Uninstall,
        Self::Cleanup,
    ];

    /// A control plane alone.
    pub(crate) const CONTROL_PLANE: [Self; 5] = [
        Self::Install,
        Self::ChangeValues,
        Self::RestoreValues,
        Self::Uninstall,
        Self::Cleanup,
    ];

    pub(crate) fn kind(self) -> JobKind {
        match self {
            Self::Install | Self::InstallRemote => JobKind::Install,
            Self::Join => JobKind::Join,
            Self::Upgrade | Self::ChangeValues => JobKind::Upgrade,
            Self::Rollback | Self::RestoreValues => JobKind::Rollback,
            Self::Rotate => JobKind::Rotate,
            Self::UninstallRemote | Self::Uninstall => JobKind::Uninstall,
            Self::Leave => JobKind::Leave,
            Self::Cleanup => JobKind::Cleanup,
        }
    }

    pub(crate) fn name(self) -> String {
        format!("{self:?}")
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ROUND
            .into_iter()
            .chain(Self::CONTROL_PLANE)
            .find(|known| known.name() == name)
    }
}
