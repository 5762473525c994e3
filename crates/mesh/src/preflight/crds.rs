//! P21 and P22 for one cluster: CRDs that conflict with the CRDs of the chart, and terminating CRDs.

use super::{Finding, PreflightContext};
use crate::{
    doctor::{p21_leftover_crds, p22_terminating_crds},
    facts::CrdFacts,
    gather::read,
};
use cluster::Kind;
use std::collections::BTreeSet;
use wire::check::{CheckStatus, Detail};

async fn list(context: PreflightContext<'_>) -> Result<Vec<CrdFacts>, cluster::Error> {
    let crds = context.cluster().list_objects(Kind::CRD, None, "").await?;
    crds.iter().map(read::crd).collect()
}

/// P21: an existing CRD that cannot replace the one of the chart.
pub(super) async fn check_conflicts(
    context: PreflightContext<'_>,
) -> Result<Finding, cluster::Error> {
    let live = list(context).await?;
    let planned = context.plan.crds.iter().map(read::crd);
    let planned: Vec<CrdFacts> = planned.collect::<Result<_, _>>()?;
    let details = planned.iter().filter_map(|planned| {
        let live = live.iter().find(|live| live.name == planned.name)?;
        p21_leftover_crds::evaluate(live, planned)
    });
    Ok(finding(details.collect()))
}

/// P22: a CRD of the chart that is terminating.
pub(super) async fn check_terminating(
    context: PreflightContext<'_>,
) -> Result<Finding, cluster::Error> {
    let live = list(context).await?;
    let planned = context.plan.crds.iter().map(cluster::Object::name);
    let planned: BTreeSet<&str> = planned.collect();
    let live = live
        .iter()
        .filter(|crd| planned.contains(crd.name.as_str()));
    let details = live.filter_map(p22_terminating_crds::evaluate).collect();
    Ok(finding(details))
}

fn finding(details: Vec<Detail>) -> Finding {
    let count = details.len();
    Finding::from_details(CheckStatus::Failed, details).with("crds", count)
}
