//! Reads release records: the revisions of one release, or the releases of a cluster.

use crate::{Error, Release, ReleaseKey, model::State, storage};
use cluster::{AsUser, Cluster, Identity, Kind, Object};
use std::collections::BTreeMap;
use wire::HelmVersion;

/// All revisions of a release, oldest first; empty when there is none.
///
/// # Errors
/// [`Error::Cluster`] or [`Error::Record`].
pub async fn history(user: &AsUser, key: &ReleaseKey) -> Result<Vec<Release>, Error> {
    revisions(user.cluster(), key).await
}

/// The revisions of a release, for an identity that the caller has chosen.
async fn revisions(cluster: &Cluster, key: &ReleaseKey) -> Result<Vec<Release>, Error> {
    let labels = format!("owner=helm,name={}", key.release);
    let found = cluster
        .list_objects(Kind::SECRET, Some(key.namespace.as_str()), &labels)
        .await?;
    let mut revisions: Vec<Release> = found.iter().map(storage::read).collect::<Result<_, _>>()?;
    revisions.sort_by_key(|release| release.version);
    Ok(revisions)
}

/// The newest revision of a release.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Cluster`] or [`Error::Record`].
pub async fn latest(identity: &dyn Identity, key: &ReleaseKey) -> Result<Release, Error> {
    let newest = revisions(identity.cluster(), key)
        .await?
        .into_iter()
        .next_back();
    newest.ok_or_else(|| Error::NotFound {
        release: key.release.clone(),
        namespace: key.namespace.clone(),
    })
}

/// The newest revision of each release of a cluster, by the labels of the records. Only these records
/// are decoded; an invalid one is listed by its labels.
///
/// # Errors
/// [`Error::Cluster`].
pub async fn list(identity: &dyn Identity) -> Result<Vec<Release>, Error> {
    list_parts(identity, |release| release).await
}

/// The same with a part of each release: one release at a time is in memory as a whole.
///
/// # Errors
/// As [`list`].
pub async fn list_parts<T>(
    identity: &dyn Identity,
    part: impl Fn(Release) -> T,
) -> Result<Vec<T>, Error> {
    let found = identity
        .cluster()
        .list_objects(Kind::SECRET, None, "owner=helm")
        .await?;
    let mut newest: BTreeMap<(String, String), (u32, State, &Object)> = BTreeMap::new();
    for secret in &found {
        let Some((name, revision, state)) = storage::labels(secret) else {
            continue;
        };
        let key = (secret.namespace().unwrap_or_default().to_owned(), name);
        let older = newest
            .get(&key)
            .is_none_or(|(known, _, _)| *known < revision);
        if older {
            newest.insert(key, (revision, state, secret));
        }
    }
    let read = |((namespace, name), (version, status, secret)): (_, (u32, State, &Object))| {
        let release = storage::read(secret).unwrap_or_else(|error| Release {
            name,
            namespace,
            version,
            info: crate::Info {
                status,
                description: error.to_string(),
                ..crate::Info::default()
            },
            chart: crate::ChartRecord::default(),
            config: serde_json::Value::Null,
            manifest: String::new(),
            hooks: Vec::new(),
            helm: HelmVersion::default(),
            other: serde_json::Map::new(),
        });
        part(release)
    };
    Ok(newest.into_iter().map(read).collect())
}
