//! The run of the tests of a release: hooks for the event `test` of Helm.

use crate::{ReviewRef, Revision, release::ReleaseRef, test_result::TestRow};
use serde::{Deserialize, Serialize};

/// The plan of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestView {
    /// What is shown, to run exactly that; none without tests.
    pub review: Option<ReviewRef>,
    /// The release.
    pub at: ReleaseRef,
    /// Its newest revision.
    pub revision: Revision,
    /// The tests, in the order in which they run.
    pub tests: Vec<TestRow>,
    /// The equivalent Helm command.
    pub command: String,
}
