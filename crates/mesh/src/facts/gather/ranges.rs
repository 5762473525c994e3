//! Where a cluster's pods and Services get their addresses from, the surest source first.

use super::ask::ClusterReader;
use crate::facts::{Fact, NetworkOverride, RangeFacts, RangeSource, Unknown, read};
use cluster::{Object, bytes, millicores};
use ipnet::{IpNet, Ipv4Net};
use serde_json::Value;
use std::{collections::BTreeSet, net::IpAddr};

/// The pod ranges, from the best source that has any; what was typed completes them.
pub(super) async fn of_pods(
    asked: &ClusterReader,
    pods: &Fact<Vec<Object>>,
    nodes: &Fact<Vec<Object>>,
    network_override: &NetworkOverride,
) -> Fact<Vec<RangeFacts>> {
    network_override.fill_in(
        found_of_pods(asked, pods, nodes).await,
        &network_override.pods,
    )
}

async fn found_of_pods(
    asked: &ClusterReader,
    pods: &Fact<Vec<Object>>,
    nodes: &Fact<Vec<Object>>,
) -> Fact<Vec<RangeFacts>> {
    let pools = plugins(asked).await;
    if !pools.is_empty() {
        return Ok(sourced(pools, &RangeSource::CniPool));
    }
    let mut flags = flags(pods.as_deref().unwrap_or_default());
    if flags.is_empty() {
        flags = kubeadm(asked).await;
    }
    if !flags.is_empty() {
        return Ok(sourced(flags, &RangeSource::ClusterCidr));
    }
    let nodes = nodes.as_deref().unwrap_or_default().iter();
    let parts: BTreeSet<IpNet> = nodes.flat_map(|one| read::node(one).pod_ranges).collect();
    if !parts.is_empty() {
        return Ok(sourced(parts, &RangeSource::NodeCidr));
    }
    let pods = pods.as_ref().map_err(Clone::clone)?.iter().map(read::pod);
    let own = pods.filter(|pod| pod.live && !pod.host_network);
    let around = own.filter_map(|pod| match pod.address? {
        IpAddr::V4(address) => Some(IpNet::V4(Ipv4Net::new(address, 24).ok()?.trunc())),
        IpAddr::V6(_) => None,
    });
    let around: BTreeSet<IpNet> = around.collect();
    if around.is_empty() {
        return Err(Unknown::because(
            "neither a range nor a pod's address could be read",
        ));
    }
    Ok(sourced(around, &RangeSource::LivePods))
}

fn sourced(ranges: impl IntoIterator<Item = IpNet>, source: &RangeSource) -> Vec<RangeFacts> {
    let each = ranges.into_iter().map(|range| RangeFacts {
        range,
        source: source.clone(),
    });
    each.collect()
}

/// Pools of Calico, and what Cilium is told.
async fn plugins(asked: &ClusterReader) -> BTreeSet<IpNet> {
    let pools = asked
        .list("crd.projectcalico.org/v1", "IPPool", None, "")
        .await;
    let pools = pools.unwrap_or_default();
    let in_use = pools
        .iter()
        .filter(|pool| pool.value().pointer("/spec/disabled") != Some(&Value::Bool(true)));
    let mut ranges: BTreeSet<IpNet> = in_use
        .filter_map(|pool| pool.text("/spec/cidr").parse().ok())
        .collect();
    let cilium = asked
        .get("v1", "ConfigMap", Some("kube-system"), "cilium-config")
        .await;
    if let Ok(Some(cilium)) = cilium {
        for key in ["cluster-pool-ipv4-cidr", "cluster-pool-ipv6-cidr"] {
            ranges.extend(words(cilium.text(&format!("/data/{key}"))));
        }
    }
    ranges
}

/// `--cluster-cidr` of the controller manager or the proxy, where they run as pods.
fn flags(pods: &[Object]) -> BTreeSet<IpNet> {
    let system = pods
        .iter()
        .filter(|pod| pod.namespace() == Some("kube-system"));
    let containers = system.flat_map(|pod| pod.list("/spec/containers"));
    let arguments = containers.flat_map(|one| {
        ["command", "args"].iter().flat_map(move |part| {
            one.get(*part)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        })
    });
    let values = arguments
        .filter_map(Value::as_str)
        .filter_map(|one| one.strip_prefix("--cluster-cidr="));
    values.flat_map(words).collect()
}

async fn kubeadm(asked: &ClusterReader) -> BTreeSet<IpNet> {
    let config = asked
        .get("v1", "ConfigMap", Some("kube-system"), "kubeadm-config")
        .await;
    let Ok(Some(config)) = config else {
        return BTreeSet::new();
    };
    let text = config.text("/data/ClusterConfiguration");
    let line = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("podSubnet:"));
    words(line.unwrap_or_default().trim().trim_matches('"')).collect()
}

/// Ranges that are written beside each other.
fn words(text: &str) -> impl Iterator<Item = IpNet> {
    let words = text.split([',', ' ']).map(str::trim);
    words.filter_map(|word| word.parse().ok())
}

/// The Service ranges; what was typed completes them.
pub(super) async fn of_services(
    asked: &ClusterReader,
    network_override: &NetworkOverride,
) -> Fact<Vec<RangeFacts>> {
    network_override.fill_in(found_of_services(asked).await, &network_override.services)
}

async fn found_of_services(asked: &ClusterReader) -> Fact<Vec<RangeFacts>> {
    let read = |texts: Vec<String>, source: RangeSource| {
        let ranges = texts.iter().filter_map(|text| text.parse().ok());
        sourced(ranges, &source)
    };
    let objects = asked.cluster.service_ranges_from_objects();
    let ranges = read(asked.within(objects).await?, RangeSource::ServiceObjects);
    if !ranges.is_empty() {
        return Ok(ranges);
    }
    let refusal = asked.cluster.service_ranges_from_error();
    let ranges = read(asked.within(refusal).await?, RangeSource::Refusal);
    if ranges.is_empty() {
        return Err(Unknown::because("the API server does not tell its range"));
    }
    Ok(ranges)
}

/// Millicores and bytes that live pods request.
pub(super) fn requested(pods: &[Object]) -> (u64, u64) {
    let live = pods.iter().filter(|pod| read::pod(pod).live);
    let containers = live.flat_map(|pod| pod.list("/spec/containers"));
    let asked = |container: &Value, what: &str| -> String {
        let found = container.pointer(&format!("/resources/requests/{what}"));
        found.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    containers.fold((0, 0), |sum, container| {
        (
            sum.0 + millicores(&asked(container, "cpu")),
            sum.1 + bytes(&asked(container, "memory")),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_flag_of_a_controller_manager_is_found() {
        let pod = Object::new(json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "kube-controller-manager-n1", "namespace": "kube-system"},
            "spec": {"containers": [{"name": "main", "command": [
                "kube-controller-manager", "--cluster-cidr=172.16.0.0/16,fd00::/48"]}]},
        }))
        .expect("an object");
        let found: Vec<String> = flags(&[pod]).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["172.16.0.0/16", "fd00::/48"]);
    }
}
