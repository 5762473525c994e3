//! Rolls a release back: the next revision has chart, values, manifest and hooks of an earlier one, as with Helm.
//!
//! Start at [`plan_rollback`], then [`rollback`].

mod plan;

pub use plan::{RollbackPlan, plan_rollback};

use crate::{
    Error, Operation, Release, State, apply, history,
    install::{Execution, execute, record_outcome, resume},
    model, record_codec, storage,
    upgrade::{prunable_revisions, supersede},
    verb::Verb,
};
use chart::Manifests;

/// Executes a plan. A rollback that was interrupted is completed by the same revision.
///
/// # Errors
/// [`Error::Changed`] when the release has another newest revision than the plan, [`Error::KindsNotServed`] and
/// [`Error::OwnedByOther`] before anything is changed; [`Error::NotReady`], [`Error::Hook`] and [`Error::Cluster`]
/// leave a `failed` revision behind.
pub async fn rollback(operation: &Operation<'_>, plan: &RollbackPlan) -> Result<Release, Error> {
    let cluster = operation.cluster();
    let revisions = history(operation.user, operation.key).await?;
    let newest = revisions
        .last()
        .filter(|newest| newest.version == plan.newest);
    let newest = newest.ok_or_else(|| Error::Changed {
        release: operation.key.release.clone(),
        revision: plan.newest,
    })?;
    let verb = Verb::Rollback {
        to: plan.target.version,
    };
    let mut record = next_record(operation, plan, newest);
    if plan.resumes {
        record.version = newest.version;
        resume(&mut record, newest);
    }
    record_codec::encode(&record)?;
    apply::ensure_kinds(cluster, &plan.plan, &[]).await?;
    apply::ensure_ownership(cluster, plan.plan.objects(), operation.key).await?;
    if plan.resumes {
        storage::update(cluster, &record, operation.now()).await?;
    } else {
        for revision in prunable_revisions(&revisions) {
            storage::remove(cluster, operation.key, revision).await?;
        }
        storage::create(cluster, &record, operation.now()).await?;
    }
    let manifests = Manifests::default();
    let execution = Execution {
        operation,
        plan: &plan.plan,
        manifests: &manifests,
        obsolete: &plan.obsolete,
        verb,
        decisions: &plan.decisions,
    };
    let outcome = execute(&execution, &mut record).await;
    if outcome.is_ok() {
        supersede(operation, &revisions).await?;
        end_pending(operation, &revisions, record.version).await?;
    }
    record_outcome(operation, &mut record, verb, outcome.as_ref().err()).await?;
    outcome.map(|()| record)
}

/// The record of the next revision, with the content of the earlier one.
fn next_record(operation: &Operation<'_>, plan: &RollbackPlan, newest: &Release) -> Release {
    let now = operation.now();
    let target = &plan.target;
    let mut record = Release {
        version: newest.version + 1,
        info: model::Info {
            first_deployed: newest.info.first_deployed,
            last_deployed: Some(now),
            deleted: None,
            description: format!("Rollback to {}", target.version),
            status: State::PendingRollback,
            ..target.info.clone()
        },
        ..target.clone()
    };
    for hook in &mut record.hooks {
        hook.last_run = model::Run::default();
    }
    storage::mark_server_side(&mut record);
    record
}

/// Marks the revisions as failed that an operation which was interrupted left pending: the release has a newer
/// revision now. Helm leaves them as they are.
async fn end_pending(
    operation: &Operation<'_>,
    revisions: &[Release],
    deployed: u32,
) -> Result<(), Error> {
    let pending = revisions.iter().filter(|release| {
        let is_pending = matches!(
            release.info.status,
            State::PendingInstall | State::PendingUpgrade | State::PendingRollback
        );
        is_pending && release.version != deployed
    });
    for old in pending {
        let mut old = old.clone();
        old.info.status = State::Failed;
        old.info.description = format!("Interrupted, and replaced by revision {deployed}");
        storage::update(operation.cluster(), &old, operation.now()).await?;
    }
    Ok(())
}
