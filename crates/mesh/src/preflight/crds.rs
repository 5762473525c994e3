//! P21 and P22 for one cluster: CRDs of another Istio that conflict, and CRDs that are being deleted.

use super::{Finding, PreflightContext};
use crate::{
    doctor::{p21_leftover_crds, p22_terminating_crds},
    facts::CrdFacts,
    gather::read,
};
use cluster::Kind;
use std::collections::BTreeSet;
use wire::check::Verdict;

async fn live_crds(context: PreflightContext<'_>) -> Result<Vec<CrdFacts>, cluster::Error> {
    let listed = context.cluster.list_objects(Kind::CRD, None, "").await?;
    Ok(listed.iter().map(read::crd).collect())
}

/// P21: an existing CRD that cannot replace the chart's.
pub(super) async fn check_leftovers(
    context: PreflightContext<'_>,
) -> Result<Finding, cluster::Error> {
    let live = live_crds(context).await?;
    let wanted: Vec<CrdFacts> = context.plan.crds.iter().map(read::crd).collect();
    let found = wanted.iter().filter_map(|wanted| {
        let live = live.iter().find(|live| live.name == wanted.name)?;
        p21_leftover_crds::judge(live, wanted)
    });
    Ok(finding(found.collect()))
}

/// P22: a CRD of the chart that is being deleted.
pub(super) async fn check_terminating(
    context: PreflightContext<'_>,
) -> Result<Finding, cluster::Error> {
    let live = live_crds(context).await?;
    let wanted: BTreeSet<&str> = context
        .plan
        .crds
        .iter()
        .map(cluster::Object::name)
        .collect();
    let going = live.iter().filter(|crd| wanted.contains(crd.name.as_str()));
    let found = going.filter_map(p22_terminating_crds::judge).collect();
    Ok(finding(found))
}

fn finding(found: Vec<String>) -> Finding {
    let verdict = if found.is_empty() {
        Verdict::Passed
    } else {
        Verdict::Blocked
    };
    Finding::of(verdict).with("crds", found.len()).found(found)
}
