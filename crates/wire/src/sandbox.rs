//! The faults of a sandbox cluster: what its switchboard shows, and a change of one of them.

use crate::ClusterName;
use serde::{Deserialize, Serialize};

/// A fault that a sandbox cluster can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultView {
    /// Its key, such as `crash-loop`.
    pub key: String,
    /// What happens, and what the value is, in the words of the sandbox.
    pub description: String,
    /// A value that works.
    pub example: String,
    /// The value now; empty when the fault is not requested.
    pub value: String,
}

/// A change of one fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetFaultRequest {
    /// The sandbox cluster.
    pub cluster: ClusterName,
    /// The key of the fault.
    pub key: String,
    /// The value; empty to end the fault.
    pub value: String,
}
