//! P24, asked of one cluster: can the chart's images run on this Kubernetes?

use super::{Finding, Ground};
use crate::{doctor::p24_runs_here::judge, legacy::NEWEST_KUBERNETES};

pub(super) async fn look(ground: Ground<'_>) -> Result<Finding, cluster::Error> {
    let newest = ground.chart.metadata().annotations.get(NEWEST_KUBERNETES);
    let version = ground.cluster.version().await?;
    Ok(judge(newest.map(String::as_str), &version))
}
