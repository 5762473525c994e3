//! Upgrades a release: the record of the next revision, hooks, objects, the deletion of obsolete ones,
//! and the wait. The previous revision is superseded when the new one is deployed, as Helm does it.
//! Ten revisions are kept; the deployed one is always among them.
//!
//! CRDs of crds/ are applied when the operator chose them, before everything else. Start at [`upgrade`].

use crate::{
    Error, Install, Mode, Operation, Plan, Release, ReleaseKey, State, apply,
    crd_phase::upgrade_crds,
    foreign_owner, history,
    install::{Execution, execute, new_record, record_outcome, resume},
    model, record_codec, status, storage,
    verb::Verb,
};
use cluster::{AsUser, Cluster, Identity as _, ObjectRef};
use std::collections::BTreeSet;

/// Upgrades a release from its newest revision. The manifests must be rendered for the revision after it
/// ([`ClusterCapabilities::facts_for_revision`](crate::ClusterCapabilities::facts_for_revision)).
///
/// # Errors
/// [`Error::NotFound`] without a release, [`Error::OperationPending`] while another operation is
/// pending, [`Error::Changed`] when the release has another newest revision than the plan, [`Error::KindsNotServed`] and
/// [`Error::OwnedByOther`] before anything is changed; [`Error::NotReady`], [`Error::Hook`] and [`Error::Cluster`] leave a `failed` revision behind, and the previous one as it was.
pub async fn upgrade(install: &Install<'_>) -> Result<Release, Error> {
    let cluster = install.operation.cluster();
    let revisions = history(install.operation.user, install.operation.key).await?;
    let newest = revisions.last().ok_or_else(|| Error::NotFound {
        release: install.operation.key.release.clone(),
        namespace: install.operation.key.namespace.clone(),
    })?;
    let resumed = resumed_revision(install, newest);
    ensure_planned(install, newest, resumed.is_some())?;
    if resumed.is_none() {
        ensure_no_pending_operation(install, newest)?;
    }
    let current = current(&revisions).unwrap_or(newest);
    let mut record = next_record(install, newest, current);
    if let Some(version) = resumed {
        record.version = version;
        resume(&mut record, newest);
    }
    record_codec::encode(&record)?;
    apply::ensure_kinds(cluster, install.plan, &install.manifests.hooks).await?;
    apply::ensure_ownership(cluster, install.plan.objects(), install.operation.key).await?;
    let obsolete =
        obsolete_objects(cluster, (install.plan, install.operation.key), current).await?;
    let prunable = match resumed {
        Some(_) => Vec::new(),
        None => prunable_revisions(&revisions),
    };
    for revision in prunable {
        storage::remove(cluster, install.operation.key, revision).await?;
    }
    match resumed {
        Some(_) => storage::update(cluster, &record, install.operation.now()).await?,
        None => storage::create(cluster, &record, install.operation.now()).await?,
    }
    let verb = Verb::Upgrade;
    let execution = Execution {
        operation: &install.operation,
        plan: install.plan,
        manifests: install.manifests,
        obsolete: &obsolete,
        verb,
        decisions: install.decisions,
    };
    let outcome = match upgrade_crds(&install.operation, install.plan, install.decisions).await {
        Ok(()) => execute(&execution, &mut record).await,
        Err(error) => Err(error),
    };
    if outcome.is_ok() {
        supersede(&install.operation, &revisions).await?;
    }
    record_outcome(
        &install.operation,
        &mut record,
        verb,
        outcome.as_ref().err(),
    )
    .await?;
    outcome.map(|()| record)
}

/// The revision that an interrupted upgrade left: its manifest is the one that is applied now. A revision
/// that was deployed before that could be recorded by the console is completed again.
fn resumed_revision(install: &Install<'_>, newest: &Release) -> Option<u32> {
    let is_same = install.mode == Mode::ResumeUpgrade
        && newest.version > 1
        && newest.manifest == install.manifests.text();
    let is_open = matches!(
        newest.info.status,
        State::PendingUpgrade | State::Failed | State::Deployed
    );
    (is_same && is_open).then_some(newest.version)
}

/// The number of revisions that are kept, as by `helm upgrade`.
const MAX_REVISIONS: usize = 10;

/// The revisions that are deleted before one more is recorded: the oldest, but never the deployed one.
pub(crate) fn prunable_revisions(revisions: &[Release]) -> Vec<u32> {
    let deployed = revisions
        .iter()
        .rfind(|release| release.info.status == State::Deployed)
        .map(|release| release.version);
    let others = revisions.iter().map(|release| release.version);
    others
        .filter(|version| Some(*version) != deployed)
        .take((revisions.len() + 1).saturating_sub(MAX_REVISIONS))
        .collect()
}

/// Fails when the release has another newest revision than when the upgrade was planned, such as one that another
/// console made while this one waited for the Lease.
fn ensure_planned(install: &Install<'_>, newest: &Release, is_resumed: bool) -> Result<(), Error> {
    let follows = newest.version - u32::from(is_resumed);
    match install.planned_after.filter(|planned| *planned != follows) {
        None => Ok(()),
        Some(revision) => Err(Error::Changed {
            release: install.operation.key.release.clone(),
            revision,
        }),
    }
}

/// Fails while another operation is pending.
fn ensure_no_pending_operation(install: &Install<'_>, newest: &Release) -> Result<(), Error> {
    match newest.info.status {
        State::Deployed | State::Failed | State::Superseded => Ok(()),
        state => Err(Error::OperationPending {
            release: install.operation.key.release.clone(),
            state: state.as_str(),
        }),
    }
}

/// The record of the revision after `newest`.
fn next_record(install: &Install<'_>, newest: &Release, current: &Release) -> Release {
    let template = new_record(install);
    Release {
        version: newest.version + 1,
        info: model::Info {
            first_deployed: current.info.first_deployed.or(template.info.first_deployed),
            description: "Preparing upgrade".into(),
            status: State::PendingUpgrade,
            ..template.info
        },
        ..template
    }
}

/// The objects that an upgrade deletes: those of the previous revision that a plan does not have, which the release
/// owns and may delete. Without a release there are none.
///
/// # Errors
/// [`Error::Cluster`] or [`Error::Record`].
pub async fn obsolete(
    user: &AsUser,
    plan: &Plan,
    key: &ReleaseKey,
) -> Result<Vec<ObjectRef>, Error> {
    let revisions = history(user, key).await?;
    match current(&revisions) {
        Some(current) => obsolete_objects(user.cluster(), (plan, key), current).await,
        None => Ok(Vec::new()),
    }
}

/// The revision that is deployed, else the newest one.
pub(crate) fn current(revisions: &[Release]) -> Option<&Release> {
    let deployed = revisions
        .iter()
        .rfind(|release| release.info.status == State::Deployed);
    deployed.or(revisions.last())
}

/// The objects of the previous revision that the new one does not have, which the release may delete.
pub(crate) async fn obsolete_objects(
    cluster: &Cluster,
    (plan, key): (&Plan, &ReleaseKey),
    current: &Release,
) -> Result<Vec<ObjectRef>, Error> {
    let identities: BTreeSet<(String, Option<String>, String)> = plan
        .objects()
        .map(|object| identity(&object.reference()))
        .collect();
    let mut obsolete = Vec::new();
    for object in status::manifest_objects(cluster, current).await? {
        let reference = object.reference();
        let kept = object.annotation("helm.sh/resource-policy").map(str::trim) == Some("keep");
        if kept || identities.contains(&identity(&reference)) {
            continue;
        }
        match cluster.get(&reference).await {
            Ok(Some(live)) if foreign_owner(&live, key).is_none() => {
                obsolete.push(reference);
            }
            Ok(_) | Err(cluster::Error::NoSuchKind { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(obsolete)
}

/// The identity of an object, whatever its API version.
fn identity(object: &ObjectRef) -> (String, Option<String>, String) {
    let (kind, name) = (object.kind.clone(), object.name.clone());
    (kind, object.namespace.clone(), name)
}

/// Marks the deployed revisions as superseded.
pub(crate) async fn supersede(
    operation: &Operation<'_>,
    revisions: &[Release],
) -> Result<(), Error> {
    let deployed = revisions
        .iter()
        .filter(|release| release.info.status == State::Deployed);
    for old in deployed {
        let mut old = old.clone();
        old.info.status = State::Superseded;
        storage::update(operation.cluster(), &old, operation.now()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(version: u32, status: State) -> Release {
        Release {
            name: "web-shop".into(),
            info: model::Info {
                status,
                ..model::Info::default()
            },
            chart: crate::ChartRecord::default(),
            config: serde_json::Value::Null,
            manifest: String::new(),
            hooks: Vec::new(),
            version,
            namespace: "shop".into(),
            helm: chart::HelmVersion::V3,
            other: serde_json::Map::new(),
        }
    }

    /// Revisions 1 to `newest`, of which this one is deployed.
    fn revisions(newest: u32, deployed: u32) -> Vec<Release> {
        let state = |version| {
            if version == deployed {
                State::Deployed
            } else {
                State::Failed
            }
        };
        (1..=newest)
            .map(|version| record(version, state(version)))
            .collect()
    }

    #[test]
    fn ten_are_kept_with_the_one_that_comes() {
        assert!(prunable_revisions(&revisions(9, 9)).is_empty());
        assert_eq!(prunable_revisions(&revisions(10, 10)), [1]);
        assert_eq!(prunable_revisions(&revisions(12, 12)), [1, 2, 3]);
    }

    #[test]
    fn the_one_that_is_deployed_stays_however_old_it_is() {
        assert_eq!(prunable_revisions(&revisions(10, 1)), [2]);
        assert_eq!(prunable_revisions(&revisions(12, 2)), [1, 3, 4]);
        assert_eq!(prunable_revisions(&revisions(12, 0)), [1, 2, 3]);
        assert!(prunable_revisions(&[]).is_empty());
    }
}
