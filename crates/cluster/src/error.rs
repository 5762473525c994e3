//! What can go wrong with a cluster: what was attempted, on what, and what the cluster said.

use crate::ObjectRef;
use std::{fmt, time::Duration};
use wire::ClusterName;

/// What was attempted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Read one object.
    Get,
    /// Read many.
    List,
    /// Follow changes.
    Watch,
    /// Make a new object.
    Create,
    /// Make it be as said.
    Apply,
    /// Write an object that was read before.
    Update,
    /// Take it away.
    Delete,
    /// Ask what the cluster serves.
    Discover,
    /// Ask for rights.
    Review,
    /// Ask a port of a pod.
    Ask,
}

impl fmt::Display for Verb {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Get => "read",
            Self::List => "list",
            Self::Watch => "watch",
            Self::Create => "create",
            Self::Apply => "apply",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Discover => "discover",
            Self::Review => "ask for the rights to",
            Self::Ask => "ask",
        })
    }
}

/// What the API server said, in its own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Said {
    /// HTTP status.
    pub code: u16,
    /// Kubernetes' reason, such as `Forbidden`.
    pub reason: String,
    /// Its sentence.
    pub message: String,
    /// Field and message of each cause.
    pub causes: Vec<(String, String)>,
}

/// Who owns a field that we wanted to set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldOwner {
    /// The other manager, such as `kubectl`.
    pub manager: String,
    /// The field, such as `.spec.replicas`.
    pub field: String,
}

/// Why a cluster did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No connection could be made with what we know of the cluster.
    #[error("could not prepare the connection to cluster {cluster}")]
    Connect {
        /// Which cluster.
        cluster: ClusterName,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Its address may not be dialled.
    #[error("cluster {cluster} may not be dialled")]
    Address {
        /// Which cluster.
        cluster: ClusterName,
        /// Why.
        #[source]
        source: crate::address::Refused,
    },
    /// It does not answer, or what it answers cannot be read.
    #[error("could not {verb} {object} on cluster {cluster}: no answer")]
    Unreachable {
        /// Which cluster.
        cluster: ClusterName,
        /// What was attempted.
        verb: Verb,
        /// On what.
        object: String,
        /// What the connection said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It did not answer in time.
    #[error("could not {verb} {object} on cluster {cluster}: no answer in {} s", after.as_secs())]
    TimedOut {
        /// Which cluster.
        cluster: ClusterName,
        /// What was attempted.
        verb: Verb,
        /// On what.
        object: String,
        /// How long we waited.
        after: Duration,
    },
    /// It answered no.
    #[error("could not {verb} {object} on cluster {cluster}")]
    Refused {
        /// Which cluster.
        cluster: ClusterName,
        /// What was attempted.
        verb: Verb,
        /// On what.
        object: String,
        /// What it said.
        #[source]
        source: Said,
    },
    /// It does not serve that kind.
    #[error("cluster {cluster} serves no {kind} of {api_version}")]
    NoSuchKind {
        /// Which cluster.
        cluster: ClusterName,
        /// The API version.
        api_version: String,
        /// The kind.
        kind: String,
    },
    /// An object without what every object has.
    #[error("this is no object: {missing} is missing")]
    NoObject {
        /// `kind`, `apiVersion` or `metadata.name`.
        missing: &'static str,
    },
    /// A port of a pod gives no answer.
    #[error("no answer from {port} on cluster {cluster}")]
    NoAnswer {
        /// Which cluster.
        cluster: ClusterName,
        /// The pod and its port.
        port: String,
        /// Why.
        #[source]
        source: crate::NoAnswer,
    },
    /// Objects did not become ready in time.
    #[error("{} of {} objects were not ready on cluster {cluster} after {} s", missing.len(), all, waited.as_secs())]
    NotReady {
        /// Which cluster.
        cluster: ClusterName,
        /// How long we waited.
        waited: Duration,
        /// Each object that is not ready, and why.
        missing: Vec<(ObjectRef, String)>,
        /// How many there are.
        all: usize,
    },
    /// Somebody asked for the end.
    #[error("stopped")]
    Cancelled,
}

impl Error {
    /// What the API server said, when it said something.
    pub fn said(&self) -> Option<&Said> {
        match self {
            Self::Refused { source, .. } => Some(source),
            _ => None,
        }
    }

    fn code(&self) -> u16 {
        self.said().map_or(0, |said| said.code)
    }

    /// Whether the credential lacks the right.
    pub fn is_forbidden(&self) -> bool {
        self.code() == 403
    }

    /// Whether the cluster does not know the credential.
    pub fn is_unauthorized(&self) -> bool {
        self.code() == 401
    }

    /// Whether the object is not there.
    pub fn is_not_found(&self) -> bool {
        self.code() == 404
    }

    /// Whether somebody wrote in between, or owns a field.
    pub fn is_conflict(&self) -> bool {
        self.said()
            .is_some_and(|said| said.code == 409 && said.reason != "AlreadyExists")
    }

    /// Whether the object is there already.
    pub fn already_exists(&self) -> bool {
        self.said()
            .is_some_and(|said| said.reason == "AlreadyExists")
    }

    /// Whether the cluster did not answer at all.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Connect { .. }
        )
    }

    /// The managers that own fields we wanted to set, from a server-side apply's conflict.
    pub fn owners(&self) -> Vec<FieldOwner> {
        let causes = self
            .said()
            .map(|said| said.causes.as_slice())
            .unwrap_or_default();
        causes
            .iter()
            .filter_map(|(field, message)| {
                let manager = message.split('"').nth(1)?;
                Some(FieldOwner {
                    manager: manager.to_owned(),
                    field: field.clone(),
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_of_field_owners_names_the_other_manager() {
        let said = Said {
            code: 409,
            reason: "Conflict".into(),
            message: "Apply failed with 1 conflict".into(),
            causes: vec![(
                ".spec.replicas".into(),
                "conflict with \"kubectl\" using apps/v1".into(),
            )],
        };
        let error = Error::Refused {
            cluster: ClusterName::new("east").expect("a name"),
            verb: Verb::Apply,
            object: "Deployment shop/web".into(),
            source: said,
        };
        assert!(error.is_conflict());
        let owner = FieldOwner {
            manager: "kubectl".into(),
            field: ".spec.replicas".into(),
        };
        assert_eq!(error.owners(), [owner]);
    }
}
