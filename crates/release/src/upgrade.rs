//! Upgrades a release: the next revision's record first, then hooks, objects, what is not wanted any more,
//! and the wait. The revision before is superseded only when the new one is deployed, as Helm does it.
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
    storage::update(cluster, &record, Timestamp::now()).await?;
    let outcome = work(what, &mut record, &removed, said).await;
    if outcome.is_ok() {
        supersede(cluster, &before).await?;
    }
    close(cluster, &mut record, outcome.as_ref().err(), said).await?;
    outcome.map(|()| record)
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
