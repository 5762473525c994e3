//! Releases: the list over all clusters, and the page of one.

use crate::{
    Action, Caller, Console, Error,
    connections::ClusterConnection,
    last_known::{Outcome, Seen},
    listed_release::ListedRelease,
    mask,
    window::{SearchText, rank, window},
};
use release::{Release, ReleaseKey, ResourceStatus};
use std::{
    cmp::{Ordering, Reverse},
    time::Duration,
};
use wire::{
    Code, Problem, Time,
    job::Subject,
    live::Topic,
    release::{
        LeftFieldRow, ReleaseListView, ReleaseRef, ReleaseRow, ReleaseSort, ReleaseView,
        ReleasesRequest, ReleasesView, UnreadCluster,
    },
};

/// The time after which a cluster counts as unreachable.
const CLUSTER_TIMEOUT: Duration = Duration::from_secs(6);
/// How long releases that are watched are shown without a new read in the background: when a cluster becomes
/// silent, the read of its facts notices it.
const MAX_AGE: Duration = Duration::from_mins(2);

impl Console {
    /// All releases of all clusters, read concurrently; a cluster that does not answer soon is named, with its
    /// last known releases.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn releases(&self, caller: &Caller) -> Result<ReleasesView, Error> {
        self.permitted(caller, Action::Read, async {
            let mut view = self.all_releases().await;
            view.rows.iter_mut().for_each(|row| self.mark(row));
            view.rows.sort_by_key(|row| Reverse(row.changed));
            Ok(view)
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
            let mut found = self.all_releases().await;
            found
                .rows
                .sort_by(|left, right| by_name(&left.at, &right.at));
            if request.sort == ReleaseSort::Match {
                let words = request.words.trim().to_lowercase();
                found
                    .rows
                    .sort_by_cached_key(|row| match_rank(row.at.release.as_str(), &words));
            }
            let mut list = window(found.rows, request, text, |row| row.state, compare);
            list.rows.iter_mut().for_each(|row| self.mark(row));
            Ok(ReleaseListView {
                list,
                unread: found.unread,
            })
        })
        .await
    }

    /// The releases of all clusters, without their jobs and marks, and the clusters whose releases are not
    /// current.
    async fn all_releases(&self) -> ReleasesView {
        let connections = self.connections.all();
        let listed = connections
            .iter()
            .map(async |connection| (connection, self.listed_releases(connection).await));
        let unusable = self.connections.unusable().into_iter();
        let mut view = ReleasesView {
            rows: Vec::new(),
            unread: unusable
                .map(|cluster| UnreadCluster {
                    problem: Some(Problem::from(cluster.error())),
                    cluster: cluster.name,
                    read_at: None,
                })
                .collect(),
        };
        for (connection, seen) in futures::future::join_all(listed).await {
            let read_at = seen.value.as_ref().map(|known| known.read_at);
            let known = seen.value.iter().flat_map(|known| known.value.iter());
            view.rows
                .extend(known.map(|release| row(connection, release)));
            let problem = match seen.outcome {
                Outcome::Current => continue,
                Outcome::Pending(problem) => problem,
                Outcome::Failed(problem) => Some(problem),
            };
            view.unread.push(UnreadCluster {
                cluster: connection.name.clone(),
                problem,
                read_at: read_at.map(|time| Time(time.as_second())),
            });
        }
        view
    }

    /// The newest revision of each release of a cluster. Operators share the result, so the console reads
    /// it.
    pub(crate) async fn listed_releases(
        &self,
        connection: &ClusterConnection,
    ) -> Seen<Vec<ListedRelease>> {
        let (identity, name) = (connection.console.clone(), connection.name.clone());
        let (own, facts) = (connection.releases.clone(), connection.facts.clone());
        let work = async move {
            let listed = release::list_parts(&identity, |release| ListedRelease::of(&release));
            let problem = match tokio::time::timeout(CLUSTER_TIMEOUT, listed).await {
                Ok(Ok(found)) => return Ok(found.into_iter().flatten().collect()),
                Ok(Err(error)) => Problem::from(Error::from(error)),
                Err(_) => Problem::new(Code::Unreachable).with("cluster", &name),
            };
            // Once: a slow cluster whose releases always fail would be read without a pause.
            if !own.has_failed() {
                facts.count_change();
            }
            Err(problem)
        };
        let read = self.cluster_read(connection, Topic::Releases, work);
        let releases = &connection.releases;
        releases.read_if_changed(MAX_AGE, Vec::eq, read).await
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
            let listed = ListedRelease::of(newest);
            let mut shown = listed
                .map(|listed| row(&connection, &listed))
                .ok_or_else(|| Error::NoCluster(at.cluster.to_string()))?;
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
    ReleaseRow {
        at: ReleaseRef {
            cluster: connection.name.clone(),
            namespace: release.key.namespace.clone(),
            release: release.key.release.clone(),
        },
        revision: release.revision,
        state: release.state,
        chart: release.chart.clone(),
        changed: release.changed,
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
