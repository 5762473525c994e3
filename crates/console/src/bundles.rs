//! Bundles: drafts whose chart installs several releases.
//!
//! The parts of a bundle are drafts of their own, which are computed from the parameters of the bundle and
//! pinned to the archives that it was created with. So each part is rendered, reviewed and installed as any
//! other chart. Start at [`Console::rendered_parts`].

mod checks;
mod review;

use crate::{
    Console, Error,
    connections::ClusterConnection,
    draft::{Draft, PinnedPart},
    render::Rendered,
};
use ::release::{self, State};
use catalog::{Bundle, StartCondition};
use chart::{Budget, Limits, Values};
use futures::future::try_join_all;
use wire::{
    ChartName, ChartRef, ReleaseName, catalog::PartView, install::ValuesWarning, job::BundleRef,
};

/// A part of a bundle as a draft.
pub(crate) struct PartDraft {
    pub(crate) draft: Draft,
    pub(crate) starts_after: Option<StartCondition>,
}

/// A part of a bundle, rendered.
pub(crate) struct RenderedPart {
    pub(crate) part: PartDraft,
    pub(crate) rendered: Box<Rendered>,
}

impl Draft {
    /// Whether its chart installs several releases.
    pub(crate) fn is_bundle(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Names the release of a bundle after its leading part: the one that is named like its chart.
    pub(crate) fn name_leading_release(&mut self) {
        let mut parts = self.parts.iter();
        let leading = parts.find(|part| part.release.as_str() == part.chart.chart.as_str());
        if let Some(part) = leading {
            self.release = part.release.to_string();
        }
    }

    /// The releases of a bundle on its cluster.
    pub(crate) fn bundle_ref(&self, parts: &[&PartDraft]) -> Result<BundleRef, Error> {
        Ok(BundleRef {
            cluster: self.cluster()?.clone(),
            namespace: self.release_key()?.namespace,
            bundle: self.chart.chart.clone(),
            releases: parts
                .iter()
                .map(|part| Ok(part.draft.release_key()?.release))
                .collect::<Result<_, Error>>()?,
        })
    }
}

impl Console {
    /// Opens the charts of all parts of a bundle, and pins them; empty for any other chart.
    pub(crate) async fn pinned_parts(&self, card: &ChartRef) -> Result<Vec<PinnedPart>, Error> {
        let Some(bundle) = self.catalog.bundle(card)? else {
            return Ok(Vec::new());
        };
        let mut pinned = Vec::new();
        for part in bundle.parts {
            let chart = self.catalog.part_chart(bundle, part, &card.version)?;
            let opened = self.catalog.chart(&chart).await?;
            pinned.push(PinnedPart {
                release: release_name(part.release)?,
                chart,
                digest: opened.digest.map(|digest| digest.to_string()),
            });
        }
        Ok(pinned)
    }

    /// The parts that a bundle installs with the parameters of its draft, in order.
    pub(crate) async fn part_drafts(&self, draft: &Draft) -> Result<Vec<PartDraft>, Error> {
        let Some(bundle) = self.catalog.bundle(&draft.chart)? else {
            return Ok(Vec::new());
        };
        let releases = bundle.releases(&self.effective_parameters(draft).await?);
        let part = |release: catalog::PartRelease| {
            let name = release_name(release.release)?;
            let pinned = draft.parts.iter().find(|part| part.release == name);
            let pinned = pinned.ok_or(Error::ReviewAgain)?;
            Ok(PartDraft {
                starts_after: release.starts_after,
                draft: Draft {
                    chart: pinned.chart.clone(),
                    digest: pinned.digest.clone(),
                    release: name.to_string(),
                    values: Values::from_json(&release.values).to_yaml(),
                    parts: Vec::new(),
                    ..draft.clone()
                },
            })
        };
        releases.into_iter().map(part).collect()
    }

    /// The parts of a bundle, rendered for its cluster. The parameters are validated by the schema of the bundle
    /// before. A step of a mesh has the parts that are not deployed: those that were installed before stay.
    pub(crate) async fn rendered_parts(
        &self,
        connection: &ClusterConnection,
        draft: &Draft,
    ) -> Result<Vec<RenderedPart>, Error> {
        self.render(connection, draft).await?;
        let parts = self.part_drafts(draft).await?.into_iter();
        let rendered = parts.map(async |part| {
            if draft.mesh.is_some() && is_deployed(connection, &part.draft).await? {
                return Ok::<_, Error>(None);
            }
            let rendered = Box::new(self.render(connection, &part.draft).await?);
            Ok(Some(RenderedPart { part, rendered }))
        });
        Ok(try_join_all(rendered)
            .await?
            .into_iter()
            .flatten()
            .collect())
    }

    /// The parameters of a draft that have no effect, with what replaced each of them.
    pub(crate) async fn removed_parameters(
        &self,
        draft: &Draft,
    ) -> Result<Vec<ValuesWarning>, Error> {
        let Some(bundle) = self.catalog.bundle(&draft.chart)? else {
            return Ok(Vec::new());
        };
        let (chart, text) = (self.chart_of(draft).await?, draft.values.clone());
        let find = move || removed(bundle, &chart, &text);
        self.charts.run(find).await
    }

    /// The default parameters with those of the draft over them.
    async fn effective_parameters(&self, draft: &Draft) -> Result<serde_json::Value, Error> {
        let chart = self.chart_of(draft).await?;
        let (text, helm) = (draft.values.clone(), draft.helm);
        let work = move || {
            let values = Values::parse_documents(&text, helm).map_err(Error::Yaml)?;
            let budget = Budget::new(Limits::default());
            Ok(chart::coalesce_values(&chart, &values, &budget)?.to_json())
        };
        self.charts.run(work).await?
    }
}

/// Whether the release of a part is deployed.
async fn is_deployed(connection: &ClusterConnection, part: &Draft) -> Result<bool, Error> {
    match release::latest(&connection.user, &part.release_key()?).await {
        Ok(latest) => Ok(latest.info.status == State::Deployed),
        Err(release::Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The parameters of a text that have no effect.
fn removed(bundle: &Bundle, chart: &chart::Chart, text: &str) -> Vec<ValuesWarning> {
    let values = Values::parse(text).unwrap_or_else(|_| Values::empty());
    let paths = bundle.removed_in(&values.to_json());
    if paths.is_empty() {
        return Vec::new();
    }
    let form = chart::form(chart, "", &Budget::new(Limits::default()));
    let fields = form.map(|form| form.fields).unwrap_or_default();
    let warning = |path: &str| {
        let field = fields.iter().find(|field| field.path.join(".") == path);
        let note = field.and_then(|field| field.description.clone());
        ValuesWarning::Removed {
            path: path.to_owned(),
            note: note.unwrap_or_default(),
        }
    };
    paths.into_iter().map(warning).collect()
}

/// The releases of a bundle, for the page of its card.
pub(crate) fn part_views(bundle: &Bundle) -> Result<Vec<PartView>, Error> {
    let view = |part: &catalog::Part| {
        let chart = ChartName::new(part.chart.name()).map_err(|source| Error::BadName {
            kind: "chart",
            name: part.chart.name().to_owned(),
            source,
        })?;
        Ok(PartView {
            release: release_name(part.release)?,
            chart,
            condition: part.condition.map(str::to_owned),
        })
    };
    bundle.parts.iter().map(view).collect()
}

fn release_name(name: &str) -> Result<ReleaseName, Error> {
    ReleaseName::new(name).map_err(|source| Error::BadName {
        kind: "release",
        name: name.to_owned(),
        source,
    })
}
