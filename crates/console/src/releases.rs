//! Releases: the list over all clusters, and the page of one.

use crate::{
    Action, Caller, Console, Error, connections::ClusterConnection, mask, secrets::Secrets,
};
use release::{Release, ReleaseKey};
use std::time::Duration;
use wire::{
    Code, Namespace, Problem, ReleaseName, Revision,
    job::Subject,
    release::{ReleaseRef, ReleaseRow, ReleaseView, ReleasesView},
};

const CLUSTER_TIMEOUT: Duration = Duration::from_secs(6);

impl Console {
    /// All releases of all clusters, read concurrently; clusters that do not answer are listed.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn releases(&self, caller: &Caller) -> Result<ReleasesView, Error> {
        self.permitted(caller, Action::Read, async {
            let asked = self.connections.all().into_iter().map(async |connection| {
                let found =
                    tokio::time::timeout(CLUSTER_TIMEOUT, release::list(&connection.user)).await;
                (connection, found)
            });
            let unusable = self.connections.unusable().into_iter();
            let mut view = ReleasesView {
                rows: Vec::new(),
                unread: unusable
                    .map(|cluster| (cluster.name.clone(), Problem::from(cluster.error())))
                    .collect(),
            };
            for (connection, found) in futures::future::join_all(asked).await {
                match found {
                    Ok(Ok(found)) => {
                        view.rows.extend(
                            found
                                .iter()
                                .filter_map(|release| self.row(&connection, release)),
                        );
                    }
                    Ok(Err(error)) => {
                        view.unread
                            .push((connection.name, Problem::from(Error::from(error))));
                    }
                    Err(_) => {
                        let problem =
                            Problem::new(Code::Unreachable).with("cluster", &connection.name);
                        view.unread.push((connection.name, problem));
                    }
                }
            }
            view.rows.sort_by_key(|row| row.age);
            Ok(view)
        })
        .await
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
            let now = self.now();
            let resources = release::resources(&connection.user, newest).await?;
            let inputs = self.release_inputs(at).await?;
            let sensitive = inputs.map(|inputs| inputs.sensitive()).unwrap_or_default();
            let secrets = Secrets::of_release(newest).with_sensitive(&sensitive);
            let config = mask::yaml(&secrets.masked(&newest.config));
            Ok(ReleaseView {
                row: self
                    .row(&connection, newest)
                    .ok_or_else(|| Error::NoCluster(at.cluster.to_string()))?,
                resources: resources
                    .iter()
                    .map(|resource| resource.view(now))
                    .collect(),
                values: if config.trim() == "{}" {
                    String::new()
                } else {
                    config
                },
                manifest: secrets.out_of(&mask::manifest(&newest.manifest)),
                notes: secrets.out_of(&newest.info.notes),
                history: history
                    .iter()
                    .rev()
                    .map(|revision| revision.row(now))
                    .collect(),
                objects_only: objects_only(&connection, newest).await,
            })
        })
        .await
    }

    fn row(&self, connection: &ClusterConnection, release: &Release) -> Option<ReleaseRow> {
        let at = ReleaseRef {
            cluster: connection.name.clone(),
            namespace: Namespace::new(release.namespace.clone()).ok()?,
            release: ReleaseName::new(release.name.clone()).ok()?,
        };
        let chart = Some(release.chart.label()).filter(|label| label.len() > 1);
        Some(ReleaseRow {
            revision: Revision(release.version),
            state: release.info.status.into(),
            chart,
            age: release.age(self.now()),
            job: self.jobs.on_subject(&Subject::Release(at.clone())),
            drifted: self.health.drifted(&at),
            at,
        })
    }
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
