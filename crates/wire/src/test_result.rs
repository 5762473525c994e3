//! The tests of a release and the results of their last run.

use crate::Time;
use serde::{Deserialize, Serialize};

/// How the last run of a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TestResult {
    /// It has not run for this revision.
    NotRun,
    /// It is running, or its end was not recorded.
    Running,
    /// It succeeded.
    Succeeded,
    /// It failed.
    Failed,
}

/// A test of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestRow {
    /// The kind of its object.
    pub kind: String,
    /// The name of its object.
    pub name: String,
    /// How its last run ended.
    pub result: TestResult,
    /// When its last run ended.
    pub ended: Option<Time>,
}
