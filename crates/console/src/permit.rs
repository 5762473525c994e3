//! Who may do what: one table, action by role. What it does not name is forbidden.

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See clusters, charts, releases and jobs.
    Read,
    /// Add or forget a cluster.
    WriteCluster,
    /// Add or forget a repository, upload a chart.
    WriteRepository,
    /// Prepare an installation.
    WriteDraft,
    /// Install, uninstall, go on.
    WriteRelease,
    /// Begin or forget a mesh, join, rotate, leave.
    WriteMesh,
    /// See a secret in plain: the kubeconfig of a join.
    Reveal,
}

/// What somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nobody: no session.
    Nobody,
    /// The local operator.
    Operator,
}

/// Whether `role` may do `action`.
pub fn may(role: Role, action: Action) -> bool {
    match (role, action) {
        (
            Role::Operator,
            Action::Read
            | Action::WriteCluster
            | Action::WriteRepository
            | Action::WriteDraft
            | Action::WriteRelease
            | Action::WriteMesh
            | Action::Reveal,
        ) => true,
        (Role::Nobody, _) => false,
    }
}

impl Action {
    /// The word in the audit.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::WriteCluster => "write-cluster",
            Self::WriteRepository => "write-repository",
            Self::WriteDraft => "write-draft",
            Self::WriteRelease => "write-release",
            Self::WriteMesh => "write-mesh",
            Self::Reveal => "reveal",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_may_do_nothing() {
        for action in [
            Action::Read,
            Action::WriteCluster,
            Action::WriteRepository,
            Action::WriteDraft,
            Action::WriteRelease,
            Action::WriteMesh,
            Action::Reveal,
        ] {
            assert!(!may(Role::Nobody, action));
            assert!(may(Role::Operator, action));
        }
    }
}
