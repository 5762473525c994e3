//! Tests a release: runs its hooks for the event `test`, as `helm test` does.
//!
//! The results stand in the record of the newest revision, whose state does not change.

use crate::{Error, Operation, Release, ReleaseKey, State, history::latest, hooks, storage};
use cluster::{AsUser, Identity as _, ObjectRef};
use wire::job::PhaseName;

/// The event of the hooks that test a release.
const EVENT: &str = "test";

/// What a test of a release runs.
#[derive(Clone, Debug)]
pub struct TestPlan {
    /// The newest revision.
    pub release: Release,
    /// The tests, in the order in which they run.
    pub hooks: Vec<ObjectRef>,
}

/// Plans a test of the newest revision; without tests there is nothing to run.
///
/// # Errors
/// [`Error::NotFound`] without a release, [`Error::OperationPending`] while another operation is pending: its record
/// would be overwritten. [`Error::Cluster`] or [`Error::Record`].
pub async fn plan_test(user: &AsUser, key: &ReleaseKey) -> Result<TestPlan, Error> {
    let release = latest(user, key).await?;
    ensure_no_operation(&release, key)?;
    let mut tests = Vec::new();
    for hook in hooks::hooks_for_event(&release.hooks, EVENT) {
        tests.push(hooks::object(user.cluster(), hook, key).await?.reference());
    }
    Ok(TestPlan {
        release,
        hooks: tests,
    })
}

fn ensure_no_operation(release: &Release, key: &ReleaseKey) -> Result<(), Error> {
    match release.info.status {
        State::PendingInstall
        | State::PendingUpgrade
        | State::PendingRollback
        | State::Uninstalling => Err(Error::OperationPending {
            release: key.release.clone(),
            state: release.info.status.as_str(),
        }),
        _ => Ok(()),
    }
}

/// Runs the tests one after the other, up to the first that fails.
///
/// # Errors
/// [`Error::Changed`] when the release has another newest revision than the plan, [`Error::StateChanged`] when it gets
/// one meanwhile, [`Error::Hook`] with the test that
/// failed, [`Error::NotReady`] when one did not end in time, [`Error::Cluster`].
pub async fn test(operation: &Operation<'_>, plan: &TestPlan) -> Result<(), Error> {
    let mut release = latest(operation.user, operation.key).await?;
    if release.version != plan.release.version {
        return Err(Error::Changed {
            release: operation.key.release.clone(),
            revision: plan.release.version,
        });
    }
    ensure_no_operation(&release, operation.key)?;
    let outcome = hooks::run(operation, &mut release, EVENT, PhaseName::Tests, None).await;
    if outcome.is_err() {
        storage::update_in_state(operation.cluster(), &release, operation.now()).await?;
    }
    outcome
}
