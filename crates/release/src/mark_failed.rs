//! Marks a revision as failed that an interrupted operation left pending, so that the release can be upgraded again.
//!
//! Nothing but the record changes. Helm has no command for it; it refuses every other one with "another operation is in
//! progress".

use crate::{
    Error, Event, Operation, Release, ReleaseKey, ResourceStatus, State, history::latest,
    resources, storage,
};
use cluster::{AsUser, Identity as _, ObjectRef};
use wire::job::PhaseName;

/// A revision that is pending, and what exists of it.
#[derive(Debug)]
pub struct InterruptedRevision {
    /// The revision.
    pub release: Release,
    /// The Secret of its record.
    pub record: ObjectRef,
    /// The field manager that wrote the record last, such as `helm`; none when it is not known.
    pub writer: Option<String>,
    /// The objects of its manifest, as they are now.
    pub objects: Vec<ResourceStatus>,
}

/// Reads the newest revision, which must be pending.
///
/// # Errors
/// [`Error::NotPending`] when no operation is pending, [`Error::NotFound`], [`Error::Cluster`] or [`Error::Record`].
pub async fn plan_mark_failed(
    user: &AsUser,
    key: &ReleaseKey,
) -> Result<InterruptedRevision, Error> {
    let release = latest(user, key).await?;
    ensure_pending(&release, key)?;
    let record = storage::reference(key, release.version);
    let stored = user.cluster().get(&record).await?;
    let managers = stored.iter().flat_map(cluster::Object::managed_fields);
    Ok(InterruptedRevision {
        writer: managers.last().map(|entry| entry.manager.to_owned()),
        objects: resources(user, &release).await?,
        record,
        release,
    })
}

fn ensure_pending(release: &Release, key: &ReleaseKey) -> Result<(), Error> {
    match release.info.status {
        State::PendingInstall | State::PendingUpgrade | State::PendingRollback => Ok(()),
        state => Err(Error::NotPending {
            release: key.release.clone(),
            state: state.as_str(),
        }),
    }
}

/// Marks a revision as failed, unless the operation went on meanwhile.
///
/// # Errors
/// [`Error::Changed`] when the release has a newer revision, [`Error::NotPending`] when the operation has ended,
/// [`Error::Cluster`], with a conflict when the record is written at the same time.
pub async fn mark_failed(
    operation: &Operation<'_>,
    plan: &InterruptedRevision,
) -> Result<(), Error> {
    let newest = latest(operation.user, operation.key).await?;
    if newest.version != plan.release.version {
        return Err(Error::Changed {
            release: operation.key.release.clone(),
            revision: plan.release.version,
        });
    }
    // What is written is compared with this read: the operation may go on meanwhile.
    let stored = operation.cluster().get(&plan.record).await?;
    let stored = stored.ok_or_else(|| Error::NotFound {
        release: operation.key.release.clone(),
        namespace: operation.key.namespace.clone(),
    })?;
    let mut release = storage::read(&stored)?;
    ensure_pending(&release, operation.key)?;
    operation.report(Event::Started(PhaseName::SaveRelease));
    release.info.description = format!(
        "Marked as failed: the operation that left it {} was interrupted",
        release.info.status.as_str()
    );
    release.info.status = State::Failed;
    storage::replace(operation.cluster(), (stored, &release), operation.now()).await?;
    operation.report(Event::Finished(PhaseName::SaveRelease));
    Ok(())
}
