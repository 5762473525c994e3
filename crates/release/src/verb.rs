//! What an operation on a release is called in its hooks and its record, as Helm names it.

use crate::Error;
use wire::error_chain;

/// An operation that deploys a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// The first revision.
    Install,
    /// The next revision of a chart and values.
    Upgrade,
    /// The next revision, with the content of an earlier one.
    Rollback {
        /// The earlier revision.
        to: u32,
    },
}

impl Verb {
    /// The events of the hooks before and after it.
    pub(crate) fn hook_events(self) -> [&'static str; 2] {
        match self {
            Self::Install => ["pre-install", "post-install"],
            Self::Upgrade => ["pre-upgrade", "post-upgrade"],
            Self::Rollback { .. } => ["pre-rollback", "post-rollback"],
        }
    }

    /// The description of a revision that was deployed.
    pub(crate) fn done(self) -> String {
        match self {
            Self::Install => "Install complete".to_owned(),
            Self::Upgrade => "Upgrade complete".to_owned(),
            Self::Rollback { to } => format!("Rollback to {to}"),
        }
    }

    /// The description of a revision that failed.
    pub(crate) fn failed(self, release: &str, error: &Error) -> String {
        let subject = match self {
            Self::Install => "Release",
            Self::Upgrade => "Upgrade",
            Self::Rollback { .. } => "Rollback",
        };
        format!("{subject} {release:?} failed: {}", error_chain(error))
    }
}
