//! The catalog: cards, chart pages, and where a chart is installed.

use crate::{Action, Caller, Console, Error, links::Link, prose};
use chart::Chart;
use std::{sync::Arc, time::Duration};
use wire::{
    ChartName, ChartRef, ClusterName, Namespace, ReleaseName, Repository,
    catalog::{CatalogView, ChartCard, ChartView, InstalledView, ParameterView, RunsOn},
    install::FieldKind,
};

const PATIENCE: Duration = Duration::from_secs(4);

impl Console {
    /// All charts, and where each is installed.
    ///
    /// # Errors
    /// [`Error::NotPermitted`].
    pub async fn catalog(&self, caller: &Caller) -> Result<CatalogView, Error> {
        self.permitted(caller, Action::Read, async {
            let (installed, unread) = self.installed().await;
            let cards = self.catalog.list().into_iter();
            let charts = cards.filter_map(|(repository, name, versions)| {
                card(&repository, &name, &versions, &installed)
            });
            Ok(CatalogView {
                charts: charts.collect(),
                unread,
            })
        })
        .await
    }

    /// The newest version of a chart, for pages that name none.
    ///
    /// # Errors
    /// [`Error::Catalog`] or [`Error::NotPermitted`].
    pub async fn newest_chart(
        &self,
        caller: &Caller,
        repository: &Repository,
        chart: &ChartName,
    ) -> Result<ChartRef, Error> {
        let newest = async { Ok(self.catalog.newest(repository, chart)?) };
        self.permitted(caller, Action::Read, newest).await
    }

    /// A chart's page.
    ///
    /// # Errors
    /// [`Error::Catalog`] or [`Error::NotPermitted`].
    pub async fn chart(&self, caller: &Caller, reference: &ChartRef) -> Result<ChartView, Error> {
        self.permitted(caller, Action::Read, async {
            let chart = self.catalog.chart(reference)?;
            let (installed, _) = self.installed().await;
            let listed = self.catalog.list().into_iter();
            let mut mine = listed.filter(|(repo, name, _)| {
                *repo == reference.repository && *name == reference.chart
            });
            let versions = mine
                .next()
                .map(|(_, _, versions)| versions)
                .unwrap_or_default();
            let card = card(
                &reference.repository,
                &reference.chart,
                &versions,
                &installed,
            )
            .ok_or_else(|| Error::NoCluster(reference.to_string()))?;
            let metadata = chart.metadata();
            let home = Some(metadata.home.clone()).filter(|home| prose::safe_link(home));
            Ok(ChartView {
                chart: reference.clone(),
                card,
                readme: prose::to_html(chart.readme().unwrap_or_default()),
                home,
                maintainers: metadata
                    .maintainers
                    .iter()
                    .map(|one| one.name.clone())
                    .collect(),
                parameters: parameters(&chart),
                values: chart.values_text().to_owned(),
                runs_on: self.runs_on(&chart).await,
            })
        })
        .await
    }

    /// On which clusters the chart's images can run, when it says how far they reach.
    async fn runs_on(&self, chart: &Chart) -> Option<RunsOn> {
        let newest = chart
            .metadata()
            .annotations
            .get(mesh::legacy::NEWEST_KUBERNETES)?;
        let mut runs = RunsOn {
            newest: newest.clone(),
            yes: Vec::new(),
            objects_only: Vec::new(),
        };
        let asked = self.links.all().into_iter().map(async |link| {
            let version = tokio::time::timeout(PATIENCE, link.user.version())
                .await
                .ok()?
                .ok()?;
            Some((link.name, version))
        });
        for (cluster, version) in futures::future::join_all(asked).await.into_iter().flatten() {
            if mesh::legacy::runs_on(newest, &version) {
                runs.yes.push(cluster);
            } else {
                runs.objects_only.push((cluster, version));
            }
        }
        Some(runs)
    }

    /// Chart name and place of each release of each cluster, and the clusters that did not answer.
    async fn installed(&self) -> (Vec<(String, InstalledView)>, Vec<ClusterName>) {
        let asked = self.links.all().into_iter().map(async |link: Link| {
            let found = tokio::time::timeout(PATIENCE, release::list(&link.user)).await;
            (link.name, found.ok().and_then(Result::ok))
        });
        let mut installed = Vec::new();
        let mut unread = Vec::new();
        for (cluster, releases) in futures::future::join_all(asked).await {
            let Some(releases) = releases else {
                unread.push(cluster);
                continue;
            };
            installed.extend(releases.into_iter().filter_map(|release| {
                let view = InstalledView {
                    cluster: cluster.clone(),
                    namespace: Namespace::new(release.namespace).ok()?,
                    release: ReleaseName::new(release.name).ok()?,
                    version: release.chart.metadata("version").to_owned(),
                };
                Some((release.chart.metadata("name").to_owned(), view))
            }));
        }
        (installed, unread)
    }
}

fn card(
    repository: &Repository,
    name: &ChartName,
    versions: &[Arc<Chart>],
    installed: &[(String, InstalledView)],
) -> Option<ChartCard> {
    let newest = versions.first()?.metadata();
    let mine = installed.iter().filter(|(chart, _)| chart == name.as_str());
    Some(ChartCard {
        repository: repository.clone(),
        chart: name.clone(),
        description: newest.description.clone(),
        versions: versions
            .iter()
            .map(|chart| chart.metadata().version.clone())
            .collect(),
        app_version: Some(newest.app_version.clone()).filter(|version| !version.is_empty()),
        keywords: newest.keywords.clone(),
        part: newest.annotations.get(mesh::legacy::PART).cloned(),
        installed: mine.map(|(_, view)| view.clone()).collect(),
    })
}

fn parameters(chart: &Chart) -> Vec<ParameterView> {
    let fields = crate::parameters::fields(chart, "").unwrap_or_default();
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
    fields.into_iter().map(row).collect()
}
