//! The newest record of each release by metadata alone, and the parts of a record that lists show.
//!
//! A record has the whole chart in it, and a release has ten of them: lists read labels first, and of the newest record
//! what they show. Start at [`newest_records`], then [`read_listed`].

use crate::{CustomKinds, Error, Release, ReleaseKey, State, storage};
use cluster::{Identity, Kind};
use std::collections::BTreeMap;
use wire::{Namespace, ReleaseName, Time};

/// The newest record of a release, as its metadata says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordHead {
    /// The release.
    pub key: ReleaseKey,
    /// The revision.
    pub revision: u32,
    /// Its state.
    pub state: State,
    /// When the record was written last; none when its labels do not tell.
    pub written: Option<Time>,
    /// Another one after each change of the record, and for another record of that name.
    pub version: String,
}

/// The newest record of each release of a cluster, or of one namespace, by namespace and name.
///
/// # Errors
/// [`Error::Cluster`].
pub async fn newest_records(
    identity: &dyn Identity,
    namespace: Option<&str>,
) -> Result<Vec<RecordHead>, Error> {
    let heads = identity
        .cluster()
        .list_metadata(Kind::SECRET, namespace, "owner=helm", |metadata| {
            head(&metadata.labels?, &metadata.namespace?, |label| {
                let uid = metadata.uid.as_deref().unwrap_or_default();
                let version = metadata.resource_version.as_deref().unwrap_or_default();
                format!("{label}/{uid}/{version}")
            })
        })
        .await?;
    let mut newest: BTreeMap<(String, String), RecordHead> = BTreeMap::new();
    for head in heads {
        let key = (head.key.namespace.to_string(), head.key.release.to_string());
        let known = newest.get(&key);
        if known.is_none_or(|known| known.revision < head.revision) {
            newest.insert(key, head);
        }
    }
    Ok(newest.into_values().collect())
}

/// The head of a record with these labels; none for an object that is no record, or whose names are invalid.
fn head(
    labels: &BTreeMap<String, String>,
    namespace: &str,
    version: impl Fn(&str) -> String,
) -> Option<RecordHead> {
    let label = |name: &str| labels.get(name).map(String::as_str);
    let (name, revision, state) = storage::of_labels(label)?;
    let written = label("modifiedAt").or_else(|| label("createdAt"));
    Some(RecordHead {
        key: ReleaseKey {
            namespace: Namespace::new(namespace).ok()?,
            release: ReleaseName::new(name.as_str()).ok()?,
        },
        revision,
        state,
        written: written.and_then(|seconds| Some(Time(seconds.parse().ok()?))),
        version: version(&name),
    })
}

/// The parts of a record that lists show: times, state and metadata of its chart; the other fields are empty. With it the
/// kinds that the release brings and uses. None when the record is gone.
///
/// # Errors
/// [`Error::Cluster`], or [`Error::Record`] when the record is invalid.
pub async fn read_listed(
    identity: &dyn Identity,
    head: &RecordHead,
) -> Result<Option<(Release, CustomKinds)>, Error> {
    let record = storage::reference(&head.key, head.revision);
    let stored = identity.cluster().get(&record).await?;
    stored.as_ref().map(storage::read_listed).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let pairs = pairs.iter();
        pairs
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_head_is_read_from_labels() {
        let all = labels(&[
            ("name", "web"),
            ("version", "3"),
            ("status", "deployed"),
            ("createdAt", "100"),
            ("modifiedAt", "160"),
        ]);
        let found = head(&all, "shop", |_| String::new()).expect("a record");
        assert_eq!((found.revision, found.state), (3, State::Deployed));
        assert_eq!(found.written, Some(Time(160)));
        let other = labels(&[("name", "web"), ("status", "deployed")]);
        assert_eq!(head(&other, "shop", |_| String::new()), None, "no revision");
    }
}
