//! Permissions: one table of actions by role. What it does not name is forbidden.

/// An action that takes a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See clusters, charts, releases and jobs.
    Read,
    /// Read the logs of containers, which may contain secrets.
    ReadLogs,
    /// Add or remove a cluster.
    WriteCluster,
    /// Add or remove a repository, upload a chart.
    WriteRepository,
    /// Prepare an installation.
    WriteDraft,
    /// Install, upgrade and uninstall releases, stop jobs.
    WriteRelease,
    /// Create or remove a mesh, join, rotate, leave, clean up.
    WriteMesh,
    /// Reveal a secret: the kubeconfig of a remote cluster.
    Reveal,
    /// Log out, and end other sessions of the same operator.
    EndSession,
}

/// The role of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A caller without a session.
    Anonymous,
    /// The local operator.
    Operator,
}

/// Whether `role` may do `action`.
pub fn may(role: Role, action: Action) -> bool {
    match (role, action) {
        (
            Role::Operator,
            Action::Read
            | Action::ReadLogs
            | Action::WriteCluster
            | Action::WriteRepository
            | Action::WriteDraft
            | Action::WriteRelease
            | Action::WriteMesh
            | Action::Reveal
            | Action::EndSession,
        ) => true,
        (Role::Anonymous, _) => false,
    }
}

impl Action {
    /// The name of the action in the audit.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadLogs => "read-logs",
            Self::WriteCluster => "write-cluster",
            Self::WriteRepository => "write-repository",
            Self::WriteDraft => "write-draft",
            Self::WriteRelease => "write-release",
            Self::WriteMesh => "write-mesh",
            Self::Reveal => "reveal",
            Self::EndSession => "end-session",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_without_a_session_may_do_nothing() {
        for action in [
            Action::Read,
            Action::ReadLogs,
            Action::WriteCluster,
            Action::WriteRepository,
            Action::WriteDraft,
            Action::WriteRelease,
            Action::WriteMesh,
            Action::Reveal,
            Action::EndSession,
        ] {
            assert!(!may(Role::Anonymous, action));
            assert!(may(Role::Operator, action));
        }
    }
}
