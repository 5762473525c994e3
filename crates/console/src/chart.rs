//! A chart: its page, and the archive that a draft is pinned to.

use crate::{
    Action, Caller, Console, Error, bundles::part_views, catalog::card, draft::Draft, markdown,
    repositories::REPOSITORY_TIMEOUT,
};
use catalog::{Digest, Kind};
use chart::{Budget, Chart, Limits};
use std::{borrow::Cow, sync::Arc, time::Duration};
use wire::{
    ChartRef,
    catalog::{ChartView, ParameterView, RunsOn},
    install::FieldKind,
};

/// How long a page waits for one cluster.
const CLUSTER_TIMEOUT: Duration = Duration::from_secs(4);

impl Console {
    /// A chart's page.
    ///
    /// # Errors
    /// [`Error::Catalog`] or [`Error::NotPermitted`].
    pub async fn chart(&self, caller: &Caller, reference: &ChartRef) -> Result<ChartView, Error> {
        self.permitted(caller, Action::Read, async {
            let (opened, installed) = tokio::join!(
                self.catalog.chart(reference),
                self.cached_installed_charts()
            );
            let opened = opened?;
            let chart = &opened.chart;
            let listing = self
                .catalog
                .listing(&reference.repository, REPOSITORY_TIMEOUT)
                .await?;
            let chart_index = listing.index.unwrap_or_default();
            let bundle = self.catalog.bundle(reference)?;
            let of_bundle = self.catalog.bundle_versions(&reference.chart).len();
            let versions = chart_index.charts.get(&reference.chart).map_or(1, Vec::len) + of_bundle;
            let own = catalog::Entry::from(chart.metadata());
            let newest = chart_index.newest(&reference.chart);
            // A bundle is no newer version of the built-in chart.
            let newest = newest.filter(|_| bundle.is_none());
            let newest = newest.map(|entry| entry.version.clone());
            let shown = catalog::Entry {
                version: newest.unwrap_or_else(|| own.version.clone()),
                ..own
            };
            let card = card(
                &reference.repository,
                &reference.chart,
                versions,
                &shown,
                &installed,
            );
            let metadata = chart.metadata();
            let home = Some(metadata.home.clone()).filter(|home| markdown::safe_link(home));
            let maintainers = metadata
                .maintainers
                .iter()
                .map(|maintainer| maintainer.name.clone());
            Ok(ChartView {
                chart: reference.clone(),
                card,
                digest: opened.digest.as_ref().map(ToString::to_string),
                uploaded: listing.kind == Kind::Uploaded,
                readme: markdown::to_html(chart.readme().unwrap_or_default()),
                home,
                maintainers: maintainers.collect(),
                parameters: self.parameters_of(opened.chart.clone()).await?,
                values: chart.values_text().to_owned(),
                parts: match bundle {
                    Some(bundle) => part_views(bundle)?,
                    None => Vec::new(),
                },
                runs_on: self.runs_on(chart).await,
            })
        })
        .await
    }

    async fn parameters_of(&self, chart: Arc<Chart>) -> Result<Vec<ParameterView>, Error> {
        self.charts.run(move || parameters(&chart)).await
    }

    /// The chart of a draft, from the archive that the draft is pinned to.
    pub(crate) async fn chart_of(&self, draft: &Draft) -> Result<Arc<Chart>, Error> {
        let digest = draft
            .digest
            .as_deref()
            .and_then(|text| Digest::parse(text).ok());
        let opened = match digest {
            Some(digest) => self.catalog.pinned_chart(&draft.chart, &digest).await,
            None => self.catalog.chart(&draft.chart).await,
        };
        let chart = opened?.chart;
        Ok(match chart.for_helm(draft.helm)? {
            Cow::Borrowed(_) => chart,
            Cow::Owned(chart) => Arc::new(chart),
        })
    }

    /// The arguments by which the helm command line finds a chart.
    pub(crate) fn helm_chart_arguments(&self, chart: &ChartRef) -> String {
        let listing = self.catalog.cached_listing(&chart.repository);
        match listing
            .as_ref()
            .map(|listing| (listing.kind, listing.address.as_str()))
        {
            Some((Kind::Http, address)) => format!("{} --repo {address}", chart.chart),
            Some((Kind::Oci, address)) if address.ends_with(&format!("/{}", chart.chart)) => {
                address.to_owned()
            }
            Some((Kind::Oci, address)) => format!("{address}/{}", chart.chart),
            Some((Kind::Uploaded, _)) => format!("{}-{}.tgz", chart.chart, chart.version),
            _ => format!("{}/{}", chart.repository, chart.chart),
        }
    }

    /// The clusters that run the chart's images, when the chart declares the newest Kubernetes.
    async fn runs_on(&self, chart: &Chart) -> Option<RunsOn> {
        let newest = chart
            .metadata()
            .annotations
            .get(mesh::chart_annotations::NEWEST_KUBERNETES)?;
        let mut runs = RunsOn {
            newest: newest.clone(),
            yes: Vec::new(),
            objects_only: Vec::new(),
        };
        let asked = self.connections.all().into_iter().map(async |connection| {
            let version = tokio::time::timeout(CLUSTER_TIMEOUT, connection.user.version())
                .await
                .ok()?
                .ok()?;
            Some((connection.name, version))
        });
        for (cluster, version) in futures::future::join_all(asked).await.into_iter().flatten() {
            if mesh::versions::runs_on(newest, &version) {
                runs.yes.push(cluster);
            } else {
                runs.objects_only.push((cluster, version));
            }
        }
        Some(runs)
    }
}

/// The rows of a form; none when the chart has no form.
fn parameters(chart: &Chart) -> Vec<ParameterView> {
    let budget = Budget::new(Limits::default());
    let form = crate::parameters::form(chart, "", &budget).unwrap_or_default();
    // The page shows the default values themselves.
    if form.is_inferred {
        return Vec::new();
    }
    let row = |field: wire::install::FieldView| ParameterView {
        path: field.path.join("."),
        description: field.description,
        kind: match field.kind {
            FieldKind::Text => "text".to_owned(),
            FieldKind::Number => "number".to_owned(),
            FieldKind::Bool => "yes or no".to_owned(),
            FieldKind::OneOf(words) => words.join(" | "),
        },
        default: field.default.map(|value| value.text()).unwrap_or_default(),
    };
    form.fields.into_iter().map(row).collect()
}
