//! Renders a draft for its cluster: chart, values, facts in; manifests and plan out.

use crate::{Console, Error, draft::Draft, links::Link};
use chart::{Chart, Manifests, Values};
use release::{Place, Plan};
use std::{collections::BTreeMap, sync::Arc};

/// A draft, rendered.
pub(crate) struct Rendered {
    pub(crate) chart: Arc<Chart>,
    pub(crate) place: Place,
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
    pub(crate) async fn render(&self, link: &Link, draft: &Draft) -> Result<Rendered, Error> {
        self.render_as(1, link, draft).await
    }

    /// The same for any revision of its release.
    pub(crate) async fn render_as(
        &self,
        revision: u32,
        link: &Link,
        draft: &Draft,
    ) -> Result<Rendered, Error> {
        let chart = self.chart_of(draft).await?;
        let place = draft.place()?;
        let values = Values::parse(&draft.values).map_err(Error::Yaml)?;
        let basis = release::basis(&link.user).await?;
        let facts = basis.facts_of(revision, &place, self.now(), seed(&place));
        let (for_thread, given) = (chart.clone(), values.clone());
        let work = move || chart::render(&for_thread, &given, &facts);
        let manifests = tokio::task::spawn_blocking(work).await??;
        let plan = release::plan(&manifests, &place, &basis.kinds)?;
        Ok(Rendered {
            chart,
            place,
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
    pub(crate) async fn render_if_it_does(
        &self,
        link: &Link,
        draft: &Draft,
    ) -> Result<Rendered, Error> {
        match self.render(link, draft).await {
            Err(Error::Chart(_) | Error::Yaml(_)) => Ok(Rendered {
                chart: self.chart_of(draft).await?,
                place: draft.place()?,
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
fn seed(place: &Place) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    place.hash(&mut hasher);
    hasher.finish()
}
