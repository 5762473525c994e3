//! P25 for one cluster: the requests of the chart's pods fit on the nodes.

use super::{Finding, PreflightContext};
use crate::doctor::p25_capacity::evaluate;
use chart::Manifests;
use cluster::{bytes, millicores};
use serde_json::Value;
use wire::check::SkipReason;

pub(super) async fn check(context: PreflightContext<'_>) -> Result<Finding, cluster::Error> {
    let facts = context.cluster().facts().await?;
    let free = (
        facts.cpu.saturating_sub(facts.cpu_requested),
        facts.memory.saturating_sub(facts.memory_requested),
    );
    if facts.nodes.is_empty() {
        return Ok(Finding::skipped(SkipReason::NotApplicable));
    }
    Ok(evaluate(requests(context.manifests), free))
}

/// The CPU in millicores and the memory in bytes that all replicas of a chart request.
fn requests(manifests: &Manifests) -> (u64, u64) {
    let mut sum = (0, 0);
    for manifest in &manifests.objects {
        let Some(spec) = manifest.object.pointer("/spec/template/spec") else {
            continue;
        };
        let replicas = manifest
            .object
            .pointer("/spec/replicas")
            .and_then(Value::as_u64)
            .unwrap_or(1);
        let containers = spec.get("containers").and_then(Value::as_array);
        for container in containers.into_iter().flatten() {
            let request = |resource: &str| {
                let found = container.pointer(&format!("/resources/requests/{resource}"));
                found.and_then(Value::as_str).unwrap_or_default()
            };
            sum.0 += replicas * millicores(request("cpu"));
            sum.1 += replicas * bytes(request("memory"));
        }
    }
    sum
}
