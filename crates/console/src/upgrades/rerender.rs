//! The installed revision rendered again: when that is not its stored manifest, something else changed the objects, such
//! as a post-renderer, and the upgrade would lose it.

use crate::{
    Console, Error, connections::ClusterConnection, lookup, releases::key_of, values_text::text_of,
};
use chart::{Chart, Facts, Values};
use release::Release;
use std::sync::Arc;
use wire::{
    ChartRef, ObjectName, comparison::ObjectChange, release::ReleaseRef, review::RerenderView,
};

/// The objects that are named.
const MAX_OBJECTS: usize = 5;
/// The beginning of the description of a revision that a rollback deployed, as Helm writes it.
const ROLLBACK: &str = "Rollback to ";

impl Console {
    /// Renders the installed revision again and compares the result with its stored manifest.
    pub(crate) async fn rerender(
        &self,
        connection: &ClusterConnection,
        at: &ReleaseRef,
        (release, next): (&Release, &ChartRef),
    ) -> RerenderView {
        match self.rendered_again(connection, at, (release, next)).await {
            Ok(view) => view,
            Err(_) => RerenderView::NotCompared,
        }
    }

    async fn rendered_again(
        &self,
        connection: &ClusterConnection,
        at: &ReleaseRef,
        (release, next): (&Release, &ChartRef),
    ) -> Result<RerenderView, Error> {
        let installed = self.installed_chart(at, release, next).await;
        let chart = match installed {
            Some(installed) => installed.chart,
            None => match recorded(release)? {
                Some(chart) => Arc::new(chart),
                None => return Ok(RerenderView::NotCompared),
            },
        };
        let inputs = self
            .release_inputs(at)
            .await?
            .map(|installed| installed.inputs);
        let is_seeded = inputs.is_some();
        let inputs = inputs.unwrap_or_else(|| self.new_render_inputs());
        let capabilities = release::cluster_capabilities(&connection.user).await?;
        let facts = Facts {
            lookup: lookup::over(&connection.user),
            helm: release.helm,
            ..capabilities.facts_for_revision(
                rendered_revision(release),
                &key_of(at),
                inputs.time,
                inputs.seed,
            )
        };
        let values = Values::parse(&text_of(&release.config)).map_err(Error::Yaml)?;
        let rendered = self
            .charts
            .run(move || chart::render(&chart, &values, &facts));
        let rendered = rendered.await??;
        let before = release::manifest_values(release)?;
        let after: Vec<_> = rendered
            .objects
            .iter()
            .map(|found| found.object.clone())
            .collect();
        let compared = release::compare(&before, &after).objects.into_iter();
        let differing = compared.filter(|object| object.change != ObjectChange::Unchanged);
        let objects: Vec<ObjectName> = differing.map(|compared| compared.object).collect();
        if objects.is_empty() {
            return Ok(RerenderView::Same);
        }
        Ok(RerenderView::Differs {
            count: u32::try_from(objects.len()).unwrap_or(u32::MAX),
            objects: objects.into_iter().take(MAX_OBJECTS).collect(),
            has_lookups: rendered.lookups > 0,
            is_seeded,
        })
    }
}

/// The chart of a record, when that is all of it.
fn recorded(release: &Release) -> Result<Option<Chart>, Error> {
    let dependencies = release.chart.metadata.get("dependencies");
    let has_none = dependencies.is_none_or(|found| found.as_array().is_none_or(Vec::is_empty));
    Ok(if has_none {
        Some(release::stored_chart(release)?)
    } else {
        None
    })
}

/// The revision as which the manifest of a release was rendered.
fn rendered_revision(release: &Release) -> u32 {
    let target = release.info.description.strip_prefix(ROLLBACK);
    target
        .and_then(|text| text.parse().ok())
        .unwrap_or(release.version)
}
