//! The errors of cluster calls: the operation, its object, and the status of the API server.

use crate::ObjectRef;
use std::{fmt, time::Duration};
use wire::ClusterName;

/// The operation of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Read one object.
    Get,
    /// List objects.
    List,
    /// Watch changes.
    Watch,
    /// Create an object.
    Create,
    /// Apply an object.
    Apply,
    /// Update an object that was read before.
    Update,
    /// Delete an object.
    Delete,
    /// Discover the kinds that the cluster serves.
    Discover,
    /// Review rights, or the user of the credential.
    Review,
    /// Connect to a port of a pod.
    Connect,
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
            Self::Review => "review",
            Self::Connect => "connect to",
        })
    }
}

/// The status of an API server's error response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ApiStatus {
    /// The HTTP status code.
    pub code: u16,
    /// The reason, such as `Forbidden`.
    pub reason: String,
    /// The message.
    pub message: String,
    /// The field and message of each cause.
    pub causes: Vec<(String, String)>,
}

/// The field manager that owns a field of a conflicting apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldOwner {
    /// The field manager, such as `kubectl`.
    pub manager: String,
    /// The field, such as `.spec.replicas`.
    pub field: String,
}

/// The error of a cluster call.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client could not be configured.
    #[error("could not prepare the connection to cluster {cluster}")]
    Connect {
        /// The cluster.
        cluster: ClusterName,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The address policy refuses the cluster's address.
    #[error("the address of cluster {cluster} is not allowed")]
    Address {
        /// The cluster.
        cluster: ClusterName,
        /// The cause.
        #[source]
        source: crate::address::Refused,
    },
    /// The cluster does not answer, or its response cannot be read.
    #[error("could not {verb} {object} on cluster {cluster}: no answer")]
    Unreachable {
        /// The cluster.
        cluster: ClusterName,
        /// The operation.
        verb: Verb,
        /// The object of the operation.
        object: String,
        /// The error of the connection.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The cluster did not answer in time.
    #[error("could not {verb} {object} on cluster {cluster}: no answer in {} s", after.as_secs())]
    TimedOut {
        /// The cluster.
        cluster: ClusterName,
        /// The operation.
        verb: Verb,
        /// The object of the operation.
        object: String,
        /// The timeout that passed.
        after: Duration,
    },
    /// A response of the cluster exceeds a limit; nothing of it is used.
    #[error("could not {verb} {object} on cluster {cluster}: {source}")]
    TooLarge {
        /// The cluster.
        cluster: ClusterName,
        /// The operation.
        verb: Verb,
        /// The object of the operation.
        object: String,
        /// The limit.
        source: crate::ExceededLimit,
    },
    /// The API server rejected the request.
    #[error("could not {verb} {object} on cluster {cluster}")]
    Refused {
        /// The cluster.
        cluster: ClusterName,
        /// The operation.
        verb: Verb,
        /// The object of the operation.
        object: String,
        /// The status of its response.
        #[source]
        source: ApiStatus,
    },
    /// The cluster does not serve the kind.
    #[error("cluster {cluster} does not serve kind {kind} of {api_version}")]
    NoSuchKind {
        /// The cluster.
        cluster: ClusterName,
        /// The API version.
        api_version: String,
        /// The kind.
        kind: String,
    },
    /// An object without a required field.
    #[error("invalid object: {field} {fault}")]
    InvalidObject {
        /// `kind`, `apiVersion` or `metadata.name`.
        field: &'static str,
        /// `is missing` or `is not a string`.
        fault: &'static str,
    },
    /// A field of an object does not have the type of its kind.
    #[error("could not read {path} of {object}")]
    Malformed {
        /// The object.
        object: ObjectRef,
        /// The field, such as `spec.ports`.
        path: String,
        /// The cause.
        #[source]
        source: serde_json::Error,
    },
    /// The port of a pod gives no answer.
    #[error("no answer from {port} on cluster {cluster}")]
    PortForward {
        /// The cluster.
        cluster: ClusterName,
        /// The pod and its port.
        port: String,
        /// The cause.
        #[source]
        source: crate::PortForwardError,
    },
    /// Objects did not become ready in time.
    #[error("{} of {} objects were not ready on cluster {cluster} after {} s", missing.len(), all, waited.as_secs())]
    NotReady {
        /// The cluster.
        cluster: ClusterName,
        /// The timeout that passed.
        waited: Duration,
        /// Each object that is not ready, with the reason.
        missing: Vec<(ObjectRef, String)>,
        /// The number of objects.
        all: usize,
    },
    /// The wait was cancelled.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// The status of the API server's response, if there was one.
    pub fn status(&self) -> Option<&ApiStatus> {
        match self {
            Self::Refused { source, .. } => Some(source),
            _ => None,
        }
    }

    fn code(&self) -> u16 {
        self.status().map_or(0, |status| status.code)
    }

    /// Whether the credential lacks the right.
    pub fn is_forbidden(&self) -> bool {
        self.code() == 403
    }

    /// Whether the cluster does not know the credential.
    pub fn is_unauthorized(&self) -> bool {
        self.code() == 401
    }

    /// Whether the object does not exist.
    pub fn is_not_found(&self) -> bool {
        self.code() == 404
    }

    /// Whether the API server has no such path: the kind was served when it was discovered, and its CRD or
    /// API service is gone since. An object that does not exist has the reason `NotFound`.
    pub(crate) fn is_unknown_path(&self) -> bool {
        self.status()
            .is_some_and(|status| status.code == 404 && status.reason != "NotFound")
    }

    /// Whether the object changed in between, or another manager owns a field.
    pub fn is_conflict(&self) -> bool {
        self.status()
            .is_some_and(|status| status.code == 409 && status.reason != "AlreadyExists")
    }

    /// Whether the object exists already.
    pub fn already_exists(&self) -> bool {
        self.status()
            .is_some_and(|status| status.reason == "AlreadyExists")
    }

    /// Whether the cluster did not answer.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Connect { .. }
        )
    }

    /// Whether the API server found fields of the object invalid.
    pub fn is_invalid(&self) -> bool {
        self.code() == 422
    }

    /// The managers that own the conflicting fields of a server-side apply; none unless it is a conflict.
    pub fn field_owners(&self) -> Vec<FieldOwner> {
        let causes = self
            .status()
            .filter(|_| self.is_conflict())
            .map(|status| status.causes.as_slice())
            .unwrap_or_default();
        causes
            .iter()
            .filter_map(|(field, message)| {
                let (manager, _) = message.strip_prefix("conflict with \"")?.split_once('"')?;
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
    fn a_field_conflict_names_the_other_manager() {
        let status = ApiStatus {
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
            source: status,
        };
        assert!(error.is_conflict());
        let owner = FieldOwner {
            manager: "kubectl".into(),
            field: ".spec.replicas".into(),
        };
        assert_eq!(error.field_owners(), [owner]);
    }

    #[test]
    fn a_malformed_object_is_named_with_its_field_and_no_secret_value() {
        let secret = crate::Object::new(serde_json::json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": "key", "namespace": "shop"}, "data": {"password": 4711},
        }));
        let secret = secret.expect("an object");
        let error = secret.typed::<k8s_openapi::api::core::v1::Secret>();
        let error = error.expect_err("a number is no base64");
        let text = wire::error_chain::error_chain(&error);
        assert_eq!(
            text,
            "could not read data.password of Secret shop/key: the field does not have its type"
        );
        let problem = wire::Problem::from(&error);
        assert_eq!(problem.code, wire::Code::ObjectMalformed);
        assert_eq!(problem.arg("object"), "Secret shop/key");
        assert_eq!(problem.arg("field"), "data.password");
    }
}
