//! Renders a draft for its cluster, into manifests and a plan.

use crate::{
    Console, Error, connections::ClusterConnection, draft::Draft, lookup, render_cache::RenderKey,
    render_inputs::RenderInputs,
};
use chart::{Chart, Facts, Manifests, RequiredValue, StoredManifests, Values};
use cluster::{Kinds, Object};
use release::{Plan, ReleaseKey};
use std::{collections::BTreeMap, sync::Arc};
use wire::upgrade::UpgradeBasis;

/// A draft, rendered.
pub(crate) struct Rendered {
    pub(crate) chart: Arc<Chart>,
    pub(crate) key: ReleaseKey,
    pub(crate) values: Values,
    /// The values as the operator wrote them.
    pub(crate) values_text: String,
    /// Labels of the namespace.
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) manifests: Arc<Manifests>,
    pub(crate) plan: Plan,
    /// The CRDs of crds/, of which the plan of an upgrade has those that are applied.
    pub(crate) crds: Vec<Object>,
    /// The seed and the time that it was rendered with.
    pub(crate) inputs: RenderInputs,
    /// Whether workloads with a sidecar are restarted afterwards, since they hold addresses of the chart.
    pub(crate) restarts: bool,
    /// Whether the chart rendered with these values.
    pub(crate) renders: bool,
    /// What it upgrades; none for an installation.
    pub(crate) upgrade: Option<UpgradeBasis>,
}

/// What a draft is rendered from.
struct Source {
    chart: Arc<Chart>,
    key: ReleaseKey,
    values: Values,
    values_text: String,
    labels: BTreeMap<String, String>,
    inputs: RenderInputs,
    upgrade: Option<UpgradeBasis>,
    /// The CRDs that the operator chose to apply, or not to apply, at an upgrade.
    chosen_crds: BTreeMap<String, bool>,
}

impl Source {
    /// With its manifests and their plan.
    fn rendered(self, manifests: Arc<Manifests>, kinds: &Kinds) -> Result<Rendered, Error> {
        let mut plan = release::plan(&manifests, &self.key, kinds)?;
        let crds = plan.crds.clone();
        if self.upgrade.is_some() {
            plan = plan.of_upgrade(kinds, &self.chosen_crds);
        }
        Ok(Rendered {
            chart: self.chart,
            key: self.key,
            values: self.values,
            values_text: self.values_text,
            labels: self.labels,
            manifests,
            plan,
            crds,
            inputs: self.inputs,
            restarts: false,
            renders: true,
            upgrade: self.upgrade,
        })
    }
}

impl Console {
    /// Renders a draft as the revision that it deploys, with the capabilities of its cluster.
    pub(crate) async fn render(
        &self,
        connection: &ClusterConnection,
        draft: &Draft,
    ) -> Result<Rendered, Error> {
        let source = self.source(draft).await?;
        let (facts, kinds) = render_facts(connection, draft, &source).await?;
        let manifests = self
            .manifests(connection, draft, &source.chart, &source.values, facts)
            .await?;
        source.rendered(manifests, &kinds)
    }

    /// The values that the chart of a draft requires on its cluster, present and missing ones.
    pub(crate) async fn required_values(
        &self,
        connection: &ClusterConnection,
        draft: &Draft,
    ) -> Result<Vec<RequiredValue>, Error> {
        let source = self.source(draft).await?;
        let (facts, _) = render_facts(connection, draft, &source).await?;
        let find = move || chart::required_values(&source.chart, &source.values, &facts);
        Ok(self.charts.run(find).await??)
    }

    /// What a draft is rendered from.
    async fn source(&self, draft: &Draft) -> Result<Source, Error> {
        let (text, helm) = (draft.values.clone(), draft.helm);
        let parse = move || Values::parse_documents(&text, helm);
        let values = self.charts.run(parse).await?;
        Ok(Source {
            chart: self.chart_of(draft).await?,
            key: draft.release_key()?,
            values: values.map_err(Error::Yaml)?,
            values_text: draft.values.clone(),
            labels: draft.labels.clone(),
            inputs: draft.inputs.clone().ok_or(Error::ReviewAgain)?,
            upgrade: draft.upgrade.clone(),
            chosen_crds: draft.decisions.crds.clone(),
        })
    }

    /// A draft with the manifests that were reviewed: nothing is rendered again.
    pub(crate) async fn restore(
        &self,
        connection: &ClusterConnection,
        draft: &Draft,
        manifests: &StoredManifests,
    ) -> Result<Rendered, Error> {
        let source = self.source(draft).await?;
        let manifests = Arc::new(manifests.restore()?);
        let kinds = connection.user.current_kinds().await?;
        source.rendered(manifests, &kinds)
    }

    /// The manifests of a chart, rendered unless that was done a short time ago.
    async fn manifests(
        &self,
        connection: &ClusterConnection,
        draft: &Draft,
        chart: &Arc<Chart>,
        values: &Values,
        facts: Facts,
    ) -> Result<Arc<Manifests>, Error> {
        let is_pinned =
            draft.digest.is_some() || draft.chart.repository.as_str() == catalog::BUILT_IN;
        let key = RenderKey::new(
            (connection.name.to_string(), connection.server.clone()),
            (draft.chart.to_string(), draft.digest.clone()),
            draft.values.clone(),
            &facts,
        );
        let now = self.now();
        if is_pinned && let Some(known) = self.renderings.get(&key, now) {
            return Ok(known);
        }
        let (chart, values) = (chart.clone(), values.clone());
        let render = move || chart::render(&chart, &values, &facts);
        let manifests = Arc::new(self.charts.run(render).await??);
        // What a lookup found may be another answer the next time.
        if is_pinned && manifests.lookups == 0 {
            self.renderings.insert(key, now, manifests.clone());
        }
        Ok(manifests)
    }

    /// The same for the checks, which come before the parameters: a chart that requires a value is
    /// checked without its objects.
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
                values_text: draft.values.clone(),
                labels: draft.labels.clone(),
                manifests: Arc::default(),
                plan: Plan::default(),
                inputs: draft.inputs.clone().ok_or(Error::ReviewAgain)?,
                restarts: false,
                renders: false,
                crds: Vec::new(),
                upgrade: draft.upgrade.clone(),
            }),
            rendered => rendered,
        }
    }
}

/// What the templates of a draft read beside its values, and the kinds of its cluster.
async fn render_facts(
    connection: &ClusterConnection,
    draft: &Draft,
    source: &Source,
) -> Result<(Facts, Arc<Kinds>), Error> {
    connection.follow_kinds();
    let cluster_capabilities = release::cluster_capabilities(&connection.user).await?;
    let RenderInputs { seed, time } = source.inputs.clone();
    let mut facts =
        cluster_capabilities.facts_for_revision(draft.next_revision(), &source.key, time, seed);
    facts.lookup = lookup::over(&connection.user);
    facts.helm = draft.helm;
    Ok((facts, cluster_capabilities.kinds))
}
