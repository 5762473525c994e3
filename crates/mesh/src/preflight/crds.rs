//! P21 and P22, asked of one cluster: definitions of another line that stand in the way, and
//! definitions on their way out.

use super::{Finding, PreflightContext};
use crate::{
    doctor::{p21_leftover_crds, p22_terminating_crds},
    facts::{CrdFacts, read},
};
use std::collections::BTreeSet;
use wire::check::Verdict;

const API: &str = "apiextensions.k8s.io/v1";

async fn there(ground: PreflightContext<'_>) -> Result<Vec<CrdFacts>, cluster::Error> {
    let listed = ground
        .cluster
        .list(API, "CustomResourceDefinition", None, "")
        .await?;
    Ok(listed.iter().map(read::crd).collect())
}

/// P21: a definition that is there and does not do the work of the chart's.
pub(super) async fn look_left_over(
    ground: PreflightContext<'_>,
) -> Result<Finding, cluster::Error> {
    let live = there(ground).await?;
    let wanted: Vec<CrdFacts> = ground.plan.crds.iter().map(read::crd).collect();
    let found = wanted.iter().filter_map(|wanted| {
        let live = live.iter().find(|live| live.name == wanted.name)?;
        p21_leftover_crds::judge(live, wanted)
    });
    Ok(finding(found.collect()))
}

/// P22: a definition of the chart's that is being deleted.
pub(super) async fn look_going(ground: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let live = there(ground).await?;
    let wanted: BTreeSet<&str> = ground.plan.crds.iter().map(cluster::Object::name).collect();
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
