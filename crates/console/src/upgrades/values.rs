//! The values with which an upgrade starts, and the effective ones of the revision that it replaces.

use crate::{Console, Error, draft::Draft, jobs::StoredJob, mask};
use chart::{Budget, Chart, Limits, Values};
use release::Release;
use serde_json::Value;
use wire::{ChartRef, job::Subject, release::ReleaseRef};

/// The jobs among which the one that deployed a release is looked for.
const MAX_JOBS: u32 = 500;

impl Console {
    /// The values of a release, as the text of the operator where this console deployed them.
    pub(super) async fn installed_values(
        &self,
        at: &ReleaseRef,
        release: &Release,
    ) -> Result<String, Error> {
        let own = self.last_draft(at).await?.map(|draft| draft.values);
        let own = own.filter(|text| is_text_of(text, release));
        Ok(own.unwrap_or_else(|| text_of(&release.config)))
    }

    /// The draft that this console deployed last as a release; none when it deployed none.
    pub(super) async fn last_draft(&self, at: &ReleaseRef) -> Result<Option<Draft>, Error> {
        let subject = Subject::Release(at.clone());
        self.with_store(move |store| {
            for job in store.jobs(MAX_JOBS)? {
                if job.view.subject != subject {
                    continue;
                }
                // A request that cannot be read hides no earlier one.
                match store.job_request::<StoredJob>(&job.view.id) {
                    Ok(Some(StoredJob::Install(install))) => return Ok(Some(*install.draft)),
                    Ok(Some(StoredJob::Upgrade(upgrade))) => return Ok(Some(*upgrade.draft)),
                    _ => {}
                }
            }
            Ok(None)
        })
        .await
    }

    /// The effective values of a revision: with the defaults of its chart from the same repository, else with those
    /// that its record has, which are those of the parent chart only.
    pub(crate) async fn effective_before(&self, draft: &Draft, release: &Release) -> Value {
        let reference = ChartRef {
            version: release.chart.metadata("version").to_owned(),
            ..draft.chart.clone()
        };
        let config = text_of(&release.config);
        if let Ok(opened) = self.catalog.chart(&reference).await {
            let chart = opened.chart;
            let effective = self.charts.run(move || effective(&chart, &config)).await;
            if let Ok(Some(values)) = effective {
                return values;
            }
        }
        let mut merged = release.chart.values.clone();
        json_patch::merge(&mut merged, &release.config);
        merged
    }
}

/// The values of a chart merged with those of an operator; none when they cannot be merged.
fn effective(chart: &Chart, config: &str) -> Option<Value> {
    let values = Values::parse(config).ok()?;
    let budget = Budget::new(Limits::default());
    let effective = chart::effective_values(chart, &values, &budget).ok()?;
    Some(effective.to_json())
}

/// Whether a text is the values of a release.
pub(crate) fn is_text_of(text: &str, release: &Release) -> bool {
    Values::parse(text).is_ok_and(|values| values.to_json() == release.config)
}

/// Values as YAML; "" when there are none.
fn text_of(config: &Value) -> String {
    match config {
        Value::Object(map) if !map.is_empty() => mask::yaml(config),
        _ => String::new(),
    }
}
