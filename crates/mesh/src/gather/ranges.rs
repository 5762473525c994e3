//! The ranges of a cluster's pods and Services, from the most reliable source.

use super::{lists::each, read, reader::ClusterReader};
use crate::facts::{Fact, NetworkOverride, RangeFacts, RangeSource, Unknown};
use cluster::{Error, Kind, Object};
use ipnet::{IpNet, Ipv4Net};
use serde::Deserialize;
use std::{collections::BTreeSet, net::IpAddr};

/// The pod ranges from the most reliable source; a source that cannot be listed is skipped, and a malformed
/// object makes the ranges unknown. The override fills in an incomplete result.
pub(super) async fn pod_ranges(
    reader: &ClusterReader,
    pods: &Fact<Vec<Object>>,
    nodes: &Fact<Vec<Object>>,
    network_override: &NetworkOverride,
) -> Fact<Vec<RangeFacts>> {
    network_override.fill_in(
        detect_pod_ranges(reader, pods, nodes).await,
        &network_override.pods,
    )
}

async fn detect_pod_ranges(
    reader: &ClusterReader,
    pods: &Fact<Vec<Object>>,
    nodes: &Fact<Vec<Object>>,
) -> Fact<Vec<RangeFacts>> {
    let pools = cni_pools(reader).await;
    if !pools.is_empty() {
        return Ok(sourced(pools, &RangeSource::CniPool));
    }
    let mut flags = cluster_cidr_flags(pods.as_deref().unwrap_or_default())?;
    if flags.is_empty() {
        flags = kubeadm_pod_subnet(reader).await;
    }
    if !flags.is_empty() {
        return Ok(sourced(flags, &RangeSource::ClusterCidr));
    }
    let nodes = nodes.as_deref().unwrap_or_default();
    let parts: BTreeSet<IpNet> = read::all(nodes, |node| Ok(read::node(node)?.pod_ranges))?
        .into_iter()
        .collect();
    if !parts.is_empty() {
        return Ok(sourced(parts, &RangeSource::NodeCidr));
    }
    let pods = each(pods, read::pod)?.into_iter();
    let pods = pods.filter(|pod| pod.live && !pod.host_network);
    let ranges = pods.filter_map(|pod| match pod.address? {
        IpAddr::V4(address) => Some(IpNet::V4(Ipv4Net::new(address, 24).ok()?.trunc())),
        IpAddr::V6(_) => None,
    });
    let ranges: BTreeSet<IpNet> = ranges.collect();
    if ranges.is_empty() {
        return Err(Unknown::because(
            "neither a pod range nor the address of a pod could be read",
        ));
    }
    Ok(sourced(ranges, &RangeSource::LivePods))
}

fn sourced(ranges: impl IntoIterator<Item = IpNet>, source: &RangeSource) -> Vec<RangeFacts> {
    let each = ranges.into_iter().map(|range| RangeFacts {
        range,
        source: source.clone(),
    });
    each.collect()
}

/// A pool of Calico.
#[derive(Default, Deserialize)]
#[serde(default)]
struct IpPool {
    spec: IpPoolSpec,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct IpPoolSpec {
    cidr: String,
    disabled: bool,
}

/// The pools of Calico and Cilium.
async fn cni_pools(reader: &ClusterReader) -> BTreeSet<IpNet> {
    let pools = reader
        .list_objects(Kind::new("crd.projectcalico.org/v1", "IPPool"), None, "")
        .await;
    let pools = pools.unwrap_or_default();
    let pools = pools.iter().filter_map(|pool| pool.typed().ok());
    let in_use = pools.filter(|pool: &IpPool| !pool.spec.disabled);
    let mut ranges: BTreeSet<IpNet> = in_use
        .filter_map(|pool| pool.spec.cidr.parse().ok())
        .collect();
    let cilium = reader.config_map("kube-system", "cilium-config").await;
    if let Ok(Some(cilium)) = cilium {
        for key in ["cluster-pool-ipv4-cidr", "cluster-pool-ipv6-cidr"] {
            ranges.extend(parse_ranges(cilium.data(key)));
        }
    }
    ranges
}

/// `--cluster-cidr` of the controller manager or the proxy, where they run as pods.
fn cluster_cidr_flags(pods: &[Object]) -> Result<BTreeSet<IpNet>, Error> {
    let system = pods
        .iter()
        .filter(|pod| pod.namespace() == Some("kube-system"));
    let mut ranges = BTreeSet::new();
    for pod in system {
        let arguments = read::arguments(pod)?;
        let values = arguments
            .iter()
            .filter_map(|argument| argument.strip_prefix("--cluster-cidr="));
        ranges.extend(values.flat_map(parse_ranges));
    }
    Ok(ranges)
}

/// `podSubnet` of kubeadm's configuration.
async fn kubeadm_pod_subnet(reader: &ClusterReader) -> BTreeSet<IpNet> {
    let config = reader.config_map("kube-system", "kubeadm-config").await;
    let Ok(Some(config)) = config else {
        return BTreeSet::new();
    };
    let text = config.data("ClusterConfiguration");
    let line = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("podSubnet:"));
    parse_ranges(line.unwrap_or_default().trim().trim_matches('"')).collect()
}

/// The ranges in a list.
fn parse_ranges(text: &str) -> impl Iterator<Item = IpNet> {
    let parts = text.split([',', ' ']).map(str::trim);
    parts.filter_map(|part| part.parse().ok())
}

/// The Service ranges; the override fills in an incomplete result.
pub(super) async fn service_ranges(
    reader: &ClusterReader,
    network_override: &NetworkOverride,
) -> Fact<Vec<RangeFacts>> {
    network_override.fill_in(
        detect_service_ranges(reader).await,
        &network_override.services,
    )
}

async fn detect_service_ranges(reader: &ClusterReader) -> Fact<Vec<RangeFacts>> {
    let read = |texts: Vec<String>, source: RangeSource| {
        let ranges = texts.iter().filter_map(|text| text.parse().ok());
        sourced(ranges, &source)
    };
    let objects = reader.cluster.service_ranges_from_objects();
    let ranges = read(reader.within(objects).await?, RangeSource::ServiceObjects);
    if !ranges.is_empty() {
        return Ok(ranges);
    }
    let rejection = reader.cluster.service_ranges_from_error();
    let ranges = read(reader.within(rejection).await?, RangeSource::Refusal);
    if ranges.is_empty() {
        return Err(Unknown::because(
            "the API server does not reveal its Service range",
        ));
    }
    Ok(ranges)
}

/// The sum of requests in millicores and bytes.
pub(super) fn sum(requests: &[(u64, u64)]) -> (u64, u64) {
    let add = |sum: (u64, u64), request: &(u64, u64)| (sum.0 + request.0, sum.1 + request.1);
    requests.iter().fold((0, 0), add)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_flag_of_the_controller_manager_is_found() {
        let pod = Object::new(json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "kube-controller-manager-n1", "namespace": "kube-system"},
            "spec": {"containers": [{"name": "main", "command": [
                "kube-controller-manager", "--cluster-cidr=172.16.0.0/16,fd00::/48"]}]},
        }))
        .expect("an object");
        let found: Vec<String> = cluster_cidr_flags(&[pod])
            .expect("well-formed")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, ["172.16.0.0/16", "fd00::/48"]);
    }
}
