//! Reads release records: the revisions of one release, or the releases of a cluster.

use crate::{
    Error, Release, ReleaseKey,
    record_head::{RecordHead, newest_records},
    storage,
};
use cluster::{AsUser, Cluster, Identity, Kind};
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

/// The newest revision of a release, by the labels of its records: only the newest is read.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Cluster`] or [`Error::Record`].
pub async fn latest(identity: &dyn Identity, key: &ReleaseKey) -> Result<Release, Error> {
    let cluster = identity.cluster();
    let labels = format!("owner=helm,name={}", key.release);
    let namespace = Some(key.namespace.as_str());
    let revisions = cluster
        .list_metadata(Kind::SECRET, namespace, &labels, |metadata| {
            let labels = metadata.labels?;
            let of = storage::of_labels(|name| labels.get(name).map(String::as_str));
            of.map(|(_, revision, _)| revision)
        })
        .await?;
    let not_found = || Error::NotFound {
        release: key.release.clone(),
        namespace: key.namespace.clone(),
    };
    let newest = revisions.into_iter().max().ok_or_else(not_found)?;
    let stored = cluster.get(&storage::reference(key, newest)).await?;
    storage::read(&stored.ok_or_else(not_found)?)
}

/// The newest revision of each release of a cluster, or of one namespace, as a whole; one that cannot be read is listed by the labels of its
/// record.
///
/// # Errors
/// [`Error::Cluster`].
pub async fn list(identity: &dyn Identity, namespace: Option<&str>) -> Result<Vec<Release>, Error> {
    let mut releases = Vec::new();
    for head in newest_records(identity, namespace).await? {
        let record = storage::reference(&head.key, head.revision);
        let Some(stored) = identity.cluster().get(&record).await? else {
            continue;
        };
        releases.push(storage::read(&stored).unwrap_or_else(|error| unread(&head, &error)));
    }
    Ok(releases)
}

/// A release whose record cannot be read, by its labels.
fn unread(head: &RecordHead, error: &Error) -> Release {
    Release {
        name: head.key.release.to_string(),
        namespace: head.key.namespace.to_string(),
        version: head.revision,
        info: crate::Info {
            status: head.state,
            description: error.to_string(),
            ..crate::Info::default()
        },
        chart: crate::ChartRecord::default(),
        config: serde_json::Value::Null,
        manifest: String::new(),
        hooks: Vec::new(),
        helm: HelmVersion::default(),
        other: serde_json::Map::new(),
    }
}
