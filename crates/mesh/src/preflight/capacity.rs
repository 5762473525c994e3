//! P25: do the requests of the chart's pods fit on the nodes?

use super::{Finding, Ground};
use chart::Manifests;
use cluster::{bytes, millicores};
use serde_json::Value;
use wire::check::Verdict;

pub(super) async fn look(ground: Ground<'_>) -> Result<Finding, cluster::Error> {
    let facts = ground.cluster.facts().await?;
    let free = (
        facts.cpu.saturating_sub(facts.cpu_requested),
        facts.memory.saturating_sub(facts.memory_requested),
    );
    if facts.nodes.is_empty() {
        return Ok(Finding::of(Verdict::Skipped));
    }
    Ok(judge(asked(ground.manifests), free))
}

/// CPU in millicores and memory in bytes that all replicas of a chart ask for.
fn asked(manifests: &Manifests) -> (u64, u64) {
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
            let text = |what: &str| {
                let found = container.pointer(&format!("/resources/requests/{what}"));
                found.and_then(Value::as_str).unwrap_or_default()
            };
            sum.0 += replicas * millicores(text("cpu"));
            sum.1 += replicas * bytes(text("memory"));
        }
    }
    sum
}

fn judge(asked: (u64, u64), free: (u64, u64)) -> Finding {
    let fits = asked.0 <= free.0 && asked.1 <= free.1;
    let gib = |bytes: u64| format!("{:.1}", bytes as f64 / 1_073_741_824.0);
    let cores = |millicores: u64| format!("{:.1}", millicores as f64 / 1000.0);
    Finding::of(if fits {
        Verdict::Passed
    } else {
        Verdict::Warning
    })
    .with("cpu", cores(asked.0))
    .with("memory", gib(asked.1))
    .with("cpu_free", cores(free.0))
    .with("memory_free", gib(free.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_beyond_the_nodes_are_a_warning() {
        assert_eq!(judge((500, 1), (1000, 2)).verdict, Verdict::Passed);
        assert_eq!(judge((1500, 1), (1000, 2)).verdict, Verdict::Warning);
    }
}
