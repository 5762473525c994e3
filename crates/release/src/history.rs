//! Reads what is recorded: the revisions of one release, or the releases of a cluster.

use crate::{Error, Release, ReleaseKey, model::State, storage};
use cluster::{Cluster, Kind, Object};
use std::collections::BTreeMap;

/// All revisions of a release, oldest first; empty when there is none.
///
/// # Errors
/// [`Error::Cluster`] or [`Error::Record`].
pub async fn history(cluster: &Cluster, key: &ReleaseKey) -> Result<Vec<Release>, Error> {
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
pub async fn latest(cluster: &Cluster, key: &ReleaseKey) -> Result<Release, Error> {
    let newest = history(cluster, key).await?.into_iter().next_back();
    newest.ok_or_else(|| Error::NotFound {
        release: key.release.clone(),
        namespace: key.namespace.clone(),
    })
}

/// The newest revision of each release of a cluster. Labels decide which that is; only those records
/// are unpacked, and one that cannot be read comes with what its labels say.
///
/// # Errors
/// [`Error::Cluster`].
pub async fn list(cluster: &Cluster) -> Result<Vec<Release>, Error> {
    let found = cluster
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
        storage::read(secret).unwrap_or_else(|error| Release {
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
        })
    };
    Ok(newest.into_iter().map(read).collect())
}
