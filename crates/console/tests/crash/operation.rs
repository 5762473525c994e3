//! The operations of a round, in the order in which they follow each other.

use wire::job::JobKind;

/// An operation of the console; a round ends where it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Install,
    Join,
    InstallRemote,
    Upgrade,
    Rotate,
    UninstallRemote,
    Leave,
    Uninstall,
    Cleanup,
}

impl Operation {
    pub(crate) const ROUND: [Self; 9] = [
        Self::Install,
        Self::Join,
        Self::InstallRemote,
        Self::Upgrade,
        Self::Rotate,
        Self::UninstallRemote,
        Self::Leave,
        Self::Uninstall,
        Self::Cleanup,
    ];

    pub(crate) fn kind(self) -> JobKind {
        match self {
            Self::Install | Self::InstallRemote => JobKind::Install,
            Self::Join => JobKind::Join,
            Self::Upgrade => JobKind::Upgrade,
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
        Self::ROUND.into_iter().find(|known| known.name() == name)
    }
}
