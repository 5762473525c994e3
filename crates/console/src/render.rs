//! Renders a draft for its cluster: chart, values, facts in; manifests and plan out.

use crate::{Console, Error, connections::ClusterConnection, draft::Draft};
use chart::{Chart, Manifests, Values};
use release::{Plan, ReleaseKey};
use std::{collections::BTreeMap, sync::Arc};

/// A draft, rendered.
pub(crate) struct Rendered {
    pub(crate) chart: Arc<Chart>,
    pub(crate) key: ReleaseKey,
    pub(crate) values: Values,
    /// Labels that the namespace has to carry.
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) manifests: Manifests,
    pub(crate) plan: Plan,
    /// Whether workloads with a sidecar are restarted after it: they hold addresses of the chart's.
    pub(crate) restarts: bool,
    /// Whether the chart rendered with these values.
    pub(crate) renders: bool,
}

impl Console {
    /// Renders a draft with what its cluster says of itself.
    pub(crate) async fn render(
        &self,
        connection: &ClusterConnection,
        draft: &Draft,
    ) -> Result<Rendered, Error> {
        self.render_revision(1, connection, draft).await
    }

    /// The same for any revision of its release.
    pub(crate) async fn render_revision(
        &self,
        revision: u32,
        connection: &ClusterConnection,
        draft: &Draft,
    ) -> Result<Rendered, Error> {
        let chart = self.chart_of(draft).await?;
        let key = draft.release_key()?;
        let values = Values::parse(&draft.values).map_err(Error::Yaml)?;
        let cluster_capabilities = release::cluster_capabilities(&connection.user).await?;
        let facts = cluster_capabilities.facts_for_revision(revision, &key, self.now(), seed(&key));
        let (for_thread, given) = (chart.clone(), values.clone());
        let work = move || chart::render(&for_thread, &given, &facts);
        let manifests = tokio::task::spawn_blocking(work).await??;
        let plan = release::plan(&manifests, &key, &cluster_capabilities.kinds)?;
        Ok(Rendered {
            chart,
            key,
            values,
            labels: draft.labels.clone(),
            manifests,
            plan,
            restarts: false,
            renders: true,
        })
    }

    /// The same for the checks, which come before the parameters: a chart that needs a value first is
    /// looked at without its objects.
    pub(crate) async fn render_or_skip(
        &self,
        connection: &ClusterConnection,
        draft: &Draft,
    ) -> Result<Rendered, Error> {
        match self.render(connection, draft).await {
            Err(Error::Chart(_) | Error::Yaml(_)) => Ok(Rendered {
                chart: self.chart_of(draft).await?,
                key: draft.release_key()?,
                values: Values::empty(),
                labels: draft.labels.clone(),
                manifests: Manifests::default(),
                plan: Plan::default(),
                restarts: false,
                renders: false,
            }),
            rendered => rendered,
        }
    }
}

/// The same release gives the same random texts, so that the review shows what is deployed.
fn seed(key: &ReleaseKey) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
