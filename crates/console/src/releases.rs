//! Releases: the list over all clusters, and the page of one.

use crate::{
    Action, Caller, Console, Error,
    connections::ClusterConnection,
    last_known::Outcome,
    listed_release::{ListedContent, ListedRelease},
    mask,
    record_cache::unread,
    window::{SearchText, rank, window},
};
use release::{Release, ReleaseKey, ResourceStatus};
use std::{
    cmp::{Ordering, Reverse},
    sync::Arc,
};
use wire::{
    Problem, Revision, Time,
    job::Subject,
    release::{
        LeftFieldRow, ReleaseListView, ReleaseRef, ReleaseRow, ReleaseSort, ReleaseView,
        ReleasesRequest, ReleasesView, UnreadCluster,
    },
};

/// The releases of all clusters.
struct AllReleases {
    listed: Vec<(ClusterConnection, Arc<Vec<ListedRelease>>)>,
    /// The clusters whose releases are not current.
    unread: Vec<UnreadCluster>,
    /// The number of releases whose charts were not read yet.
    unread_charts: u32,
}

impl AllReleases {
    /// Without their jobs and marks.
    fn rows(&self) -> Vec<ReleaseRow> {
        let all = self.listed.iter();
        let rows = all.flat_map(|(connection, listed)| {
            listed.iter().map(move |release| row(connection, release))
        });
        rows.collect()
    }
}

impl Console {
    /// All releases of all clusters, read concurrently; a cluster that does not answer soon is named, with its
    /// last known releases.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn releases(&self, caller: &Caller) -> Result<ReleasesView, Error> {
        self.permitted(caller, Action::Read, async {
            let all = self.all_releases().await;
            let mut rows = all.rows();
            for row in &mut rows {
                self.mark(row);
            }
            rows.sort_by_key(|row| Reverse(row.changed));
            Ok(ReleasesView {
                rows,
                unread: all.unread,
            })
        })
        .await
    }

    /// A window of the releases of all clusters, by name where they are equal.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn release_list(
        &self,
        caller: &Caller,
        request: &ReleasesRequest,
    ) -> Result<ReleaseListView, Error> {
        self.permitted(caller, Action::Read, async {
            let all = self.all_releases().await;
            let mut rows = all.rows();
            rows.sort_by(|left, right| by_name(&left.at, &right.at));
            if request.sort == ReleaseSort::Match {
                let words = request.words.trim().to_lowercase();
                rows.sort_by_cached_key(|row| match_rank(row.at.release.as_str(), &words));
            }
            let mut list = window(rows, request, text, |row| row.state, compare);
            self.read_charts(&all, &mut list.rows).await;
            for row in &mut list.rows {
                self.mark(row);
            }
            Ok(ReleaseListView {
                list,
                unread: all.unread,
                unread_charts: all.unread_charts,
            })
        })
        .await
    }

    /// The releases of all clusters, and the clusters whose releases are not current.
    async fn all_releases(&self) -> AllReleases {
        let connections = self.connections.all();
        let listed = connections.into_iter().map(async |connection| {
            let seen = self.listed_releases(&connection).await;
            (connection, seen)
        });
        let unusable = self.connections.unusable().into_iter();
        let mut all = AllReleases {
            listed: Vec::new(),
            unread: unusable
                .map(|cluster| UnreadCluster {
                    problem: Some(Problem::from(cluster.error())),
                    cluster: cluster.name,
                    read_at: None,
                })
                .collect(),
            unread_charts: 0,
        };
        for (connection, seen) in futures::future::join_all(listed).await {
            let read_at = seen.value.as_ref().map(|known| known.read_at);
            let cluster = connection.name.clone();
            if let Some(known) = seen.value {
                let missing = unread(&known.value).len();
                all.unread_charts += u32::try_from(missing).unwrap_or(u32::MAX);
                all.listed.push((connection, known.value));
            }
            let problem = match seen.outcome {
                Outcome::Current => continue,
                Outcome::Pending(problem) => problem,
                Outcome::Failed(problem) => Some(problem),
            };
            all.unread.push(UnreadCluster {
                cluster,
                problem,
                read_at: read_at.map(|time| Time(time.as_second())),
            });
        }
        all
    }

    /// Reads the charts of rows whose records were not read yet.
    async fn read_charts(&self, all: &AllReleases, rows: &mut [ReleaseRow]) {
        for (connection, listed) in &all.listed {
            let is_shown = |release: &&ListedRelease| {
                let mut rows = rows.iter();
                release.content.is_none()
                    && rows.any(|row| {
                        row.at.cluster == connection.name && key_of(&row.at) == release.head.key
                    })
            };
            let mut shown: Vec<ListedRelease> = listed.iter().filter(is_shown).cloned().collect();
            self.read_rows(connection, &mut shown).await;
            for release in &shown {
                let read = row(connection, release);
                if let Some(row) = rows.iter_mut().find(|row| row.at == read.at) {
                    *row = read;
                }
            }
        }
    }

    /// The page of a release: its live objects, values and manifest.
    ///
    /// # Errors
    /// [`Error::Release`], [`Error::NoCluster`] or [`Error::NotPermitted`].
    pub async fn release(&self, caller: &Caller, at: &ReleaseRef) -> Result<ReleaseView, Error> {
        self.permitted(caller, Action::Read, async {
            let connection = self.connections.get(&at.cluster)?;
            let history = release::history(&connection.user, &key_of(at)).await?;
            let newest = history.last().ok_or_else(|| {
                let (release, namespace) = (at.release.clone(), at.namespace.clone());
                Error::Release(release::Error::NotFound { release, namespace })
            })?;
            let resources = release::resources(&connection.user, newest).await?;
            let secrets = self.secrets_of(at, newest).await?;
            let content = ListedContent::of(newest, release::CustomKinds::default());
            let mut shown = ReleaseRow {
                at: at.clone(),
                revision: Revision(newest.version),
                state: newest.info.status.into(),
                chart: content.chart,
                changed: content.changed,
                job: None,
                drifted: None,
            };
            self.mark(&mut shown);
            let config = mask::yaml(&secrets.masked(&newest.config));
            Ok(ReleaseView {
                row: shown,
                resources: resources.iter().map(ResourceStatus::view).collect(),
                values: if config.trim() == "{}" {
                    String::new()
                } else {
                    config
                },
                manifest: secrets.out_of(&mask::manifest(&newest.manifest)),
                notes: secrets.out_of(&newest.info.notes),
                history: history.iter().rev().map(Release::row).collect(),
                objects_only: objects_only(&connection, newest).await,
                newer: self.newer_version(newest),
                tests: newest.tests(),
                left: left_rows(&connection, at).await,
            })
        })
        .await
    }

    /// Adds the job that is running for a release, and its mesh when it has a stale address.
    fn mark(&self, row: &mut ReleaseRow) {
        row.job = self.jobs.on_subject(&Subject::Release(row.at.clone()));
        row.drifted = self.health.drifted(&row.at);
    }
}

/// The fields that a release leaves to other managers; none when they cannot be read.
async fn left_rows(connection: &ClusterConnection, at: &ReleaseRef) -> Vec<LeftFieldRow> {
    let left = release::left_fields(&connection.user, &key_of(at)).await;
    let row = |field: release::LeftField| LeftFieldRow {
        object: field.object,
        path: field.path,
        manager: field.manager,
    };
    left.unwrap_or_default().into_iter().map(row).collect()
}

/// The row of a release, without its job and mark.
fn row(connection: &ClusterConnection, release: &ListedRelease) -> ReleaseRow {
    let key = &release.head.key;
    let content = release.content.as_ref();
    ReleaseRow {
        at: ReleaseRef {
            cluster: connection.name.clone(),
            namespace: key.namespace.clone(),
            release: key.release.clone(),
        },
        revision: release.revision(),
        state: release.state(),
        chart: content.and_then(|content| content.chart.clone()),
        changed: release.changed(),
        job: None,
        drifted: None,
    }
}

/// The texts of a row that a search matches.
fn text(row: &ReleaseRow) -> SearchText {
    let at = &row.at;
    let text = format!("{at} {}", row.chart.as_deref().unwrap_or_default());
    SearchText::new(&text)
        .with("cluster", &at.cluster)
        .with("namespace", &at.namespace)
}

fn compare(sort: ReleaseSort, left: &ReleaseRow, right: &ReleaseRow) -> Ordering {
    match sort {
        ReleaseSort::Name => by_name(&left.at, &right.at),
        // The rows are in this order.
        ReleaseSort::Match => Ordering::Equal,
        ReleaseSort::Cluster => by_cluster(&left.at).cmp(&by_cluster(&right.at)),
        ReleaseSort::Chart => left.chart.cmp(&right.chart),
        ReleaseSort::Changed => left.changed.cmp(&right.changed),
        ReleaseSort::State => rank(left.state).cmp(&rank(right.state)),
    }
}

/// How well a name matches the words: it is equal, begins with them, has a word that does, or has them.
fn match_rank(name: &str, words: &str) -> u8 {
    let mut parts = name.split(['-', '.']);
    match name {
        _ if name == words => 0,
        _ if name.starts_with(words) => 1,
        _ if parts.any(|part| part.starts_with(words)) => 2,
        _ if name.contains(words) => 3,
        _ => 4,
    }
}

fn by_name(left: &ReleaseRef, right: &ReleaseRef) -> Ordering {
    let names = left.release.as_str().cmp(right.release.as_str());
    names.then_with(|| by_cluster(left).cmp(&by_cluster(right)))
}

fn by_cluster(at: &ReleaseRef) -> (&str, &str) {
    (at.cluster.as_str(), at.namespace.as_str())
}

/// The key of a release.
pub(crate) fn key_of(at: &ReleaseRef) -> ReleaseKey {
    ReleaseKey {
        namespace: at.namespace.clone(),
        release: at.release.clone(),
    }
}

/// The version of the cluster, when the chart's images do not support it.
async fn objects_only(connection: &ClusterConnection, release: &Release) -> Option<String> {
    let annotations = release.chart.metadata.get("annotations")?;
    let newest = annotations
        .get(mesh::chart_annotations::NEWEST_KUBERNETES)?
        .as_str()?;
    let version = connection
        .user
        .version()
        .await
        .map_err(|error| Problem::from(&error))
        .ok()?;
    (!mesh::versions::runs_on(newest, &version)).then_some(version)
}
