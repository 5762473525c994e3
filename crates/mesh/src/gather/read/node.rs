//! Nodes.

use super::quantity;
use crate::facts::NodeFacts;
use cluster::{Error, Object, bytes, millicores};
use k8s_openapi::api::core::v1::Node;

/// A node.
///
/// # Errors
/// [`Error::Malformed`].
pub fn node(object: &Object) -> Result<NodeFacts, Error> {
    let node: Node = object.typed()?;
    let spec = node.spec.unwrap_or_default();
    let status = node.status.unwrap_or_default();
    let mut ranges = spec.pod_cidrs.unwrap_or_default();
    if ranges.is_empty() {
        ranges.extend(spec.pod_cidr);
    }
    let allocatable = status.allocatable.unwrap_or_default();
    let label = |key| object.label(key).unwrap_or_default().to_owned();
    let mut conditions = status.conditions.iter().flatten();
    Ok(NodeFacts {
        name: object.name().to_owned(),
        ready: conditions.any(|found| found.type_ == "Ready" && found.status == "True"),
        pod_ranges: ranges.iter().filter_map(|text| text.parse().ok()).collect(),
        cpu: millicores(quantity(&allocatable, "cpu")),
        memory: bytes(quantity(&allocatable, "memory")),
        region: label("topology.kubernetes.io/region"),
        zone: label("topology.kubernetes.io/zone"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_node_has_its_pod_ranges_and_readiness() {
        let read = node(
            &Object::new(json!({
                "apiVersion": "v1", "kind": "Node",
                "metadata": {"name": "n1", "labels": {"topology.kubernetes.io/zone": "z1"}},
                "spec": {"podCIDR": "10.1.0.0/24", "podCIDRs": ["10.1.0.0/24", "fd00::/64"]},
                "status": {"allocatable": {"cpu": "4", "memory": "8Gi"},
                           "conditions": [{"type": "Ready", "status": "True"}]},
            }))
            .expect("an object"),
        )
        .expect("well-formed");
        assert_eq!(read.pod_ranges.len(), 2);
        assert!(read.ready && read.cpu == 4_000 && read.zone == "z1");
    }
}
