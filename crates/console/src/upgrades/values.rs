//! The effective values of the revision that an upgrade replaces.

use crate::{Console, values_text::text_of};
use chart::{Budget, Chart, Limits, Values};
use release::Release;
use serde_json::Value;
use wire::{ChartRef, release::ReleaseRef};

impl Console {
    /// The effective values of a revision: with the defaults of its chart, else with those that its record has,
    /// which are those of the parent chart only. `next` is another version of the chart.
    pub(crate) async fn effective_before(
        &self,
        at: &ReleaseRef,
        (release, next): (&Release, &ChartRef),
    ) -> Value {
        let config = text_of(&release.config);
        if let Some(installed) = self.installed_chart(at, release, next).await {
            let chart = installed.chart;
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
