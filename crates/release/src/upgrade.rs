//! Upgrades a release: the next revision's record first, then hooks, objects, what is not wanted any more,
//! and the wait. The revision before is superseded only when the new one is deployed, as Helm does it.
//! Of older revisions ten are kept with the new one; what is deployed is always among them.
//!
//! Definitions of crds/ are left as they are, which is Helm's rule too. Start at [`upgrade`].

use crate::{
    Error, Install, Release, State, apply, foreign, history,
    install::{Said, close, draft, work},
    model, status, storage,
};
use cluster::{Cluster, ObjectRef};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Upgrades the newest revision of a release, and says each step. What is rendered must be rendered for
/// the revision after it ([`Basis::facts_of`](crate::Basis::facts_of)).
///
/// # Errors
/// [`Error::NotFound`] when there is nothing to upgrade, [`Error::Unfinished`] while another operation is
/// under way, [`Error::NotOurs`] before anything is made; [`Error::NotReady`], [`Error::Hook`] and
/// [`Error::Cluster`] leave a `failed` revision behind, and the one before as it was.
pub async fn upgrade(what: &Install<'_>, said: Said<'_>) -> Result<Release, Error> {
    let cluster = what.watches.cluster();
    let before = history(cluster, what.place).await?;
    let newest = before.last().ok_or_else(|| Error::NotFound {
        release: what.place.release.clone(),
        namespace: what.place.namespace.clone(),
    })?;
    finished(what, newest)?;
    let deployed = before
        .iter()
        .rev()
        .find(|one| one.info.status == State::Deployed);
    let current = deployed.unwrap_or(newest);
    let mut record = next(what, newest, current);
    storage::encode(&record)?;
    apply::refuse_foreign(cluster, what.plan.objects(), what.place).await?;
    let removed = removed(cluster, what, current).await?;
    for revision in surplus(&before) {
        storage::remove(cluster, what.place, revision).await?;
    }
    storage::update(cluster, &record, Timestamp::now()).await?;
    let outcome = work(what, &mut record, &removed, said).await;
    if outcome.is_ok() {
        supersede(cluster, &before).await?;
    }
    close(cluster, &mut record, outcome.as_ref().err(), said).await?;
    outcome.map(|()| record)
}

/// How many revisions of a release are kept, as by `helm upgrade`.
const MOST_REVISIONS: usize = 10;

/// The revisions that go before one more is recorded: the oldest, but never the one that was deployed last.
fn surplus(before: &[Release]) -> Vec<u32> {
    let deployed = before
        .iter()
        .rfind(|one| one.info.status == State::Deployed)
        .map(|one| one.version);
    let others = before.iter().map(|one| one.version);
    others
        .filter(|version| Some(*version) != deployed)
        .take((before.len() + 1).saturating_sub(MOST_REVISIONS))
        .collect()
}

/// Nothing else may be under way.
fn finished(what: &Install<'_>, newest: &Release) -> Result<(), Error> {
    match newest.info.status {
        State::Deployed | State::Failed | State::Superseded => Ok(()),
        state => Err(Error::Unfinished {
            release: what.place.release.clone(),
            state: state.word(),
        }),
    }
}

/// The record of the revision after `newest`.
fn next(what: &Install<'_>, newest: &Release, current: &Release) -> Release {
    let draft = draft(what);
    Release {
        version: newest.version + 1,
        info: model::Info {
            first_deployed: current.info.first_deployed.or(draft.info.first_deployed),
            description: "Preparing upgrade".into(),
            status: State::PendingUpgrade,
            ..draft.info
        },
        ..draft
    }
}

/// What the revision before has and this one has not, as far as it is ours and may go.
async fn removed(
    cluster: &Cluster,
    what: &Install<'_>,
    current: &Release,
) -> Result<Vec<ObjectRef>, Error> {
    let wanted: BTreeSet<(String, Option<String>, String)> = what
        .plan
        .objects()
        .map(|object| key(&object.reference()))
        .collect();
    let mut removed = Vec::new();
    for object in status::objects(cluster, current).await? {
        let reference = object.reference();
        let kept = object.annotation("helm.sh/resource-policy").map(str::trim) == Some("keep");
        if kept || wanted.contains(&key(&reference)) {
            continue;
        }
        match cluster.get(&reference).await {
            Ok(Some(live)) if foreign(&live, what.place).is_none() => removed.push(reference),
            Ok(_) | Err(cluster::Error::NoSuchKind { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(removed)
}

/// An object by what stays the same when its version changes.
fn key(object: &ObjectRef) -> (String, Option<String>, String) {
    let (kind, name) = (object.kind.clone(), object.name.clone());
    (kind, object.namespace.clone(), name)
}

/// The revisions that were deployed are not any more.
async fn supersede(cluster: &Cluster, before: &[Release]) -> Result<(), Error> {
    let deployed = before
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
        assert!(surplus(&revisions(9, 9)).is_empty());
        assert_eq!(surplus(&revisions(10, 10)), [1]);
        assert_eq!(surplus(&revisions(12, 12)), [1, 2, 3]);
    }

    #[test]
    fn the_one_that_is_deployed_stays_however_old_it_is() {
        assert_eq!(surplus(&revisions(10, 1)), [2]);
        assert_eq!(surplus(&revisions(12, 2)), [1, 3, 4]);
        assert_eq!(surplus(&revisions(12, 0)), [1, 2, 3]);
        assert!(surplus(&[]).is_empty());
    }
}
