//! Upgrades a release: the next revision's record first, then hooks, objects, what is not wanted any more,
//! and the wait. The revision before is superseded only when the new one is deployed, as Helm does it.
//! Of older revisions ten are kept with the new one; what is deployed is always among them.
//!
//! Definitions of crds/ are left as they are, which is Helm's rule too. Start at [`upgrade`].

use crate::{
    Error, Install, Release, State, apply, foreign_owner, history,
    install::{OnEvent, execute, new_record, record_outcome},
    model, status, storage,
};
use cluster::{Cluster, ObjectRef};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Upgrades the newest revision of a release, and says each step. What is rendered must be rendered for
/// the revision after it ([`ClusterCapabilities::facts_for_revision`](crate::Basis::facts_of)).
///
/// # Errors
/// [`Error::NotFound`] when there is nothing to upgrade, [`Error::OperationPending`] while another operation is
/// under way, [`Error::OwnedByOther`] before anything is made; [`Error::NotReady`], [`Error::Hook`] and
/// [`Error::Cluster`] leave a `failed` revision behind, and the one before as it was.
pub async fn upgrade(install: &Install<'_>, on_event: OnEvent<'_>) -> Result<Release, Error> {
    let cluster = install.watches.cluster();
    let revisions = history(cluster, install.key).await?;
    let newest = revisions.last().ok_or_else(|| Error::NotFound {
        release: install.key.release.clone(),
        namespace: install.key.namespace.clone(),
    })?;
    ensure_no_pending_operation(install, newest)?;
    let deployed = revisions
        .iter()
        .rev()
        .find(|one| one.info.status == State::Deployed);
    let current = deployed.unwrap_or(newest);
    let mut record = next_record(install, newest, current);
    storage::encode(&record)?;
    apply::ensure_ownership(cluster, install.plan.objects(), install.key).await?;
    let obsolete = obsolete_objects(cluster, install, current).await?;
    for revision in prunable_revisions(&revisions) {
        storage::remove(cluster, install.key, revision).await?;
    }
    storage::update(cluster, &record, Timestamp::now()).await?;
    let outcome = execute(install, &mut record, &obsolete, on_event).await;
    if outcome.is_ok() {
        supersede(cluster, &revisions).await?;
    }
    record_outcome(cluster, &mut record, outcome.as_ref().err(), on_event).await?;
    outcome.map(|()| record)
}

/// How many revisions of a release are kept, as by `helm upgrade`.
const MAX_REVISIONS: usize = 10;

/// The revisions that go before one more is recorded: the oldest, but never the one that was deployed last.
fn prunable_revisions(revisions: &[Release]) -> Vec<u32> {
    let deployed = revisions
        .iter()
        .rfind(|one| one.info.status == State::Deployed)
        .map(|one| one.version);
    let others = revisions.iter().map(|one| one.version);
    others
        .filter(|version| Some(*version) != deployed)
        .take((revisions.len() + 1).saturating_sub(MAX_REVISIONS))
        .collect()
}

/// Nothing else may be under way.
fn ensure_no_pending_operation(install: &Install<'_>, newest: &Release) -> Result<(), Error> {
    match newest.info.status {
        State::Deployed | State::Failed | State::Superseded => Ok(()),
        state => Err(Error::OperationPending {
            release: install.key.release.clone(),
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

/// What the revision before has and this one has not, as far as it is ours and may go.
async fn obsolete_objects(
    cluster: &Cluster,
    install: &Install<'_>,
    current: &Release,
) -> Result<Vec<ObjectRef>, Error> {
    let wanted: BTreeSet<(String, Option<String>, String)> = install
        .plan
        .objects()
        .map(|object| identity(&object.reference()))
        .collect();
    let mut obsolete = Vec::new();
    for object in status::manifest_objects(cluster, current).await? {
        let reference = object.reference();
        let kept = object.annotation("helm.sh/resource-policy").map(str::trim) == Some("keep");
        if kept || wanted.contains(&identity(&reference)) {
            continue;
        }
        match cluster.get(&reference).await {
            Ok(Some(live)) if foreign_owner(&live, install.key).is_none() => {
                obsolete.push(reference)
            }
            Ok(_) | Err(cluster::Error::NoSuchKind { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(obsolete)
}

/// An object by what stays the same when its version changes.
fn identity(object: &ObjectRef) -> (String, Option<String>, String) {
    let (kind, name) = (object.kind.clone(), object.name.clone());
    (kind, object.namespace.clone(), name)
}

/// The revisions that were deployed are not any more.
async fn supersede(cluster: &Cluster, revisions: &[Release]) -> Result<(), Error> {
    let deployed = revisions
        .iter()
        .filter(|one| one.info.status == State::Deployed);
    for old in deployed {
        let mut old = old.clone();
        old.info.status = State::Superseded;
        storage::update(cluster, &old, Timestamp::now()).await?;
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
        (1..=newest).map(|one| record(one, state(one))).collect()
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
