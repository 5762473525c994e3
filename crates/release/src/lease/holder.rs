//! The holder of a Lease: a job of a console.

use cluster::Object;
use std::fmt;

/// The annotation with the name of the operator who started the job.
pub(super) const OPERATOR_ANNOTATION: &str = "meshspan.io/operator";

/// The holder of a Lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseHolder {
    /// The id of the console. One console runs one job at a time on a release, so that its Lease of an earlier
    /// job is that of a job that was interrupted.
    pub console: String,
    /// The id of the job; empty when another program wrote the Lease.
    pub job: String,
    /// The operator who started the job; empty when that is not known.
    pub operator: String,
}

impl fmt::Display for LeaseHolder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.job.is_empty() {
            return out.write_str(&self.console);
        }
        write!(out, "job {} of console {}", self.job, self.console)?;
        if self.operator.is_empty() {
            return Ok(());
        }
        write!(out, ", started by {}", self.operator)
    }
}

impl LeaseHolder {
    /// The text in the field `holderIdentity`.
    pub(super) fn identity(&self) -> String {
        format!("{}/{}", self.console, self.job)
    }

    /// The holder of a Lease; none when it was given up.
    pub(super) fn of(lease: &Object) -> Option<Self> {
        let identity = Some(lease.text("/spec/holderIdentity")).filter(|text| !text.is_empty())?;
        let (console, job) = identity.split_once('/').unwrap_or((identity, ""));
        let operator = lease.annotation(OPERATOR_ANNOTATION).unwrap_or_default();
        Some(Self {
            console: console.to_owned(),
            job: job.to_owned(),
            operator: operator.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_holder_is_named_with_what_is_known_of_it() {
        let lease = |identity: &str| {
            let lease = json!({
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                "metadata": {"name": "meshspan.release.web", "annotations": {OPERATOR_ANNOTATION: "ann"}},
                "spec": {"holderIdentity": identity},
            });
            LeaseHolder::of(&Object::new(lease).expect("a Lease"))
        };
        assert_eq!(lease(""), None);
        let own = lease("c1/j1").expect("a holder");
        assert_eq!(own.to_string(), "job j1 of console c1, started by ann");
        assert_eq!(own.identity(), "c1/j1");
        assert_eq!(lease("another").expect("a holder").to_string(), "another");
    }
}
